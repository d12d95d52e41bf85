// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {LogRatio} from "./LogRatio.sol";
import {NormalTail} from "./NormalTail.sol";
import {PricingLimits} from "./PricingLimits.sol";

/// @notice Black's formula for options on a forward (F. Black, "The pricing of commodity contracts", 1976), undiscounted:
/// C = F·N(d1) − K·N(d2), d1 = (ln(F/K) + s²/2)/s, d2 = d1 − s, s = σ√T. Mirrored by `clearing/pricing/black76.ts` (CLR-20).
/// @dev With N(−x) = e^(−x²/2)·M(x) and F·e^(−d1²/2) = K·e^(−d2²/2) one exponential serves both terms, and nothing
/// of the size of the strike is ever subtracted: the error stays near 1e-18 of the *forward*, also for strikes a thousand times it.
/// An error of d1 cancels to first order, since d2 takes it over. What comes out lies between max(0, F − K) and F.
library Black76 {
    /// @notice σ√T, 1e18, rounded down.
    /// @param volWad a year, 1e18, above 0
    function deviation(uint256 volWad, uint256 yearsWad) internal pure returns (uint256 deviationWad) {
        PricingLimits.checkVolAndYears(volWad, yearsWad);
        unchecked {
            return FixedPointMathLib.sqrt(volWad * volWad * yearsWad / 1e18);
        }
    }

    /// @notice Undiscounted value of a call, 1e18.
    /// @param deviationWad σ√T, 1e18, as `deviation` gives it; 0 is the payoff at the forward
    function call(uint256 forwardWad, uint256 strikeWad, uint256 deviationWad)
        internal
        pure
        returns (uint256 callWad)
    {
        PricingLimits.checkCall(forwardWad, strikeWad, deviationWad);
        unchecked {
            if (deviationWad == 0) return FixedPointMathLib.zeroFloorSub(forwardWad, strikeWad);
            int256 d1 = LogRatio.ln(forwardWad, strikeWad);
            int256 d2;
            // (ln(F/K) + s²/2)/s, rounded towards zero, and that less s; 2^64.
            /// @solidity memory-safe-assembly
            assembly {
                d1 := sdiv(shl(64, add(d1, div(mul(deviationWad, deviationWad), 2000000000000000000))), deviationWad)
                d2 := sub(d1, div(shl(64, deviationWad), 1000000000000000000))
            }
            if (NormalTail.isFar(d1)) {
                if (d1 < 0) return 0;
                return d2 < 0 ? forwardWad : FixedPointMathLib.zeroFloorSub(forwardWad, strikeWad);
            }
            uint256 weight = forwardWad * NormalTail.bell(d1);
            if (d1 < 0) {
                uint256 nearer = NormalTail.scaled(uint256(-d1));
                return weight * FixedPointMathLib.zeroFloorSub(nearer, NormalTail.scaled(uint256(-d2))) >> 128;
            }
            uint256 tail1 = NormalTail.scaled(uint256(d1));
            if (d2 < 0) {
                uint256 loss = weight * (tail1 + NormalTail.scaled(uint256(-d2))) >> 128;
                if (loss > strikeWad) loss = strikeWad;
                return FixedPointMathLib.zeroFloorSub(forwardWad, loss);
            }
            uint256 put = weight * FixedPointMathLib.zeroFloorSub(NormalTail.scaled(uint256(d2)), tail1) >> 128;
            return FixedPointMathLib.zeroFloorSub(forwardWad, strikeWad) + FixedPointMathLib.min(put, strikeWad);
        }
    }
}
