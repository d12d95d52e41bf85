// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

/// @notice How far open interest has come from its lower to its upper cap (risk model, section 4): the share of what is missing to the whole
/// notional that the ramp charges. Mirrored by `clearing/margin/openInterestRamp.ts` (CLR-20).
library OpenInterestRamp {
    /// @notice At the upper cap and above.
    uint256 internal constant FULL_PPM = 1e6;
    uint256 private constant WAD = 1e18;
    uint256 private constant PER_BASE = 1e8;

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
}
