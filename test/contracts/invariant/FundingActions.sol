// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {TradeActions} from "./TradeActions.sol";
import "./World.sol";

/// @notice Time is charged for, at any rate, whenever anybody likes.
abstract contract FundingActions is TradeActions {
    /// @dev What each account has paid, exactly, by the indices' moves and its base at the time, 1e-26 dollar.
    mapping(uint256 owner => int256) internal _funded;

    /// @notice Anybody has funding charged, after a while, of whatever is known then.
    function accrueFunding(uint256 seed) external action(seed) {
        uint256 k = _pick(PERPETUALS);
        uint256 hour = time / 1 hours;
        // Now and then what the samples of the last hours made; at any time nothing, all that is allowed, and between.
        if (_chance(2)) {
            w.fundingRates.set(Places.underlyingOf(k), hour - 1, int256(_pick(0.08e18 + 1)) - 0.04e18);
            w.fundingRates.set(Places.underlyingOf(k), hour - 2, _chance(2) ? int256(0.0004e18) : int256(-0.0004e18));
        }
        time += 1 + _pick(LEASE / 2);
        _at(0);
        if (!_chance(8)) _refreshPrices();
        _count("accrueFunding", _accrue(k));
    }

    function _accrue(uint256 k) internal returns (bool charged) {
        int256[ACCOUNTS] memory bases;
        for (uint256 i; i < ACCOUNTS; ++i) {
            bases[i] = w.hub.positionOf(w.accounts[i], w.instruments[k]).base;
        }
        IHubLedger.FundingState memory before = w.hub.fundingOf(w.instruments[k]);
        try w.hub.accrueFunding(w.instruments[k], "") {}
        catch {
            return false;
        }
        IHubLedger.FundingState memory later = w.hub.fundingOf(w.instruments[k]);
        int256 paid;
        for (uint256 i; i < ACCOUNTS; ++i) {
            int256 long = later.longIndexWad - before.longIndexWad;
            int256 short = later.shortIndexWad - before.shortIndexWad;
            int256 mine = bases[i] * (bases[i] < 0 ? short : long);
            _funded[i] += mine;
            paid += mine;
        }
        assertEq(paid, int256(later.kept) - int256(before.kept), "CLR-03: what is paid is received or kept");
        assertGe(paid, 0, "CLR-03: an accrual made money");
        return later.travelWad != before.travelWad;
    }
}
