// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {Svi, SviSlice} from "./SviSlice.sol";

/// @notice Why a slice is refused.
/// OutOfRange: a parameter is. Variance: its minimum a + bσ√(1−ρ²), the value, is not positive. Wings: their slope b(1+|ρ|), the
/// value, exceeds 2. Butterfly: the density is negative, g(k) the value. Years: a neighbour does not expire before, or after.
/// CalendarBefore, CalendarLater: at k the total variance, the value, is below the earlier expiry's or above the later one's.
enum Refusal {
    None,
    OutOfRange,
    Variance,
    Wings,
    Butterfly,
    Years,
    CalendarBefore,
    CalendarLater
}

/// @notice Whether a posted slice is free of the arbitrage that can be seen at nine strikes (J. Gatheral, A. Jacquier, "Arbitrage-free
/// SVI volatility surfaces", arXiv:1204.0646). Mirrored by `clearing/pricing/sviRefusal.ts` (CLR-20).
/// @dev A sample, not a proof: between and beyond the nine strikes a slice may still contradict itself.
library SviAcceptance {
    /// @dev 1e-12: the square of 0.1 % volatility over a minute is more. Less would drown in the rounding of w.
    int256 internal constant MIN_VARIANCE = 1e6;
    int256 internal constant MAX_WING = 2e18;
    /// @dev z of k = z·√w(0), a byte each: 0, ±1, ±2, ±4, ±8, in order of test.
    bytes9 private constant STEPS = 0x0001ff02fe04fc08f8;
    uint256 private constant STEP_COUNT = 9;

    /// @notice The first reason against a slice by itself; `Refusal.None` if there is none.
    /// @return refusal why
    /// @return kWad where, if it is the density
    /// @return valueWad what was found, see `Refusal`
    function refusal(Svi memory slice) internal pure returns (Refusal, int256 kWad, int256 valueWad) {
        if (!SviSlice.isInRange(slice)) return (Refusal.OutOfRange, 0, 0);
        unchecked {
            uint256 cosine = FixedPointMathLib.sqrt(uint256(1e36 - slice.rho * slice.rho));
            int256 least = slice.a + slice.b * slice.sigma / 1e18 * int256(cosine) / 1e18;
            if (least < MIN_VARIANCE) return (Refusal.Variance, 0, least);
            int256 wing = slice.b * (1e18 + int256(FixedPointMathLib.abs(slice.rho))) / 1e18;
            if (wing > MAX_WING) return (Refusal.Wings, 0, wing);
            int256 unit = step(slice);
            for (uint256 i; i < STEP_COUNT; ++i) {
                kWad = strikeOf(unit, i);
                valueWad = density(slice, kWad);
                if (valueWad < 0) return (Refusal.Butterfly, kWad, valueWad);
            }
        }
        return (Refusal.None, 0, 0);
    }

    /// @notice The first strike, of those of both, at which total variance falls from `before` to `later`.
    /// @dev Of slices that are accepted by themselves.
    /// @return falls whether there is one
    /// @return kWad where
    function fallsBetween(Svi memory before, Svi memory later) internal pure returns (bool falls, int256 kWad) {
        int256[2] memory units = [step(before), step(later)];
        for (uint256 i; i < 2 * STEP_COUNT; ++i) {
            kWad = strikeOf(units[i / STEP_COUNT], i % STEP_COUNT);
            if (SviSlice.variance(later, kWad) < SviSlice.variance(before, kWad)) return (true, kWad);
        }
        return (false, 0);
    }

    /// @notice g(k) of Gatheral and Jacquier, 1e18: the sign of the density that the slice implies.
    function density(Svi memory slice, int256 kWad) internal pure returns (int256 gWad) {
        unchecked {
            int256 y = kWad - slice.m;
            int256 root = SviSlice.radius(slice, y);
            int256 w = SviSlice.variance(slice, kWad);
            int256 slope = slice.b * (slice.rho + y * 1e18 / root) / 1e18;
            int256 bend = slice.sigma * 1e18 / root;
            int256 curvature = slice.b * bend * bend / (1e18 * root);
            int256 level = 1e18 - kWad * slope / (2 * w);
            return level * level / 1e18 - slope * slope * (1e36 / w + 0.25e18) / 4e36 + curvature / 2;
        }
    }

    /// @dev √w(0), 1e18.
    function step(Svi memory slice) internal pure returns (int256) {
        unchecked {
            return int256(FixedPointMathLib.sqrt(uint256(SviSlice.variance(slice, 0)) * 1e18));
        }
    }

    function strikeOf(int256 unit, uint256 index) internal pure returns (int256 kWad) {
        unchecked {
            return int256(int8(uint8(STEPS[index]))) * unit;
        }
    }
}
