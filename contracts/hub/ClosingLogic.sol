// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {AccountId} from "../types/AccountId.sol";
import {PackedPair} from "../types/Pair.sol";
import {IHubLedger} from "../interfaces/IHubLedger.sol";
import {ClosingBook} from "./ClosingBook.sol";
import {HubState} from "./HubState.sol";
import {LaneLogic} from "./LaneLogic.sol";
import {PackedPosition} from "./PackedPosition.sol";
import {Portfolio} from "./Portfolio.sol";
import {ReportLogic} from "./ReportLogic.sol";
import {WalletRights} from "./WalletRights.sol";

/// @notice Grants closing allowances: how much of its net position an account may close on a spoke without opening credit.
/// @dev No pause and no lag stops them (CLR-18), but what keeps margin from being told does: a stale price or epoch of anything held. A net that is not up to date does no harm: what the hub does not know
/// of was opened, with credit that is reserved, and requirements do not exceed the sum of those of their parts.
///
/// Anyone may call, so a grant must not be able to hurt: it may raise the account's maintenance requirement, counted at the worst use of it,
/// by no more than the credit that comes with it. To close one leg of a hedge is no reduction, and is not given. Who may not act for the account
/// may have no more closed on a spoke than was opened there, nor renew more, so that nobody keeps what is to be closed where the account does not
/// trade; nor more than half of the lines; and for no more than half of the mandate's credit, so that nobody keeps it from opening (what was lent to
/// open once is lent again, whatever may be closed). What is lent to open keeps nobody from closing: it is not renewed to who needs to close, and closes
/// as well until its lease ends.
library ClosingLogic {
    using PackedPair for uint256;
    using PackedPosition for uint256;
    using SafeCast for uint256;

    /// @dev Credit for closing per notional of the underlying, millionths: the vault's venue rate of 0.5 %, and 1.5 % for the fee and for a price
    /// that is worse than the reference.
    uint256 private constant CREDIT_PPM = 20_000;
    /// @dev base (1e-8) · price (1e18) · millionths, a cent.
    uint256 private constant PER_CENT = 1e30;

    /// @param held what may still be used of the side by earlier grants, 1e-8
    /// @param room what may be by all of them: of |net| what no other spoke holds, 1e-8
    /// @param heldCredit credit that may still be used by earlier grants, cents
    /// @param maxCredit what the mandate leaves to all of them, cents
    struct Draft {
        AccountId account;
        uint32 number;
        bool isBuy;
        uint256 held;
        uint256 room;
        uint256 heldCredit;
        uint256 maxCredit;
    }

    /// @notice Grants or renews what mandate, position and margin cover.
    /// @param localEid the hub's chain: what the caller may do for an account is looked up there
    /// @return granted those requests that were
    function renew(HubState storage s, uint32 eid, IHubLedger.ClosingKey[] calldata requests, uint32 localEid)
        external
        returns (IHubLedger.ClosingKey[] memory granted)
    {
        if (!s.lanes[eid].listed) revert IHubLedger.Hub_UnknownLane(eid);
        uint40 validUntil = LaneLogic.leaseEnd(s, eid);
        granted = new IHubLedger.ClosingKey[](requests.length);
        uint256 count;
        for (uint256 i; i < requests.length; ++i) {
            bool mayAct = WalletRights.mayAct(s, requests[i].account, localEid, msg.sender);
            bytes32 refused = _renewOne(s, eid, requests[i], validUntil, mayAct);
            if (refused == 0) granted[count++] = requests[i];
            else emit IHubLedger.ClosingRefused(requests[i].account, eid, requests[i].instrument, refused);
        }
        assembly ("memory-safe") {
            mstore(granted, count)
        }
    }

    function _renewOne(
        HubState storage s,
        uint32 eid,
        IHubLedger.ClosingKey calldata r,
        uint40 validUntil,
        bool mayAct
    ) private returns (bytes32 refused) {
        IHubLedger.ClosingLine storage line = s.closings[r.account][eid][s.numberOf[r.instrument]];
        Draft memory d;
        refused = _draft(s, eid, r, line, validUntil, d);
        if (refused == 0) refused = _bound(s, eid, r, mayAct, d);
        if (refused != 0) return refused;
        // Half of the lines are for who may act: else others could take all, and he have nothing closed where he wants.
        uint256 most = mayAct ? ClosingBook.MAX_OPEN : ClosingBook.MAX_OPEN / 2;
        (bool added, bool full) = ClosingBook.add(s, d.account, eid, d.number, most);
        if (full) return "TooMany";

        (uint256 price,,) = s.oracle.read(r.instrument.underlying());
        uint256 base;
        uint256 credit;
        (base, credit, refused) = _cover(s, d, line, price);
        _setUnused(line, d.isBuy, refused == 0 ? base : d.held);
        if (refused != 0) {
            if (added) ClosingBook.remove(s, d.account, eid, d.number);
            return refused;
        }
        line.unusedCredit = credit.toUint64();
        if (validUntil > line.validUntil) line.validUntil = validUntil;
        line.version += 1;
        if (line.isBuy != d.isBuy || line.turnedAt == 0) (line.isBuy, line.turnedAt) = (d.isBuy, line.version);
        emit IHubLedger.ClosingGranted(r.account, eid, r.instrument, line);
    }

    /// @dev What could be granted to who may act for the account, if mandate and margin cover all of it.
    function _draft(
        HubState storage s,
        uint32 eid,
        IHubLedger.ClosingKey calldata r,
        IHubLedger.ClosingLine storage line,
        uint256 validUntil,
        Draft memory d
    ) private view returns (bytes32 refused) {
        (d.account, d.number) = (r.account, s.numberOf[r.instrument]);
        if (s.credit[d.account][eid].maxOutstanding == 0) return "NoMandate";
        if (s.freezes[d.account].frozen) return "Frozen";
        uint40 expiry = r.instrument.expiry();
        // What is traded must be told before the option expires: from then on nothing is decided for the account until it is (`ClosingBook`).
        if (expiry != 0 && expiry <= validUntil + s.lanes[eid].leaseSeconds) return "Expiring";
        int256 net = s.positions[d.account][d.number].baseOf();
        if (net == 0) return "Flat";

        d.isBuy = net < 0;
        (d.held, d.heldCredit) = (d.isBuy ? line.unusedBuys : line.unusedSells, line.unusedCredit);
        uint256 elsewhere = ClosingBook.unusedOf(s, d.account, d.number, d.isBuy, eid);
        d.room = Math.saturatingSub(SignedMath.abs(net), elsewhere);
        // Limits are cumulative and must fit what they travel in; so no sum of used and unused overflows (CLR-11).
        d.room = Math.min(d.room, type(uint88).max - (d.isBuy ? line.usedBuys : line.usedSells));
        d.maxCredit = type(uint64).max - line.usedCredit;
        // What was granted cannot be taken back: it ends with its lease.
        if (d.room == 0 || d.room < d.held) return "HeldAlready";
    }

    /// @dev Bounds the credit to what the mandate leaves and, if anybody asks, the base to what was opened on the spoke.
    function _bound(HubState storage s, uint32 eid, IHubLedger.ClosingKey calldata r, bool mayAct, Draft memory d)
        private
        view
        returns (bytes32 refused)
    {
        IHubLedger.CreditLine storage credit = s.credit[d.account][eid];
        uint256 most = Math.saturatingSub(credit.maxOutstanding, credit.ceiling - credit.usedApplied);
        if (!mayAct) {
            uint256 key = ReportLogic.pairKey(s.accountIndex[eid][d.account], s.instrumentIndex[eid][r.instrument]);
            int256 opened = s.pairs[eid][key].base();
            d.room = opened < 0 == d.isBuy ? Math.min(d.room, SignedMath.abs(opened)) : 0;
            if (d.room == 0 || d.room < d.held) return "OpenedElsewhere";
            most = Math.min(most, credit.maxOutstanding / 2);
        }
        most = Math.saturatingSub(most, ClosingBook.creditOn(s, d.account, eid, d.number));
        d.maxCredit = Math.min(d.maxCredit, most);
        if (d.maxCredit == 0 || d.maxCredit < d.heldCredit) return "Mandate";
    }

    /// @dev How much equity covers beyond maintenance requirement and all credit (CLR-06), and the credit with it: as much base as there is credit
    /// for. Leaves the line with other values than it had.
    /// @param priceWad of the underlying
    function _cover(HubState storage s, Draft memory d, IHubLedger.ClosingLine storage line, uint256 priceWad)
        private
        returns (uint256 base, uint256 credit, bytes32 refused)
    {
        _setUnused(line, d.isBuy, 0);
        uint256 without = Portfolio.margin(s, d.account, true).maintenanceWad;
        _setUnused(line, d.isBuy, d.room);
        IHubLedger.MarginState memory m = Portfolio.margin(s, d.account, true);
        uint256 wanted = Math.mulDiv(d.room, priceWad * CREDIT_PPM, PER_CENT, Math.Rounding.Ceil);
        wanted = Math.max(wanted, d.heldCredit);
        if (m.maintenanceWad > without + wanted * Portfolio.WAD_PER_CENT) return (0, 0, "NotReducing");
        int256 free = m.equityMaintenanceWad - int256(m.maintenanceWad + m.outstandingWad + m.closingWad);
        if (free < 0) return (0, 0, "Margin");
        uint256 most = Math.min(d.heldCredit + uint256(free) / Portfolio.WAD_PER_CENT, d.maxCredit);
        credit = Math.min(wanted, most);
        // What part of the credit there is, that part of the base.
        base = credit < wanted ? Math.mulDiv(d.room, credit, wanted) : d.room;
        if (base == 0) return (0, 0, "Margin");
        // What was granted stays, and is covered: a price that rose must not keep it from being renewed.
        base = Math.max(base, d.held);
        // A part may raise the requirement by more than its part: what is credited across underlyings, any allowance takes away.
        if (base == d.room) return (base, credit, 0);
        _setUnused(line, d.isBuy, base);
        uint256 raised = Portfolio.margin(s, d.account, true).maintenanceWad;
        if (raised > without + credit * Portfolio.WAD_PER_CENT) return (0, 0, "NotReducing");
    }

    function _setUnused(IHubLedger.ClosingLine storage line, bool isBuy, uint256 base) private {
        if (isBuy) line.unusedBuys = base.toUint88();
        else line.unusedSells = base.toUint88();
    }
}
