// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title The 30 scenarios of the scenario margin
/// @notice Their order is that of a risk array: four words of eight, the last of six. A word v of the first three holds volatility
/// flat, up, down with spot −1/3, −2/3, −1, 0, +1/3, +2/3, +1 of the price scan range, then a tail (−60 %, −35 %, +50 %, volatility
/// up); the last has the tails +100 % and +200 % and the four skew scenarios. So −1/3 and +1/3 flat, which the basis charge reads,
/// are four entries apart, as the two lanes of `RiskBook` are. Mirrored by `clearing/margin/scenarios.ts` (CLR-20).
library Scenarios {
    uint256 internal constant COUNT = 30;
    /// @notice Nothing moves: the entry of every array is zero.
    uint256 internal constant UNMOVED = 3;
    /// @notice Unit of everything relative: rates, shocks, weights, entries.
    uint256 internal constant PPB = 1e9;

    uint256 internal constant TAILS = 5;

    /// @notice Relative move of the spot in scenario `s`, 1e-9. Thirds of the price scan range are truncated, which makes them what
    /// they are defined to be: arrays of perpetuals are exact.
    function shock(uint256 s, uint256 scanRange) internal pure returns (int256 move) {
        unchecked {
            for (uint256 i; i < TAILS; ++i) {
                uint256 place;
                (place, move) = tail(i);
                if (place == s) return move;
            }
            if (s > 23) return 0;
            uint256 k = s & 7;
            return k < 3 ? -int256(scanRange * (k + 1) / 3) : int256(scanRange * (k - 3) / 3);
        }
    }

    /// @notice Place and move of tail `i`, 0 to 4.
    function tail(uint256 i) internal pure returns (uint256 s, int256 move) {
        if (i == 0) return (7, -0.6e9);
        if (i == 1) return (15, -0.35e9);
        if (i == 2) return (23, 0.5e9);
        return i == 3 ? (24, int256(1e9)) : (25, int256(2e9));
    }

    /// @notice Weight of the loss in a tail, 1e-9, rounded up: min(1, 0.75 · price scan range / |move|). All others weigh 1.
    function weight(int256 move, uint256 scanRange) internal pure returns (uint256) {
        unchecked {
            uint256 fourMoves = 4 * uint256(move < 0 ? -move : move);
            uint256 weighted = (3 * scanRange * PPB + fourMoves - 1) / fourMoves;
            return weighted < PPB ? weighted : PPB;
        }
    }
}
