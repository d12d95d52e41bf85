// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {IHubLedger} from "../interfaces/IHubLedger.sol";
import {PositionValue} from "../libraries/PositionValue.sol";
import {ClosingBook} from "./ClosingBook.sol";
import {FundedPosition} from "./FundedPosition.sol";
import {HubState, SpokeSum} from "./HubState.sol";
import {InstrumentList, InstrumentListLib} from "./InstrumentList.sol";
import {LendingLogic} from "./LendingLogic.sol";
import {PackedPosition} from "./PackedPosition.sol";

/// @notice Variation settlement. `cash + quote` of an account never changes here (a debt is rounded up to a unit), so order never matters to
/// equity; no gain becomes cash that a loser has not paid, from its own cash or from what lenders lent it.
library SettlementLogic {
    using InstrumentListLib for InstrumentList;
    using PackedPosition for uint256;
    using SafeCast for uint256;

    /// @param isFinal whether the mark is a settlement price, which never changes; `isExpired` whether it is to be one
    struct Subject {
        InstrumentId instrument;
        uint32 number;
        bool isFinal;
        bool isExpired;
        uint256 mark;
    }

    /// @notice Settles `accounts` in `instrument` at a fresh mark, an option that has expired at its settlement price. Losers first; then
    /// gainers share what the pool holds beyond the spokes' unmatched gains, pro rata, rounded down. Who may have closed an option that has expired, on
    /// a spoke that has not told so, waits for that: the gain may be another's.
    function settle(HubState storage s, InstrumentId instrument, AccountId[] calldata accounts) external {
        Subject memory subject;
        subject.instrument = instrument;
        subject.number = s.numberOf[instrument];
        if (subject.number == 0) revert IHubLedger.Hub_UnknownInstrument(instrument);
        subject.mark = s.marginEngine.markOf(instrument, s.maxPriceAge);
        subject.isFinal = s.registry.isFinal(instrument);
        subject.isExpired = instrument.isOption() && block.timestamp >= instrument.expiry();

        int256[] memory gains = new int256[](accounts.length);
        int256 wanted;
        for (uint256 i; i < accounts.length; ++i) {
            // Ascending, so that nobody is paid the same gain twice.
            if (i != 0 && AccountId.unwrap(accounts[i]) <= AccountId.unwrap(accounts[i - 1])) {
                revert IHubLedger.Hub_AccountsNotAscending(accounts[i]);
            }
            int256 value = _value(s, subject, s.positions[accounts[i]][subject.number]);
            if (value > 0) {
                if (subject.isExpired && ClosingBook.isOpenIn(s, accounts[i], subject.number)) continue;
                gains[i] = value;
                wanted += value;
            } else if (value < 0) {
                _collect(s, subject, accounts[i], uint256(-value));
            }
        }
        if (wanted > 0) _distribute(s, subject, accounts, gains, wanted);
        for (uint256 i; i < accounts.length; ++i) {
            _tidy(s, subject, accounts[i]);
        }
    }

    /// @notice Unmatched gain at the latest mark, however old: for display.
    function unmatchedGainOf(HubState storage s, uint32 eid, InstrumentId instrument) external view returns (uint256) {
        uint256 mark = s.marginEngine.markOf(instrument, type(uint256).max);
        return _unmatchedGain(s, eid, s.numberOf[instrument], mark);
    }

    /// @dev Value of what a spoke has reported of one side only, where positive: not yet anybody's loss.
    function _unmatchedGain(HubState storage s, uint32 eid, uint32 number, uint256 mark) private view returns (uint256) {
        SpokeSum storage sum = s.spokeSums[eid][number];
        int256 value = PositionValue.micros(sum.base, sum.quote, mark);
        return value > 0 ? uint256(value) : 0;
    }

    function _value(HubState storage s, Subject memory subject, uint256 position) private view returns (int256) {
        int256 quote = FundedPosition.quoteOf(s, subject.number, position);
        return PositionValue.micros(position.baseOf(), quote, subject.mark);
    }

    /// @dev As far as the account's cash goes, and then what it is lent.
    function _collect(HubState storage s, Subject memory subject, AccountId account, uint256 loss) private {
        LendingLogic.setOff(s, account);
        uint256 paid = s.cash[account].held;
        if (paid < loss) paid += LendingLogic.borrow(s, account, loss);
        if (paid > loss) paid = loss;
        if (paid == 0) return;
        s.variationPool[subject.instrument] += paid;
        s.cash[account].held -= paid.toUint128();
        _moveQuote(s, subject, account, -int256(paid));
    }

    function _distribute(
        HubState storage s,
        Subject memory subject,
        AccountId[] calldata accounts,
        int256[] memory gains,
        int256 wanted
    ) private {
        uint256 available = _payable(s, subject);
        if (available > uint256(wanted)) available = uint256(wanted);
        uint256 spent;
        for (uint256 i; i < accounts.length; ++i) {
            if (gains[i] == 0) continue;
            uint256 share = Math.mulDiv(uint256(gains[i]), available, uint256(wanted));
            if (share == 0) continue;
            spent += share;
            s.cash[accounts[i]].held += share.toUint128();
            _moveQuote(s, subject, accounts[i], int256(share));
            LendingLogic.setOff(s, accounts[i]);
        }
        s.variationPool[subject.instrument] -= spent;
    }

    /// @dev From quote to cash, which the caller has changed, 1e-6 dollar.
    function _moveQuote(HubState storage s, Subject memory subject, AccountId account, int256 amount) private {
        s.positions[account][subject.number] = s.positions[account][subject.number].moveQuote(-amount);
        emit IHubLedger.PositionSettled(account, subject.instrument, amount, subject.mark);
    }

    function _payable(HubState storage s, Subject memory subject) private view returns (uint256 available) {
        available = s.variationPool[subject.instrument];
        for (uint256 i; i < s.eids.length; ++i) {
            uint32 eid = s.eids[i];
            if (eid == 0) break;
            uint256 unmatched = _unmatchedGain(s, eid, subject.number, subject.mark);
            if (unmatched >= available) return 0;
            available -= unmatched;
        }
    }

    /// @dev What is worth nothing and stays so leaves the account's list: an option that has settled, so that an expiry rolls off
    /// without anyone having to go through all accounts; and, where the list is crowded, what is neither held nor owed (a fee account
    /// comes to every instrument). Neither if it can be traded, or may have been, by a closing allowance. A pair that arrives later puts it back. What
    /// is off the list gets a place if there is one now.
    function _tidy(HubState storage s, Subject memory subject, AccountId account) private {
        uint256 position = s.positions[account][subject.number];
        uint256 place = position.placeOf();
        if (place == 0) return;
        InstrumentList storage list = s.held[account];
        bool off = place == InstrumentListLib.OFF;
        bool leaves = _value(s, subject, position) == 0
            && (
                subject.isFinal
                    || (position.isFlat() && (off || list.count() > InstrumentListLib.MAX_MARGINED))
            ) && !ClosingBook.isOpenIn(s, account, subject.number);
        if (!leaves && !off) return;
        uint32 moved = list.remove(place);
        if (moved != 0) s.positions[account][moved] = s.positions[account][moved].moveTo(place);
        uint256 next = leaves ? 0 : list.add(subject.number);
        if (next == place) return;
        s.positions[account][subject.number] = position.moveTo(next);
        emit IHubLedger.InstrumentMoved(account, subject.instrument, next);
    }
}
