// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {Assessment, Exposure} from "../../../contracts/interfaces/IMarginEngine.sol";
import {OptionTerms} from "../../../contracts/interfaces/IPricingModel.sol";
import {Epoch} from "../../../contracts/interfaces/IRiskArrays.sol";
import {PositionValue} from "../../../contracts/libraries/PositionValue.sol";
import {Discount} from "../../../contracts/pricing/Discount.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {InstrumentId} from "../../../contracts/types/InstrumentId.sol";
import {Ghosts} from "./Ghosts.sol";
import "./World.sol";

/// @notice What an account that has just been granted credit or paid must have (CLR-06), and of which prices (CLR-13): added up here from
/// what the hub tells, not by the hub's way of asking its engine, and priced anew by the model where prices move. Closing allowances count
/// with every way in which they may still be used, as the vaults tell it (`Ghosts`).
abstract contract Solvency is Ghosts {
    uint256 private constant FADE = 28 minutes;
    /// @dev As `WorldBuilder` lists collateral.
    uint256 private constant HAIRCUT_PERCENT = 10;
    uint256 private constant HAIRCUT_MAINTENANCE_PERCENT = 7;
    /// @dev By how much of the price, a thousandth, a unit of an option may be off: its array is of a price and a time that both have
    /// moved since, by `DefaultMargin.limits` at the most.
    uint256 private constant OFF_PERMILLE = 15;

    /// @param worth value of all positions after the price of every underlying has moved by the scan range, with the worst use of closing
    /// allowances: down, up; dollars 1e18
    /// @param off by how much these may differ from what the engine's arrays say
    /// @param marks of instruments with closing allowances, 1e18; `buys` and `sells` that these still allow, 1e-8
    /// @param a as the account is; its requirements are the largest over all uses of closing allowances
    /// @param closing credit of these, dollars 1e18
    struct Held {
        Exposure[] exposures;
        uint256[INSTRUMENTS] marks;
        uint256[INSTRUMENTS] buys;
        uint256[INSTRUMENTS] sells;
        uint256 count;
        int256[2] worth;
        uint256 off;
        Assessment a;
        uint256 closing;
    }

    /// @dev For an account that has just been granted credit or paid.
    function _assertCovered(uint256 owner) internal view {
        int256 backing = _collateralOf(owner, true);
        Held memory h = _assess(owner);
        uint256 lent = _lentTo(owner);
        int256 equity = backing + h.a.valueInitialWad;
        assertGe(equity, int256(h.a.initialWad + lent), "CLR-06: equity >= initial + lent");
        _assertCoveredToClose(owner, h);
        for (uint256 s; s < 2; ++s) {
            int256 left = backing + h.worth[s] + int256(h.off);
            assertGe(left, int256(lent), "CLR-06: what was lent is not there after a move that margin covers");
        }
        if (w.hub.debtOf(w.accounts[owner]) != 0) _assertLoanCovered(owner, h);
    }

    /// @dev For an account that has just been granted a closing allowance.
    function _assertCoveredToClose(uint256 owner) internal view {
        _assertCoveredToClose(owner, _assess(owner));
    }

    function _assertCoveredToClose(uint256 owner, Held memory h) private view {
        int256 equity = _collateralOf(owner, false) + h.a.valueMaintenanceWad;
        uint256 required = h.a.maintenanceWad + _lentTo(owner) + h.closing;
        assertGe(equity, int256(required), "CLR-06: equity >= maintenance + lent + credit for closing");
        // The same of what the hub counts, be there as much equity as there may.
        IHubLedger.MarginState memory m = w.hub.freshMarginOf(w.accounts[owner]);
        assertGe(m.initialWad, h.a.initialWad, "CLR-06: initial >= that at any use of closing allowances");
        assertGe(m.maintenanceWad, h.a.maintenanceWad, "CLR-06: maintenance >= that at any use of closing allowances");
        assertGe(m.closingWad, h.closing, "CLR-06: credit for closing is counted");
    }

    /// @dev For an account that has just been lent cash, which it has lost: gains that nobody has paid do not count (CLR-16).
    function _assertLoanCovered(uint256 owner) internal view {
        _assertLoanCovered(owner, _assess(owner));
    }

    function _assertLoanCovered(uint256 owner, Held memory h) private view {
        uint256 lent = _lentTo(owner);
        int256 left = _collateralOf(owner, true) + SignedMath.min(0, h.a.valueInitialWad);
        assertGe(left, int256(h.a.initialWad + lent), "CLR-16: a loan without cover at initial");
        left = _collateralOf(owner, false) + SignedMath.min(0, h.a.valueMaintenanceWad);
        assertGe(left, int256(h.a.maintenanceWad + lent + h.closing), "CLR-16: a loan without cover at maintenance");
    }

    /// @dev Credit that may still be used, dollars 1e18.
    function _lentTo(uint256 owner) private view returns (uint256 lent) {
        for (uint256 lane; lane < LANES; ++lane) {
            IHubLedger.CreditLine memory line = w.hub.creditLineOf(w.accounts[owner], Places.eidOf(lane));
            lent += uint256(line.ceiling - line.usedApplied) * 1e16;
        }
    }

    /// @dev Cash less debt, and collateral, as far as they count, dollars 1e18: those of old prices not at all, and for initial requirements those
    /// of chains that were not heard of less and less.
    function _collateralOf(uint256 owner, bool initial) private view returns (int256 total) {
        for (uint256 asset; asset < ASSETS; ++asset) {
            int256 balance = w.hub.balanceOf(w.accounts[owner], Places.assetOf(asset));
            if (balance <= 0) {
                total += balance * 1e12;
                continue;
            }
            uint256 worth = uint256(balance) * 1e12;
            if (asset != 0) {
                (uint256 price, uint256 confidence, uint256 age) = w.oracle.router().read(Places.underlyingOf(asset - 1));
                if (age > MAX_PRICE_AGE) continue;
                worth = initial
                    ? uint256(balance) * (price - confidence) * (100 - HAIRCUT_PERCENT) / 1e10
                    : uint256(balance) * price * (100 - HAIRCUT_MAINTENANCE_PERCENT) / 1e10;
            }
            total += int256(initial ? worth * _freshnessOf(asset) / 1e9 : worth);
        }
    }

    /// @dev 1e-9, rounded down.
    function _freshnessOf(uint256 asset) private view returns (uint256) {
        uint256 all;
        uint256 fresh;
        for (uint256 lane; lane < LANES; ++lane) {
            uint256 liquidity = w.hub.liquidityOf(Places.eidOf(lane), Places.assetOf(asset)).total;
            uint256 late = Math.saturatingSub(time, w.hub.laneOf(Places.eidOf(lane)).settledTime + MAX_LAG);
            all += liquidity;
            fresh += liquidity * (1e9 * Math.saturatingSub(FADE, late) / FADE);
        }
        return all == 0 ? 1e9 : fresh / all;
    }

    /// @dev What is held, and what is required for it whatever is closed.
    function _assess(uint256 owner) private view returns (Held memory h) {
        h = _heldBy(owner);
        h.a = w.engine.assess(h.exposures, MAX_PRICE_AGE);
        _closeAll(h, 0);
    }

    /// @dev Requirements are convex in what is held, so that the largest is where of each instrument all is bought, all is sold, or nothing.
    function _closeAll(Held memory h, uint256 from) private view {
        if (from == h.count) {
            Assessment memory a = w.engine.assess(h.exposures, MAX_PRICE_AGE);
            h.a.initialWad = Math.max(h.a.initialWad, a.initialWad);
            h.a.maintenanceWad = Math.max(h.a.maintenanceWad, a.maintenanceWad);
            return;
        }
        _closeAll(h, from + 1);
        Exposure memory e = h.exposures[from];
        (int88 base, int88 quote) = (e.base, e.quote);
        for (uint256 side; side < 2; ++side) {
            int256 moved = side == 0 ? int256(h.buys[from]) : -int256(h.sells[from]);
            if (moved == 0) continue;
            e.base = int88(base + moved);
            e.quote = int88(quote - moved * int256(h.marks[from]) / 1e20);
            _closeAll(h, from + 1);
        }
        (e.base, e.quote) = (base, quote);
    }

    function _heldBy(uint256 owner) private view returns (Held memory h) {
        h.exposures = new Exposure[](INSTRUMENTS);
        for (uint256 k; k < INSTRUMENTS; ++k) {
            Closed memory rest = _restOf(owner, k);
            // Also of what has settled, which no vault trades any more.
            h.closing += rest.credit * 1e16;
            if (k >= PERPETUALS && !_isLive(k)) (rest.buys, rest.sells) = (0, 0);
            IHubLedger.NetPosition memory p = w.hub.positionOf(w.accounts[owner], w.instruments[k]);
            if (p.base == 0 && p.quote == 0 && p.longs == 0 && rest.buys + rest.sells == 0) continue;
            if (p.longs != 0 || p.shorts != 0) _assertFresh(k);
            if (rest.buys + rest.sells != 0) h.marks[h.count] = w.engine.markOf(w.instruments[k], MAX_PRICE_AGE);
            _addWorth(h, k, p, rest);
            (h.buys[h.count], h.sells[h.count]) = (rest.buys, rest.sells);
            uint96 offset = uint96(Math.min(p.longs, p.shorts));
            h.exposures[h.count++] =
                Exposure(w.registry.numberOf(w.instruments[k]), int88(p.base), int88(p.quote), offset, 0);
        }
        Exposure[] memory exposures = h.exposures;
        uint256 count = h.count;
        assembly ("memory-safe") {
            mstore(exposures, count)
        }
    }

    function _addWorth(Held memory h, uint256 k, IHubLedger.NetPosition memory p, Closed memory rest) private view {
        for (uint256 s; s < 2; ++s) {
            uint256 moved = _movedMark(k, s == 1);
            h.worth[s] += PositionValue.micros(p.base, p.quote, moved) * 1e12;
            int256 change = int256(moved) - int256(h.marks[h.count]);
            h.worth[s] += (change < 0 ? change * int256(rest.buys) : -change * int256(rest.sells)) / 1e8;
        }
        uint256 most = SignedMath.abs(p.base) + rest.buys + rest.sells;
        if (_isLive(k)) h.off += most * _priceOf(k) / 1e8 * OFF_PERMILLE / 1000;
    }

    /// @dev Price of the underlying, dollars 1e18.
    function _priceOf(uint256 k) private view returns (uint256 price) {
        (price,) = w.oracle.latest(Places.underlyingOf(k));
    }

    function _assertFresh(uint256 k) private view {
        if (k >= PERPETUALS && !_isLive(k)) return;
        (uint256 price, uint256 published) = w.oracle.latest(Places.underlyingOf(k));
        assertLe(Math.saturatingSub(time, published), MAX_PRICE_AGE, "CLR-13: new risk at an old price");
        if (k < PERPETUALS) return;
        (Epoch memory e,) = w.engine.epochOf(Places.underlyingOf(k));
        assertLe(Math.saturatingSub(time, e.time), 1 hours, "CLR-13: new risk on old arrays");
        uint256 moved = price > e.priceWad ? price - e.priceWad : e.priceWad - price;
        // An eighth of the scan range.
        assertLe(moved * 8e9, uint256(e.priceWad) * SCAN_RANGE, "CLR-13: new risk on arrays of another price");
    }

    /// @dev Whether an option has no settlement price.
    function _isLive(uint256 k) internal view returns (bool) {
        return k >= PERPETUALS && !w.registry.isFinal(w.instruments[k]);
    }

    /// @dev Mark of an instrument after a move of its underlying's price by the scan range, dollars 1e18.
    function _movedMark(uint256 k, bool up) private view returns (uint256) {
        InstrumentId instrument = w.instruments[k];
        uint256 price = _priceOf(k);
        if (k >= PERPETUALS && !_isLive(k)) return w.engine.markOf(instrument, MAX_PRICE_AGE);
        price = price * (up ? 1e9 + SCAN_RANGE : 1e9 - SCAN_RANGE) / 1e9;
        if (k < PERPETUALS) return price;
        uint256 yearsWad = Discount.yearsOf(Math.saturatingSub(instrument.expiry(), time));
        OptionTerms memory option = OptionTerms(price, instrument.strikeWad(), yearsWad, 1e18, !instrument.isPut());
        return w.model.price(option, abi.encode(VOL));
    }
}
