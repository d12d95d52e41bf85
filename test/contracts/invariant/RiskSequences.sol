// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {EpochReader} from "../../../contracts/risk/EpochReader.sol";
import {Sequences} from "./Sequences.sol";
import "./World.sol";

/// @notice Sequences of options, loans and closing allowances that chance seldom finds.
abstract contract RiskSequences is Sequences {
    uint256 private constant OPTION = 2;

    /// @notice The price is fresh but far from that of the risk arrays: whoever holds an option gets nothing, until they are refreshed.
    function lendOnOtherArrays() external {
        _refreshAll();
        _pushAll();
        _tradeFair(LANE, OPTION, 0, 1, 1e7);
        _hear();
        assertTrue(_isRenewed(), "on arrays of this price");
        // The scan range is 15 %, and an eighth of it as far as arrays serve.
        _setPrice(0, 4_100e18);
        bool lent = _isRenewed();
        assertFalse(lent, "CLR-13: lent on arrays of another price");
        assertTrue(_refusal == EpochReader.Margin_MovedTooFar.selector, "CLR-13: for that reason");
        _letClose(0, LANE);
        _renewClosing(LANE, 1 << OPTION, true);
        assertEq(_closingKeys[LANE].length, 0, "CLR-13: granted to close on arrays of another price");
        _refreshAll();
        assertTrue(_isRenewed(), "on arrays of the new price");
    }

    /// @notice An option is held beyond its expiry, and nobody has settled it: it is no open interest any more.
    function holdBeyondExpiry() external {
        _refreshAll();
        _pushAll();
        _tradeFair(LANE, OPTION, 0, 1, 1e7);
        _hear();
        assertGe(w.hub.openInterestOf(Places.underlyingOf(OPTION)), 1e7, "it is open interest");
        this.checkAlways();
        time = FIRST_EXPIRY;
        this.checkAlways();
    }

    /// @notice A trader gains by one instrument, which nobody pays, and loses more by another than it has cash: collateral that does not
    /// cover the loss gets no loan, until it does. Then lenders get what is idle.
    function borrowAgainstGains() external {
        _refreshAll();
        _pushAll();
        _tradeFair(LANE, 0, 3, BORROWER, 10e8);
        _tradeFair(LANE, 1, BORROWER, 3, 0.2e8);
        _hear();
        _setPrice(1, 60_000e18);
        _setPrice(0, 1_200e18);
        _settle(1, (1 << ACCOUNTS) - 1);
        assertEq(w.hub.debtOf(w.accounts[BORROWER]), 0, "CLR-16: lent against gains that nobody paid");
        _setPrice(0, 2_000e18);
        _settle(1, (1 << ACCOUNTS) - 1);
        assertGt(w.hub.debtOf(w.accounts[BORROWER]), 0, "collateral that covers it");
        uint128 shares = w.hub.lenderOf(w.accounts[3]).shares;
        assertLt(w.hub.lendingState().idle, shares, "some of what was lent is not idle");
        _redeem(3, shares);
        assertEq(w.hub.lendingState().idle, 0, "CLR-18: what is idle is not given back");
        time += LEASE;
        this.checkAlways();
        _redeem(3, 1);
    }

    /// @notice What a closing allowance gives leads away from zero once the net has turned, and counts until it is known that nobody can use it.
    function turnAround() external {
        _refreshAll();
        _pushAll();
        _tradeFair(LANE, 0, 0, 1, 2e8);
        _hear();
        _letClose(0, LANE + 1);
        _renewClosing(LANE + 1, 1, true);
        assertEq(_closingGrants[0][LANE + 1][0].length, 1, "granted to sell");
        _letClose(0, 0);
        _renewClosing(0, 1, true);
        assertEq(_closingGrants[0][0][0].length, 0, "CLR-06: all of it is granted on one spoke already");
        _deliverAll();
        assertTrue(_tradeFair(LANE + 1, 0, 1, 0, 0.5e8), "half a unit is closed");
        _tradeFair(LANE, 0, 1, 0, 3e8);
        _refreshAll();
        // Only the larger trade is heard of.
        _send(LANE, _pairsOf(0, 0, 2), false);
        _deliverAll();
        int256 net = w.hub.positionOf(w.accounts[0], w.instruments[0]).base;
        assertEq(net, -1e8, "the net has turned");
        _assertCoveredToClose(0);
        _letClose(0, LANE);
        _renewClosing(LANE, 1, true);
        assertEq(_closingGrants[0][LANE][0].length, 1, "granted to buy");
        assertTrue(_isRenewed(), "there is margin for all of it");
        _deliverAll();
        _tradeFair(LANE + 1, 0, 1, 0, 1e8);
        this.checkAlways();
        _hear();
        _assertCoveredToClose(0);
        _useUp();
    }

    /// @dev Of the allowance to sell half a unit is left: neither more, nor a purchase, nor a sale after the lease is charged to it.
    function _useUp() private {
        assertFalse(_tradeFair(LANE + 1, 0, 1, 0, 1e8), "CLR-06: closed beyond what was granted");
        assertFalse(_tradeFair(LANE + 1, 0, 0, 1, 1e6), "CLR-06: bought by an allowance to sell");
        time += 2 * LEASE;
        _hear();
        _refreshAll();
        _renew(LANE + 1, 3);
        _pushAll();
        assertFalse(_tradeFair(LANE + 1, 0, 1, 0, 1e6), "CLR-06: closed after the lease");
    }

    function _setPrice(uint256 perpetual, uint256 priceWad) private {
        time += 1;
        _at(0);
        for (uint256 k; k < PERPETUALS; ++k) {
            (uint256 price,) = w.oracle.latest(Places.underlyingOf(k));
            w.oracle.set(Places.underlyingOf(k), k == perpetual ? priceWad : price, time);
        }
    }

    function _refreshAll() private {
        time += 1;
        _refreshPrices();
        // Chance may have left them.
        _refreshArrays(100);
    }

    function _pushAll() private {
        for (uint256 lane; lane < LANES; ++lane) {
            _pushPrices(lane);
        }
        _deliverAll();
    }

    function _hear() private {
        for (uint256 lane; lane < LANES; ++lane) {
            _report(lane, 1, true);
        }
        _deliverAll();
    }
}
