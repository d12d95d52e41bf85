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

    int256 private constant MAX_KURTOSIS = 2.4e18;
    /// @dev 0.65²: |γ1| ≤ 0.65·√γ2 without a root.
    uint256 private constant SKEW_SQUARE = 0.4225e18;
    /// @dev 2^64 / (24·√(2π)), rounded.
    int256 private constant CORRECTION = 306632756114470936;

    error Pricing_MomentsOutOfRange(int256 skewWad, int256 excessKurtosisWad);

    /// @notice Undiscounted value of a call, 1e18, with skew and kurtosis clamped; between max(0, F − K) and F.
    /// @param deviationWad σ√T, 1e18, at most 16; 0 is the payoff at the forward
    function call(
        uint256 forwardWad,
        uint256 strikeWad,
        uint256 deviationWad,
        int256 skewWad,
        int256 excessKurtosisWad
    ) internal pure returns (uint256 callWad) {
        unchecked {
            // Of what is inside already, which posted parameters are, nothing has to be moved.
            if (!_isInside(skewWad, excessKurtosisWad)) {
                (skewWad, excessKurtosisWad) = clamp(skewWad, excessKurtosisWad);
            }
            PricingLimits.checkPrices(forwardWad, strikeWad);
            callWad = FixedPointMathLib.zeroFloorSub(forwardWad, strikeWad);
            if (deviationWad == 0) return callWad;
            int256 onePlusW = _onePlusW(deviationWad, skewWad, excessKurtosisWad);
            int256 raw = _formula(forwardWad, strikeWad, deviationWad, skewWad, excessKurtosisWad, onePlusW);
            if (raw > int256(callWad)) callWad = uint256(raw);
            if (callWad > forwardWad) callWad = forwardWad;
        }
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
            if (_isInside(skew, kurtosis)) return (skew, kurtosis);
            uint256 limit = FixedPointMathLib.min(
                uint256(kurtosis) * 98 / 100, FixedPointMathLib.sqrt(uint256(kurtosis) * SKEW_SQUARE)
            );
            skew = skewWad < 0 ? -int256(limit) : int256(limit);
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
            if (
                uint256(skewWad + MAX_MOMENT) > 2 * uint256(MAX_MOMENT)
                    || uint256(excessKurtosisWad + MAX_MOMENT) > 2 * uint256(MAX_MOMENT)
            ) revert Pricing_MomentsOutOfRange(skewWad, excessKurtosisWad);
            int256 onePlusW = _onePlusW(deviationWad, skewWad, excessKurtosisWad);
            if (onePlusW < MIN_ONE_PLUS_W) revert Pricing_MomentsOutOfRange(skewWad, excessKurtosisWad);
            return _formula(forwardWad, strikeWad, deviationWad, skewWad, excessKurtosisWad, onePlusW);
        }
    }

    function _formula(
        uint256 forwardWad,
        uint256 strikeWad,
        uint256 deviationWad,
        int256 skewWad,
        int256 excessKurtosisWad,
        int256 onePlusW
    ) private pure returns (int256 callWad) {
        unchecked {
            int256 d1 = LogRatio.ln(forwardWad * 1e18, strikeWad * uint256(onePlusW));
            int256 s;
            // As in `Black76.call`; 2^64.
            /// @solidity memory-safe-assembly
            assembly {
                d1 := sdiv(shl(64, add(d1, div(mul(deviationWad, deviationWad), 2000000000000000000))), deviationWad)
                s := div(shl(64, deviationWad), 1000000000000000000)
            }
            int256 factor;
            // What the bell at d1 is multiplied by: the correction of skew and kurtosis, and the tail beyond d2, by 1 + w ...
            /// @solidity memory-safe-assembly
            assembly {
                let square := sub(sar(64, add(mul(d1, sub(d1, mul(3, s))), mul(3, mul(s, s)))), shl(64, 1))
                let polynomial := add(mul(shl(2, skewWad), sub(shl(1, s), d1)), mul(excessKurtosisWad, square))
                factor := sar(64, mul(sar(64, mul(polynomial, s)), CORRECTION))
            }
            if (NormalTail.isFar(d1)) {
                return (d1 < 0 ? int256(0) : int256(forwardWad)) - (d1 < s ? int256(0) : int256(strikeWad));
            }
            int256 bell = int256(NormalTail.bell(d1));
            if (d1 < s) {
                factor -= int256(NormalTail.scaled(uint256(s - d1))) * 1e18;
            } else {
                factor += int256(NormalTail.scaled(uint256(d1 - s))) * 1e18;
                callWad = -int256(strikeWad);
            }
            /// @solidity memory-safe-assembly
            assembly {
                factor := sdiv(factor, onePlusW)
            }
            // ... and the tail beyond d1.
            if (d1 < 0) {
                factor += int256(NormalTail.scaled(uint256(-d1)));
            } else {
                factor -= int256(NormalTail.scaled(uint256(d1)));
                callWad += int256(forwardWad);
            }
            // Some of the 128 binary places are dropped before the product with the forward, which has no room for them.
            callWad += int256(forwardWad) * ((factor * bell) >> 32) >> 96;
        }
    }

    /// @dev 1 + γ1·s³/6 + γ2·s⁴/24, 1e18.
    function _onePlusW(uint256 deviationWad, int256 skewWad, int256 excessKurtosisWad)
        private
        pure
        returns (int256 onePlusW)
    {
        if (deviationWad > MAX_DEVIATION) revert PricingLimits.Pricing_DeviationOutOfRange(deviationWad);
        /// @solidity memory-safe-assembly
        assembly {
            let s2 := div(mul(deviationWad, deviationWad), 1000000000000000000)
            onePlusW := mul(s2, add(mul(shl(2, skewWad), deviationWad), mul(excessKurtosisWad, s2)))
            onePlusW := add(1000000000000000000, sdiv(onePlusW, 24000000000000000000000000000000000000))
        }
    }

    /// @dev γ2 in [0, 2.4], |γ1| ≤ min(0.98·γ2, 0.65·√γ2).
    function _isInside(int256 skewWad, int256 excessKurtosisWad) private pure returns (bool inside) {
        /// @solidity memory-safe-assembly
        assembly {
            let linear := div(mul(excessKurtosisWad, 98), 100)
            // Where the first two do not hold the numbers may be anything, and the third means nothing.
            inside :=
                iszero(
                    or(
                        or(gt(excessKurtosisWad, MAX_KURTOSIS), gt(add(skewWad, linear), shl(1, linear))),
                        gt(mul(skewWad, skewWad), mul(excessKurtosisWad, SKEW_SQUARE))
                    )
                )
        }
    }
}
