// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {PricingLimits} from "./PricingLimits.sol";

/// @notice Total variance of one expiry by log-moneyness k = ln(K/F): w(k) = a + b·(ρ·(k−m) + √((k−m)² + σ²)), all 1e18
/// (J. Gatheral, "A parsimonious arbitrage-free implied volatility parameterization", 2004: the raw SVI).
/// @param yearsWad the time to expiry for which w is the *total* variance
struct Svi {
    int256 a;
    int256 b;
    int256 rho;
    int256 m;
    int256 sigma;
    uint256 yearsWad;
}

/// @notice Variance and volatility of a slice. Mirrored by `clearing/pricing/sviSlice.ts` (CLR-20).
library SviSlice {
    /// @dev Of a, m and σ.
    int256 internal constant MAX_LEVEL = 100e18;
    int256 internal constant MAX_B = 2e18;
    /// @dev Below it the curve has a corner instead of a bend.
    int256 internal constant MIN_SIGMA = 1e12;
    /// @dev A second, about.
    uint256 internal constant MIN_YEARS = 3e10;

    error Pricing_SliceOutOfRange();
    error Pricing_VarianceNotPositive(int256 kWad, int256 varianceWad);

    /// @notice Whether the arithmetic below holds: |a|, |m| ≤ 100, 0 ≤ b ≤ 2, |ρ| < 1, 1e-6 ≤ σ ≤ 100, a second to 100 years.
    function isInRange(Svi memory slice) internal pure returns (bool) {
        return slice.a >= -MAX_LEVEL && slice.a <= MAX_LEVEL && slice.b >= 0 && slice.b <= MAX_B && slice.rho > -1e18
            && slice.rho < 1e18 && slice.m >= -MAX_LEVEL && slice.m <= MAX_LEVEL && slice.sigma >= MIN_SIGMA
            && slice.sigma <= MAX_LEVEL && slice.yearsWad >= MIN_YEARS && slice.yearsWad <= PricingLimits.MAX_YEARS;
    }

    /// @notice w(k), 1e18; may be negative for a slice that nobody accepted.
    /// @dev Of a slice that is in range, with |k| up to 1e21.
    function variance(Svi memory slice, int256 kWad) internal pure returns (int256 varianceWad) {
        unchecked {
            int256 y = kWad - slice.m;
            return slice.a + slice.b * (slice.rho * y / 1e18 + radius(slice, y)) / 1e18;
        }
    }

    /// @notice √(y² + σ²), 1e18, rounded down.
    function radius(Svi memory slice, int256 y) internal pure returns (int256) {
        unchecked {
            return int256(FixedPointMathLib.sqrt(uint256(y * y + slice.sigma * slice.sigma)));
        }
    }

    /// @notice Black's volatility √(w(k)/T) at k = ln(K/F), 1e18, rounded down. T is the slice's own.
    /// @param kWad at most 41 either way
    function vol(Svi memory slice, int256 kWad) internal pure returns (uint256 volWad) {
        if (!isInRange(slice)) revert Pricing_SliceOutOfRange();
        int256 w = variance(slice, kWad);
        if (w <= 0) revert Pricing_VarianceNotPositive(kWad, w);
        unchecked {
            return FixedPointMathLib.sqrt(uint256(w) * 1e36 / slice.yearsWad);
        }
    }
}
