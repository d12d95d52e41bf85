// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

/// @notice How far open interest has come from its lower to its upper cap (risk model, section 4): the share of what is missing to the whole
/// notional that the ramp is to charge. It charges no more than a ceiling that moves slowly, for open interest is cheap to make: whoever makes it is
/// seen at once, and felt slowly. Mirrored by `clearing/margin/openInterestRamp.ts` (CLR-20).
library OpenInterestRamp {
    /// @notice At the upper cap and above.
    uint256 internal constant FULL_PPM = 1e6;
    uint256 private constant WAD = 1e18;
    uint256 private constant PER_BASE = 1e8;
    /// @notice A ceiling's unit is 1e-9 of a day's second, so that a rate of 1e-9 a day moves it by one each second, and nothing is ever rounded.
    uint256 internal constant CEILING_PER_PPM = 1000 * 86_400;

    /// @param base open interest, 1e-8
    /// @param priceWad spot, dollars per unit, 1e18
    /// @param from lower cap, whole dollars; `to` the upper one, which is larger
    /// @return ppm millionths, rounded up, as the dollars are
    function shareOf(uint256 base, uint256 priceWad, uint256 from, uint256 to) internal pure returns (uint256 ppm) {
        unchecked {
            // What does not fit is beyond every cap, a uint48.
            uint256 dollarsWad = FixedPointMathLib.divUp(FixedPointMathLib.saturatingMul(base, priceWad), PER_BASE);
            uint256 above = FixedPointMathLib.zeroFloorSub(dollarsWad, from * WAD);
            uint256 width = (to - from) * WAD;
            return FixedPointMathLib.divUp(FixedPointMathLib.min(above, width) * FULL_PPM, width);
        }
    }

    /// @notice A ceiling after some time. It goes by the share that was told last, not by the one that is told now: a long silence before open interest is told
    /// gives it nothing, and what was there for a moment counts until somebody tells that it is gone.
    /// @param ceiling `CEILING_PER_PPM` to a millionth
    /// @param toldPpm towards which it moves
    /// @param most by how much it moves
    function ceilingOf(uint256 ceiling, uint256 toldPpm, uint256 most) internal pure returns (uint256) {
        unchecked {
            uint256 towards = toldPpm * CEILING_PER_PPM;
            return towards > ceiling
                ? FixedPointMathLib.min(towards, ceiling + most)
                : FixedPointMathLib.max(towards, FixedPointMathLib.zeroFloorSub(ceiling, most));
        }
    }

    /// @notice What the ramp charges of a share, millionths, rounded up.
    function chargedOf(uint256 sharePpm, uint256 ceiling) internal pure returns (uint256 ppm) {
        return FixedPointMathLib.min(sharePpm, FixedPointMathLib.divUp(ceiling, CEILING_PER_PPM));
    }
}
