// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title The 30 scenarios of the scenario margin
/// @notice Their order is that of a risk array: four words of eight, the last of six. A word v of the first three holds volatility
/// flat, up, down with spot −1/3, −2/3, −1, 0, +1/3, +2/3, +1 of the price scan range, then a tail (−60 %, −35 %, +50 %, volatility
/// up); the last has the tails +100 % and +200 % and the four skew scenarios. So −1/3 and +1/3 flat, which the basis charge reads,
/// are four entries apart, as the two lanes of `RiskBook` are. Mirrored by `clearing/margin/scenarios.ts` (CLR-20).
/// An array has two more entries, which are no scenarios and weigh nothing: spot −1/20 and +1/20 of the price scan range, volatility
/// flat. From them come delta and gamma, and the value between epochs.
library Scenarios {
    uint256 internal constant COUNT = 30;
    /// @notice Entries of an array.
    uint256 internal constant ENTRIES = 32;
    uint256 internal constant NEAR_DOWN = 30;
    uint256 internal constant NEAR_UP = 31;
    /// @notice Nothing moves: the entry of every array is zero.
    uint256 internal constant UNMOVED = 3;
    /// @notice Unit of everything relative: rates, shocks, weights, entries.
    uint256 internal constant PPB = 1e9;

    uint256 internal constant TAILS = 5;
    uint256 internal constant LAST_TAIL = 25;
    /// @notice Places below it are those of the grid, but for the tail that ends each word.
    uint256 internal constant GRID = 24;

    /// @dev By place in an array, 4 bits each from the lowest: which of the seven moves of volatility.
    uint256 private constant VOL_MOVES = 0x00654311122222221111111110000000;

    /// @notice Move of the two near points, 1e-9.
    function near(uint256 scanRange) internal pure returns (uint256) {
        return scanRange / 20;
    }

    /// @notice Which move of volatility an entry has: 0 flat, 1 up, 2 down, 3 slope up, 4 slope down, 5 smile up, 6 smile down.
    function volMove(uint256 s) internal pure returns (uint256) {
        return (VOL_MOVES >> (4 * s)) & 15;
    }

    /// @notice Relative move of the spot in each entry of an array, 1e-9. Thirds of the price scan range are truncated, which makes
    /// them what they are defined to be: arrays of perpetuals are exact.
    function moves(uint256 scanRange) internal pure returns (int256[32] memory all) {
        unchecked {
            for (uint256 k; k < 3; ++k) {
                int256 move = int256(scanRange * (k + 1) / 3);
                for (uint256 first; first < 24; first += 8) {
                    all[first + k] = -move;
                    all[first + 4 + k] = move;
                }
            }
            for (uint256 i; i < TAILS; ++i) {
                (uint256 s, int256 move) = tail(i);
                all[s] = move;
            }
            all[NEAR_UP] = int256(near(scanRange));
            all[NEAR_DOWN] = -all[NEAR_UP];
        }
    }

    /// @notice The same of one scenario.
    function moveOf(uint256 s, uint256 scanRange) internal pure returns (int256 move) {
        unchecked {
            for (uint256 i; i < TAILS; ++i) {
                uint256 place;
                (place, move) = tail(i);
                if (place == s) return move;
            }
            if (s >= GRID) return 0;
            int256 third = thirdsOf(s);
            move = int256(scanRange * uint256(third < 0 ? -third : third) / 3);
            if (third < 0) move = -move;
        }
    }

    /// @notice By how many thirds of the price scan range the spot moves in a scenario of the grid.
    function thirdsOf(uint256 s) internal pure returns (int256) {
        unchecked {
            int256 place = int256(s & 7);
            return place < 3 ? -1 - place : place - 3;
        }
    }

    /// @notice Whether it is one of the 21 of spot × volatility.
    function isOnGrid(uint256 s) internal pure returns (bool) {
        return s < GRID && s & 7 != 7;
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
