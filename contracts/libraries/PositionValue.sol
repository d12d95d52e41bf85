// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Value of base and quote at a mark. Mirrored by `clearing/positionValue.ts` (CLR-20).
library PositionValue {
    /// @notice 1e-6 dollar, rounded down (towards minus infinity): against the account.
    /// @param base 1e-8; `quote` 1e-6 dollar; `markWad` dollars per unit, 1e18
    function micros(int256 base, int256 quote, uint256 markWad) internal pure returns (int256) {
        return floorDiv(base * int256(markWad), 1e20) + quote;
    }

    /// @notice Division that rounds towards minus infinity.
    function floorDiv(int256 a, int256 b) internal pure returns (int256 q) {
        q = a / b;
        if (a % b != 0 && (a < 0) != (b < 0)) q -= 1;
    }
}
