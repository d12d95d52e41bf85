// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {LogRatio} from "./LogRatio.sol";
import {NormalTail} from "./NormalTail.sol";
import {PricingLimits} from "./PricingLimits.sol";

/// @notice Options under a Gram–Charlier density with skew and excess kurtosis, exact for the forward (C. J. Corrado,
/// T. Su, "Skewness and kurtosis in S&P 500 index returns implied by option prices", 1996, with the martingale restriction
/// that E. G. Haug calls "modified"), undiscounted: with s = σ√T, w = γ1·s³/6 + γ2·s⁴/24 and d = (ln(F/K) + s²/2 − ln(1+w))/s,
/// C = F·N(d) − K·N(d−s) + F·s·φ(d)/(1+w)·(γ1·(2s−d)/6 + γ2·(d² − 3ds + 3s² − 1)/24).
/// Mirrored by `clearing/pricing/gramCharlier.ts` (CLR-20).
/// @dev As in `Black76`, one exponential serves all: F·φ(d) = K·(1+w)·φ(d−s), because K·(1+w) stands where Black has K.
library GramCharlier {
    /// @dev 1,600 %: s of 500 % over three years is 8.7.
    uint256 internal constant MAX_DEVIATION = 16e18;
    /// @dev Of skew and excess kurtosis that the unclamped function takes, either sign.
    int256 internal constant MAX_MOMENT = 10e18;
    /// @dev The least 1+w. Inside the clamp it is above 0.54 for every s.
    int256 internal constant MIN_ONE_PLUS_W = 0.05e18;

    /// @dev The clamp: γ2 in [0, 2.4], |γ1| ≤ min(0.98·γ2, 0.65·√γ2).
    int256 private constant MAX_KURTOSIS = 2.4e18;
    /// @dev 2^64 / (24·√(2π)), rounded.
    int256 private constant CORRECTION = 306632756114470936;
    uint256 private constant BITS = 64;

    error Pricing_DeviationOutOfRange(uint256 deviationWad);
    error Pricing_MomentsOutOfRange(int256 skewWad, int256 excessKurtosisWad);

    /// @notice Undiscounted value of a call, 1e18, with skew and kurtosis clamped; between max(0, F − K) and F.
    function call(
        uint256 forwardWad,
        uint256 strikeWad,
        uint256 deviationWad,
        int256 skewWad,
        int256 excessKurtosisWad
    ) internal pure returns (uint256 callWad) {
        (int256 skew, int256 kurtosis) = clamp(skewWad, excessKurtosisWad);
        int256 raw = unclampedCall(forwardWad, strikeWad, deviationWad, skew, kurtosis);
        int256 least = int256(FixedPointMathLib.zeroFloorSub(forwardWad, strikeWad));
        return uint256(FixedPointMathLib.clamp(raw, least, int256(forwardWad)));
    }

    /// @notice The nearest skew and kurtosis for which the density is one: nowhere negative.
    function clamp(int256 skewWad, int256 excessKurtosisWad)
        internal
        pure
        returns (int256 skew, int256 kurtosis)
    {
        unchecked {
            skew = skewWad;
            kurtosis = FixedPointMathLib.clamp(excessKurtosisWad, 0, MAX_KURTOSIS);
            uint256 size = FixedPointMathLib.abs(skewWad);
            uint256 limit = uint256(kurtosis) * 98 / 100;
            // The root is seldom needed: 0.65² = 0.4225.
            if (size <= limit && size * size <= uint256(kurtosis) * 0.4225e18) return (skew, kurtosis);
            limit = FixedPointMathLib.min(limit, FixedPointMathLib.sqrt(uint256(kurtosis) * 0.4225e18));
            if (size > limit) skew = skewWad < 0 ? -int256(limit) : int256(limit);
        }
    }

    /// @notice The formula as it is, 1e18. Outside the clamp it can leave what no arbitrage allows, even be negative.
    /// @param deviationWad σ√T, 1e18, at most 16; 0 is the payoff at the forward
    function unclampedCall(
        uint256 forwardWad,
        uint256 strikeWad,
        uint256 deviationWad,
        int256 skewWad,
        int256 excessKurtosisWad
    ) internal pure returns (int256 callWad) {
        PricingLimits.checkPrices(forwardWad, strikeWad);
        unchecked {
            if (deviationWad == 0) return int256(FixedPointMathLib.zeroFloorSub(forwardWad, strikeWad));
            int256 onePlusW = _onePlusW(deviationWad, skewWad, excessKurtosisWad);
            int256 logWad = LogRatio.ln(forwardWad * 1e18, strikeWad * uint256(onePlusW));
            int256 d1 = ((logWad + int256(deviationWad * deviationWad / 2e18)) << BITS) / int256(deviationWad);
            int256 s = int256((deviationWad << BITS) / 1e18);
            int256 d2 = d1 - s;
            callWad = (d1 < 0 ? int256(0) : int256(forwardWad)) - (d2 < 0 ? int256(0) : int256(strikeWad));
            if (NormalTail.isFar(d1)) return callWad;
            int256 polynomial = 4 * skewWad * (2 * s - d1)
                + excessKurtosisWad * (((d1 * d1 - 3 * d1 * s + 3 * s * s) >> BITS) - int256(1 << BITS));
            int256 factor = ((polynomial * s) >> BITS) * CORRECTION >> BITS;
            // What the bell at d1 is multiplied by: the correction, the tail beyond d2, the tail beyond d1.
            int256 tail = int256(NormalTail.scaled(FixedPointMathLib.abs(d2))) * 1e18;
            factor = (d2 < 0 ? factor - tail : factor + tail) / onePlusW;
            tail = int256(NormalTail.scaled(FixedPointMathLib.abs(d1)));
            factor = d1 < 0 ? factor + tail : factor - tail;
            // Some of the 128 binary places are dropped before the product with the forward, which has no room for them.
            callWad += int256(forwardWad) * ((factor * int256(NormalTail.bell(d1))) >> 32) >> 96;
        }
    }

    /// @dev 1 + γ1·s³/6 + γ2·s⁴/24, 1e18.
    function _onePlusW(uint256 deviationWad, int256 skewWad, int256 excessKurtosisWad)
        private
        pure
        returns (int256 onePlusW)
    {
        unchecked {
            if (deviationWad > MAX_DEVIATION) revert Pricing_DeviationOutOfRange(deviationWad);
            if (
                uint256(skewWad + MAX_MOMENT) > 2 * uint256(MAX_MOMENT)
                    || uint256(excessKurtosisWad + MAX_MOMENT) > 2 * uint256(MAX_MOMENT)
            ) revert Pricing_MomentsOutOfRange(skewWad, excessKurtosisWad);
            int256 s = int256(deviationWad);
            int256 s2 = s * s / 1e18;
            onePlusW = 1e18 + s2 * (4 * skewWad * s + excessKurtosisWad * s2) / 24e36;
            if (onePlusW < MIN_ONE_PLUS_W) revert Pricing_MomentsOutOfRange(skewWad, excessKurtosisWad);
        }
    }
}
