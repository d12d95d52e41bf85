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
import {HandlerBase} from "./HandlerBase.sol";
import "./World.sol";

/// @notice What an account that has just been granted credit or paid must have (CLR-06), and of which prices (CLR-13): added up here from
/// what the hub tells, not by the hub's way of asking its engine, and priced anew by the model where prices move.
abstract contract Solvency is HandlerBase {
    uint256 private constant FADE = 28 minutes;
    /// @dev As `WorldBuilder` lists collateral.
    uint256 private constant HAIRCUT_PERCENT = 10;
    /// @dev By how much of the price, a thousandth, a unit of an option may be off: its array is of a price and a time that both have
    /// moved since, by `DefaultMargin.limits` at the most.
    uint256 private constant OFF_PERMILLE = 15;

    /// @param worth value of all positions after the price of every underlying has moved by the scan range: down, up; dollars 1e18
    /// @param off by how much these may differ from what the engine's arrays say
    struct Held {
        Exposure[] exposures;
        uint256 count;
        int256[2] worth;
        uint256 off;
    }

    /// @dev For an account that has just been granted credit or paid.
    function _assertCovered(uint256 owner) internal view {
        int256 backing = _collateralOf(owner);
        Held memory h = _heldBy(owner);
        Exposure[] memory exposures = h.exposures;
        uint256 count = h.count;
        assembly ("memory-safe") {
            mstore(exposures, count)
        }
        Assessment memory a = w.engine.assess(exposures, MAX_PRICE_AGE);
        uint256 lent = _lentTo(owner);
        assertGe(backing + a.valueInitialWad, int256(a.initialWad + lent), "CLR-06: equity >= initial + lent");
        for (uint256 s; s < 2; ++s) {
            int256 left = backing + h.worth[s] + int256(h.off);
            assertGe(left, int256(lent), "CLR-06: what was lent is not there after a move that margin covers");
        }
    }

    /// @dev Credit that may still be used, dollars 1e18.
    function _lentTo(uint256 owner) private view returns (uint256 lent) {
        for (uint256 lane; lane < LANES; ++lane) {
            IHubLedger.CreditLine memory line = w.hub.creditLineOf(w.accounts[owner], Places.eidOf(lane));
            lent += uint256(line.ceiling - line.usedApplied) * 1e16;
        }
    }

    /// @dev Cash and collateral as far as they count, dollars 1e18: those of old prices not at all, and of chains that were not heard of
    /// less and less.
    function _collateralOf(uint256 owner) private view returns (int256 total) {
        for (uint256 asset; asset < ASSETS; ++asset) {
            int256 balance = w.hub.balanceOf(w.accounts[owner], Places.assetOf(asset));
            if (balance == 0) continue;
            uint256 worth = uint256(balance) * 1e12;
            if (asset != 0) {
                (uint256 price, uint256 confidence, uint256 age) = w.oracle.router().read(Places.underlyingOf(asset - 1));
                if (age > MAX_PRICE_AGE) continue;
                worth = uint256(balance) * (price - confidence) * (100 - HAIRCUT_PERCENT) / 1e10;
            }
            total += int256(worth * _freshnessOf(asset) / 1e9);
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

    function _heldBy(uint256 owner) private view returns (Held memory h) {
        h.exposures = new Exposure[](INSTRUMENTS);
        for (uint256 k; k < INSTRUMENTS; ++k) {
            IHubLedger.NetPosition memory p = w.hub.positionOf(w.accounts[owner], w.instruments[k]);
            if (p.base == 0 && p.quote == 0 && p.longs == 0) continue;
            uint96 offset = uint96(Math.min(p.longs, p.shorts));
            h.exposures[h.count++] =
                Exposure(w.registry.numberOf(w.instruments[k]), int88(p.base), int88(p.quote), offset, 0);
            if (p.longs != 0 || p.shorts != 0) _assertFresh(k);
            for (uint256 s; s < 2; ++s) {
                h.worth[s] += PositionValue.micros(p.base, p.quote, _movedMark(k, s == 1)) * 1e12;
            }
            if (_isLive(k)) h.off += SignedMath.abs(p.base) * _priceOf(k) / 1e8 * OFF_PERMILLE / 1000;
        }
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
