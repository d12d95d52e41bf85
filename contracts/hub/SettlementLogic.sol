// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {IHubLedger} from "../interfaces/IHubLedger.sol";
import {PositionValue} from "../libraries/PositionValue.sol";
import {HubState, SpokeSum} from "./HubState.sol";
import {PackedPosition} from "./PackedPosition.sol";
import {Portfolio} from "./Portfolio.sol";

/// @notice Variation settlement. `cash + quote` of an account never changes here, so order never matters to equity;
/// no gain becomes cash that a loser has not paid.
library SettlementLogic {
    using SafeCast for int256;

    /// @notice Settles `accounts` in `instrument` at a fresh mark. Losers first; then gainers share what the pool
    /// holds beyond the spokes' unmatched gains, pro rata, rounded down.
    function settle(HubState storage s, InstrumentId instrument, AccountId[] calldata accounts) external {
        if (s.terms[instrument].version == 0) revert IHubLedger.Hub_UnknownInstrument(instrument);
        uint256 mark = Portfolio.freshPrice(s, instrument.underlying());

        int256[] memory gains = new int256[](accounts.length);
        int256 wanted;
        for (uint256 i; i < accounts.length; ++i) {
            // Ascending, so that nobody is paid the same gain twice.
            if (i != 0 && AccountId.unwrap(accounts[i]) <= AccountId.unwrap(accounts[i - 1])) {
                revert IHubLedger.Hub_AccountsNotAscending(accounts[i]);
            }
            IHubLedger.NetPosition memory p = PackedPosition.unpack(s.positions[accounts[i]][instrument]);
            int256 value = PositionValue.micros(p.base, p.quote, mark);
            if (value > 0) {
                gains[i] = value;
                wanted += value;
            } else if (value < 0) {
                _collect(s, instrument, accounts[i], -value, mark);
            }
        }
        if (wanted > 0) _distribute(s, instrument, accounts, gains, wanted, mark);
    }

    /// @notice Unmatched gain at the latest price, however old: for display.
    function unmatchedGainOf(HubState storage s, uint32 eid, InstrumentId instrument) external view returns (uint256) {
        return _unmatchedGain(s, eid, instrument, Portfolio.lastPrice(s, instrument.underlying()));
    }

    /// @dev Value of what a spoke has reported of one side only, where positive: not yet anybody's loss.
    function _unmatchedGain(HubState storage s, uint32 eid, InstrumentId instrument, uint256 mark)
        private
        view
        returns (uint256)
    {
        SpokeSum storage sum = s.spokeSums[eid][instrument];
        int256 value = PositionValue.micros(sum.base, sum.quote, mark);
        return value > 0 ? uint256(value) : 0;
    }

    function _collect(HubState storage s, InstrumentId instrument, AccountId account, int256 loss, uint256 mark) private {
        // Until LPs lend, cash never goes below zero.
        int256 cash = s.cash[account];
        int256 paid = loss < cash ? loss : cash;
        if (paid <= 0) return;
        s.cash[account] = (cash - paid).toInt128();
        s.positions[account][instrument] = PackedPosition.moveQuote(s.positions[account][instrument], paid);
        s.variationPool[instrument] += uint256(paid);
        emit IHubLedger.PositionSettled(account, instrument, -paid, mark);
    }

    function _distribute(
        HubState storage s,
        InstrumentId instrument,
        AccountId[] calldata accounts,
        int256[] memory gains,
        int256 wanted,
        uint256 mark
    ) private {
        uint256 available = _payable(s, instrument, mark);
        if (available > uint256(wanted)) available = uint256(wanted);
        uint256 spent;
        for (uint256 i; i < accounts.length; ++i) {
            if (gains[i] == 0) continue;
            uint256 share = Math.mulDiv(uint256(gains[i]), available, uint256(wanted));
            if (share == 0) continue;
            int256 paid = int256(share);
            s.cash[accounts[i]] = (int256(s.cash[accounts[i]]) + paid).toInt128();
            s.positions[accounts[i]][instrument] =
                PackedPosition.moveQuote(s.positions[accounts[i]][instrument], -paid);
            spent += share;
            emit IHubLedger.PositionSettled(accounts[i], instrument, paid, mark);
        }
        s.variationPool[instrument] -= spent;
    }

    function _payable(HubState storage s, InstrumentId instrument, uint256 mark) private view returns (uint256 available) {
        available = s.variationPool[instrument];
        uint256 count = s.eids.length;
        for (uint256 i; i < count; ++i) {
            uint256 unmatched = _unmatchedGain(s, s.eids[i], instrument, mark);
            if (unmatched >= available) return 0;
            available -= unmatched;
        }
    }
}
