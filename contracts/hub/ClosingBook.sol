// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {IHubLedger} from "../interfaces/IHubLedger.sol";
import {InstrumentNumber} from "../interfaces/IInstrumentRegistry.sol";
import {Exposure} from "../interfaces/IMarginEngine.sol";
import {PositionValue} from "../libraries/PositionValue.sol";
import {ReportCodec} from "../libraries/ReportCodec.sol";
import {HubState} from "./HubState.sol";
import {InstrumentList, InstrumentListLib} from "./InstrumentList.sol";

/// @notice What may still be used of closing allowances, as far as the hub can prove. An account's lines of which anything may be are *open*:
/// on a list of its own, whose length is in the head of its list of instruments, so that a margin check without any reads no slot more.
/// @dev Unused = granted − used applied. Granting raises it; it falls by what is told to be used in a pair that was applied, and the rest only on
/// proof that nothing more can be used (`note`).
library ClosingBook {
    using InstrumentListLib for InstrumentList;
    using SafeCast for int256;

    /// @notice Open lines of an account: bound of the loop over them in a margin check.
    uint256 internal constant MAX_OPEN = 16;

    /// @notice Takes in what a spoke tells of its pair that the hub has, or a later one.
    /// @dev Nothing more can be used of either side, nor of the credit, by the spoke's clock after the latest lease ever sent; nor of the side
    /// that the latest command does not give, once the spoke obeys that command, or any other since the side turned: it obeys none before
    /// that again. Which used totals come first does not matter.
    /// @return impossible why no honest vault tells this; zero if one could
    function note(
        HubState storage s,
        uint32 eid,
        AccountId account,
        uint32 number,
        ReportCodec.ClosingState memory told,
        uint40 chainTime
    ) internal returns (bytes32 impossible) {
        IHubLedger.ClosingLine storage stored = s.closings[account][eid][number];
        IHubLedger.ClosingLine memory line = stored;
        if (told.version > line.version) return "ClosingUnknown";
        bytes32 before = keccak256(abi.encode(line));
        bool covered;
        uint256 rest;
        (covered, rest) = _use(line.usedBuys, line.unusedBuys, told.usedBuys);
        if (!covered) return "BeyondClosing";
        (line.usedBuys, line.unusedBuys) = (uint88(line.usedBuys + line.unusedBuys - rest), uint88(rest));
        (covered, rest) = _use(line.usedSells, line.unusedSells, told.usedSells);
        if (!covered) return "BeyondClosing";
        (line.usedSells, line.unusedSells) = (uint88(line.usedSells + line.unusedSells - rest), uint88(rest));
        (covered, rest) = _use(line.usedCredit, line.unusedCredit, told.usedCredit);
        if (!covered) return "BeyondClosing";
        (line.usedCredit, line.unusedCredit) = (uint64(line.usedCredit + line.unusedCredit - rest), uint64(rest));

        bool ended = chainTime >= line.validUntil;
        bool obeyed = told.version >= line.turnedAt;
        if (ended || (obeyed && !line.isBuy)) line.unusedBuys = 0;
        if (ended || (obeyed && line.isBuy)) line.unusedSells = 0;
        if (ended) line.unusedCredit = 0;
        if (keccak256(abi.encode(line)) == before) return 0;
        s.closings[account][eid][number] = line;
        if (!_isOpen(line)) remove(s, account, eid, number);
        emit IHubLedger.ClosingStateApplied(eid, account, s.instrumentOf[number], line);
    }

    /// @notice Puts a line on the list of those that are open, if fewer than `most` are.
    /// @param most at most `MAX_OPEN`
    /// @return added whether it was not on it; `full` if it cannot be
    function add(HubState storage s, AccountId account, uint32 eid, uint32 number, uint256 most)
        internal
        returns (bool added, bool full)
    {
        uint256 count = s.held[account].countClosings();
        uint64[MAX_OPEN] storage keys = s.closingKeys[account];
        uint64 key = _join(eid, number);
        for (uint256 i; i < count; ++i) {
            if (keys[i] == key) return (false, false);
        }
        if (count >= most) return (false, true);
        keys[count] = key;
        s.held[account].setClosings(count + 1);
        return (true, false);
    }

    /// @notice Takes a line off the list, if it is on it.
    function remove(HubState storage s, AccountId account, uint32 eid, uint32 number) internal {
        uint256 count = s.held[account].countClosings();
        uint64[MAX_OPEN] storage keys = s.closingKeys[account];
        uint64 key = _join(eid, number);
        for (uint256 i; i < count; ++i) {
            if (keys[i] != key) continue;
            keys[i] = keys[count - 1];
            s.held[account].setClosings(count - 1);
            return;
        }
    }

    /// @notice What may still be used of one side in an instrument, over all spokes but `exceptEid`, 1e-8.
    function unusedOf(HubState storage s, AccountId account, uint32 number, bool isBuy, uint32 exceptEid)
        internal
        view
        returns (uint256 base)
    {
        uint256 count = s.held[account].countClosings();
        for (uint256 i; i < count; ++i) {
            (uint32 eid, uint32 other) = _split(s.closingKeys[account][i]);
            if (other != number || eid == exceptEid) continue;
            IHubLedger.ClosingLine storage line = s.closings[account][eid][number];
            base += isBuy ? line.unusedBuys : line.unusedSells;
        }
    }

    /// @notice Credit of a spoke's open lines that may still be used, but for the line in the instrument `exceptNumber`, cents.
    function creditOn(HubState storage s, AccountId account, uint32 eid, uint32 exceptNumber)
        internal
        view
        returns (uint256 cents)
    {
        uint256 count = s.held[account].countClosings();
        for (uint256 i; i < count; ++i) {
            (uint32 other, uint32 number) = _split(s.closingKeys[account][i]);
            if (other == eid && number != exceptNumber) cents += s.closings[account][eid][number].unusedCredit;
        }
    }

    /// @notice Whether a line of the account is open in the instrument, on any spoke.
    function isOpenIn(HubState storage s, AccountId account, uint32 number) internal view returns (bool) {
        uint256 count = s.held[account].countClosings();
        for (uint256 i; i < count; ++i) {
            if (uint32(s.closingKeys[account][i]) == number) return true;
        }
        return false;
    }

    /// @notice Whether a line of the account is open on a spoke.
    function isOpenOn(HubState storage s, AccountId account, uint32 eid) internal view returns (bool) {
        uint256 count = s.held[account].countClosings();
        for (uint256 i; i < count; ++i) {
            if (s.closingKeys[account][i] >> 32 == eid) return true;
        }
        return false;
    }

    /// @notice All open lines of an account.
    function all(HubState storage s, AccountId account) internal view returns (IHubLedger.OpenClosing[] memory list) {
        list = new IHubLedger.OpenClosing[](s.held[account].countClosings());
        for (uint256 i; i < list.length; ++i) {
            (uint32 eid, uint32 number) = _split(s.closingKeys[account][i]);
            list[i] = IHubLedger.OpenClosing(eid, s.instrumentOf[number], s.closings[account][eid][number]);
        }
    }

    /// @notice Adds to exposures what closing trades may still do to them. For a decision it reverts if an option has expired of which anything may
    /// have been traded and not told.
    /// @param first where in memory the `Exposure`s of the `count` instruments on the account's list begin, one behind the other
    /// @param maxAge as in `IMarginEngine.assess`
    /// @return cents of credit that may still be used
    function addTo(HubState storage s, AccountId account, uint256 open, uint256 first, uint256 count, uint256 maxAge)
        internal
        view
        returns (uint256 cents)
    {
        for (uint256 i; i < open; ++i) {
            (uint32 eid, uint32 number) = _split(s.closingKeys[account][i]);
            IHubLedger.ClosingLine storage line = s.closings[account][eid][number];
            (uint256 buys, uint256 sells) = (line.unusedBuys, line.unusedSells);
            cents += line.unusedCredit;
            if (buys + sells == 0) continue;
            if (maxAge != type(uint256).max) _requireTold(s, account, eid, number);
            (Exposure memory e, bool found) = _find(first, count, number);
            // What has a line open stays on the list (`SettlementLogic`).
            if (!found) continue;
            if (e.base < 0) (buys, sells) = (sells, buys);
            e.closing = uint88(e.closing + buys + sells);
            if (buys != 0) _turn(s, e, buys, maxAge);
        }
    }

    /// @dev An exposure knows of trades towards zero and beyond. The net may have turned, or become zero, since an allowance was given: its trades
    /// lead away from zero then. So the exposure starts where all of them would end, at the mark, which is worth the same; and as
    /// they are in `closing` too, any part of them may be undone.
    function _turn(HubState storage s, Exposure memory e, uint256 away, uint256 maxAge) private view {
        int256 base = e.base < 0 ? -int256(away) : int256(away);
        uint256 mark = s.marginEngine.markOf(s.instrumentOf[e.number], maxAge);
        e.quote = (e.quote + PositionValue.micros(-base, 0, mark)).toInt88();
        e.base = (e.base + base).toInt88();
    }

    /// @dev No vault trades an option that has expired, nor by an allowance for it: what of that was used is told by the spoke's next report. It was
    /// traded before, at a price that nobody here knows, so until then nobody knows what the account has gained or owes either.
    function _requireTold(HubState storage s, AccountId account, uint32 eid, uint32 number) private view {
        if (InstrumentNumber.place(number) == 0) return;
        InstrumentId instrument = s.instrumentOf[number];
        if (block.timestamp >= instrument.expiry()) revert IHubLedger.Hub_ClosingUntold(account, eid, instrument);
    }

    /// @dev Used becomes the larger of what is known and told, as long as it was granted.
    function _use(uint256 used, uint256 unused, uint256 told) private pure returns (bool covered, uint256 rest) {
        if (told <= used) return (true, unused);
        if (told - used > unused) return (false, 0);
        return (true, unused - (told - used));
    }

    function _find(uint256 first, uint256 count, uint256 instrument) private pure returns (Exposure memory e, bool found) {
        assembly ("memory-safe") {
            let at := first
            for { let end := add(first, mul(count, 160)) } lt(at, end) { at := add(at, 160) } {
                if eq(mload(at), instrument) {
                    e := at
                    found := 1
                    break
                }
            }
        }
    }

    function _isOpen(IHubLedger.ClosingLine memory line) private pure returns (bool) {
        return line.unusedBuys != 0 || line.unusedSells != 0 || line.unusedCredit != 0;
    }

    function _join(uint32 eid, uint32 number) private pure returns (uint64) {
        return (uint64(eid) << 32) | number;
    }

    function _split(uint64 key) private pure returns (uint32 eid, uint32 number) {
        return (uint32(key >> 32), uint32(key));
    }
}
