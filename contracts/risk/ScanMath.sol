// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice Arithmetic of the scan margin. TypeScript mirrors it to the bit (CLR-20).
/// @dev Rounding: every term is one ceil of one product; maintenance is one ceil of the summed initial.
library ScanMath {
    /// @dev base (1e-8) · mark (1e18) · rate (1e18) is dollars at 1e44.
    uint256 internal constant TERM_DIVISOR = 1e26;

    /// @notice ceil(base · mark · rate / 1e26): dollars 1e18.
    /// @param base 1e-8, not negative; `markWad` dollars per unit, 1e18; `rateWad` a share, 1e18
    function term(uint256 base, uint256 markWad, uint256 rateWad) internal pure returns (uint256 wad) {
        return Math.mulDiv(base * markWad, rateWad, TERM_DIVISOR, Math.Rounding.Ceil);
    }

    /// @notice Net size and offset that count while closing trades of up to `closing` may be on their way, 1e-8: the largest net size
    /// that any part of them can leave, and an offset as if all of them were on other spokes.
    function worst(uint256 size, uint256 offset, uint256 closing) internal pure returns (uint256, uint256) {
        if (closing == 0) return (size, offset);
        return closing > 2 * size ? (closing - size, offset + size) : (size, offset + Math.min(size, closing));
    }

    /// @notice ceil(4/5 of the initial requirement).
    function maintenance(uint256 initialWad) internal pure returns (uint256 wad) {
        return Math.ceilDiv(initialWad * 4, 5);
    }
}
