// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IPriceRouter} from "../interfaces/IPriceRouter.sol";
import {NoPrice} from "../interfaces/IPriceSource.sol";

/// @notice What a source said, and why it does not count if so.
struct Reading {
    uint256 priceWad;
    uint256 confidenceWad;
    uint256 time;
    NoPrice reason;
}

/// @notice What the sources say together.
struct Decision {
    NoPrice reason;
    uint256 priceWad;
    uint256 confidenceWad;
    uint256 time;
}

/// @title How many sources become one price
/// @notice Pure; `clearing/oracle/decidePrice.ts` mirrors it to the bit (CLR-20). Rules and their reasons: `docs/oracle.md`.
library PriceRules {
    uint256 internal constant BPS = 10_000;
    /// @notice Time constant of the moving average, and the least time that the rate bound allows for.
    uint256 internal constant MINUTE = 60;
    /// @notice How far a source may be ahead of this chain's clock.
    uint256 internal constant MAX_AHEAD_SECONDS = 15;

    /// @notice Whether one source counts, as far as that can be seen without the others.
    /// @dev In this order nothing overflows: each check bounds a number before it is used.
    function screen(Reading memory r, IPriceRouter.Parameters memory p, uint256 heartbeat, uint256 nowSeconds)
        internal
        pure
        returns (NoPrice)
    {
        if (r.reason != NoPrice.NONE) return r.reason;
        if (r.priceWad < p.minPriceWad || r.priceWad > p.maxPriceWad) return NoPrice.OUT_OF_BOUNDS;
        if (r.time > nowSeconds + MAX_AHEAD_SECONDS) return NoPrice.AHEAD;
        if (r.time + heartbeat < nowSeconds) return NoPrice.TOO_OLD;
        if (r.confidenceWad > r.priceWad * p.maxConfidenceBps / BPS) return NoPrice.UNCERTAIN;
        return NoPrice.NONE;
    }

    /// @notice Price, confidence and time of the external sources that count; marks those that deviate.
    /// @dev The price is the median itself, not a median of what remains after dropping: with three sources it then
    /// stays between the honest two wherever the third is. Dropping decides who stands behind it. Confidence and time are
    /// the quorum-th best, so that neither a liar's boast nor his doubt is the result.
    /// @param readings screened; `reason` becomes `DEVIATES` where a price is too far from the median
    /// @param internalReading of the protocol's own trades, or one with a reason
    function combine(
        Reading[] memory readings,
        Reading memory internalReading,
        uint256 quorum,
        uint256 maxDeviationBps
    ) internal pure returns (Decision memory d) {
        uint256[] memory prices = _sortedPrices(readings);
        if (prices.length < quorum) return _none(NoPrice.BELOW_QUORUM);
        uint256 lower = prices[(prices.length - 1) / 2];
        uint256 upper = prices[prices.length / 2];
        // Of an odd number both are the median itself.
        if ((upper - lower) * BPS > lower * maxDeviationBps) return _none(NoPrice.DISAGREE);
        uint256 median = (lower + upper) / 2;
        d.priceWad =
            internalReading.reason == NoPrice.NONE
                ? FixedPointMathLib.clamp(internalReading.priceWad, lower, upper)
                : median;

        uint256[] memory distances = new uint256[](prices.length);
        uint256[] memory times = new uint256[](prices.length);
        uint256 accepted;
        for (uint256 i; i < readings.length; ++i) {
            Reading memory r = readings[i];
            if (r.reason != NoPrice.NONE) continue;
            if (FixedPointMathLib.dist(r.priceWad, median) * BPS > median * maxDeviationBps) {
                r.reason = NoPrice.DEVIATES;
                continue;
            }
            _insert(distances, accepted, r.confidenceWad + FixedPointMathLib.dist(r.priceWad, d.priceWad));
            _insert(times, accepted, r.time);
            accepted += 1;
        }
        if (accepted < quorum) return _none(NoPrice.BELOW_QUORUM);
        d.confidenceWad = distances[quorum - 1];
        d.time = times[accepted - quorum];
    }

    /// @notice Whether a price may follow the last one.
    function follows(IPriceRouter.Price memory last, Decision memory d, uint256 maxMoveBpsPerMinute)
        internal
        pure
        returns (NoPrice)
    {
        if (last.priceWad == 0) return NoPrice.NONE;
        if (d.time <= last.time) return NoPrice.NOT_NEWER;
        // The longer there was no price, the farther it may have gone: nothing is refused for ever.
        uint256 elapsed = FixedPointMathLib.max(d.time - last.time, MINUTE);
        uint256 distance = FixedPointMathLib.dist(d.priceWad, last.emaWad);
        if (distance * BPS * MINUTE > uint256(last.emaWad) * maxMoveBpsPerMinute * elapsed) return NoPrice.TOO_FAST;
        return NoPrice.NONE;
    }

    /// @notice The moving average after a price: weight of the new one is elapsed/(elapsed + a minute), rounded down.
    function nextEma(IPriceRouter.Price memory last, Decision memory d) internal pure returns (uint256 emaWad) {
        if (last.priceWad == 0) return d.priceWad;
        uint256 elapsed = d.time - last.time;
        return (last.emaWad * MINUTE + d.priceWad * elapsed) / (MINUTE + elapsed);
    }

    function _sortedPrices(Reading[] memory readings) private pure returns (uint256[] memory prices) {
        prices = new uint256[](readings.length);
        uint256 count;
        for (uint256 i; i < readings.length; ++i) {
            if (readings[i].reason == NoPrice.NONE) _insert(prices, count++, readings[i].priceWad);
        }
        assembly ("memory-safe") {
            mstore(prices, count)
        }
    }

    /// @dev Into the first `count`, which ascend. At most eight, so insertion it is.
    function _insert(uint256[] memory sorted, uint256 count, uint256 value) private pure {
        while (count != 0 && sorted[count - 1] > value) {
            sorted[count] = sorted[count - 1];
            count -= 1;
        }
        sorted[count] = value;
    }

    function _none(NoPrice reason) private pure returns (Decision memory d) {
        d.reason = reason;
    }
}
