// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IClearingHub} from "../interfaces/IClearingHub.sol";

/// @notice An account's net position in one slot, since a report pays for each slot of each pair:
/// base (int80) ‖ longs (uint80) ‖ quote (int88) ‖ slot (uint8). Shorts are longs − base.
/// @dev Bases of pairs are below `MAX_BASE` and there are at most 32 lanes (`ListingLogic`), so sums of bases fit. A quote of 2^87
/// micro-dollars is beyond what all the credit ever counted (uint48 cents a pair) can trade; it is checked all the same.
library PackedPosition {
    using SafeCast for int256;

    /// @notice Pairs hold less, 1e-8.
    uint256 internal constant MAX_BASE = 2 ** 74;

    uint256 private constant MASK_80 = 2 ** 80 - 1;
    uint256 private constant MASK_88 = 2 ** 88 - 1;

    /// @notice The position; all zero if there never was one.
    function unpack(uint256 word) internal pure returns (IClearingHub.NetPosition memory n) {
        n.base = int80(uint80(word >> 176));
        n.longs = uint80(word >> 96);
        n.shorts = uint128(int128(n.longs) - n.base);
        n.quote = quoteOf(word);
        n.slot = uint8(word);
    }

    function quoteOf(uint256 word) internal pure returns (int88) {
        return int88(uint88(word >> 8));
    }

    /// @notice With a pair's old base and quote replaced by new ones; `fits` is false if the quote would not.
    function replace(uint256 word, int256 oldBase, int256 base, int256 quoteDelta)
        internal
        pure
        returns (bool fits, uint256 next)
    {
        unchecked {
            int256 net = (int256(word) >> 176) + base - oldBase;
            int256 longs = int256((word >> 96) & MASK_80) + (base > 0 ? base : int256(0)) - (oldBase > 0 ? oldBase : int256(0));
            int256 quote = int256(quoteOf(word)) + quoteDelta;
            fits = quote == int88(quote);
            next = (uint256(net) << 176) | (uint256(longs) << 96) | ((uint256(quote) & MASK_88) << 8) | uint8(word);
        }
    }

    /// @notice With its quote moved by `delta`. Reverts if that does not fit.
    function moveQuote(uint256 word, int256 delta) internal pure returns (uint256) {
        uint256 quote = uint88((int256(quoteOf(word)) + delta).toInt88());
        return (word & ~(MASK_88 << 8)) | (quote << 8);
    }
}
