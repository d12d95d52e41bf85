// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IHubLedger} from "../interfaces/IHubLedger.sol";

/// @notice An account's net position in one slot, since a report pays for each slot of each pair:
/// base (int80) ‖ longs (uint80) ‖ stored quote (int88) ‖ place (uint8). Shorts are longs − base.
/// @dev Each lane has one pair of an account and instrument at the most (`ReportLogic` binds one index to each), with a base below
/// `MAX_BASE` and a quote below `MAX_QUOTE`; there are at most 32 lanes (`ListingLogic`). So sums fit whatever a spoke says, and no
/// lie on one lane can make the hub refuse the truth of another. An honest pair cannot reach these: all the credit that it can ever
/// count (uint48 cents) trades less, at any rate from 2 ppm on. What settlement moves is cash that exists, below 2^70. What funding adds to
/// a stored quote is bounded by `FundingIndex.travelLimit`. `FundedPosition.quoteOf` tells the quote.
library PackedPosition {
    using SafeCast for int256;

    /// @notice Pairs hold less, 1e-8.
    uint256 internal constant MAX_BASE = 2 ** 74;
    /// @notice Pairs hold less, 1e-6 dollar.
    uint256 internal constant MAX_QUOTE = 2 ** 81;

    uint256 private constant MASK_80 = 2 ** 80 - 1;
    uint256 private constant MASK_88 = 2 ** 88 - 1;

    /// @notice The position with its quote; all zero if there never was one.
    function unpack(uint256 word, int256 quote) internal pure returns (IHubLedger.NetPosition memory n) {
        n.base = baseOf(word);
        n.longs = uint80(word >> 96);
        n.shorts = uint128(int128(n.longs) - n.base);
        n.quote = int120(quote);
        n.place = uint8(word);
    }

    /// @notice Whether nothing is held, on any spoke.
    function isFlat(uint256 word) internal pure returns (bool) {
        return word >> 96 == 0;
    }

    /// @notice Place on the account's list of instruments; zero if it is not held, `InstrumentListLib.OFF` if the list is full.
    function placeOf(uint256 word) internal pure returns (uint256) {
        return uint8(word);
    }

    /// @notice With another place on the list.
    function moveTo(uint256 word, uint256 place) internal pure returns (uint256) {
        return (word & ~uint256(type(uint8).max)) | place;
    }

    function baseOf(uint256 word) internal pure returns (int80) {
        return int80(uint80(word >> 176));
    }

    function storedQuoteOf(uint256 word) internal pure returns (int88) {
        return int88(uint88(word >> 8));
    }

    /// @notice With a pair's old base replaced by a new one, and its stored quote moved by `quoteDelta`.
    function replace(uint256 word, int256 oldBase, int256 base, int256 quoteDelta) internal pure returns (uint256 next) {
        unchecked {
            int256 net = (int256(word) >> 176) + base - oldBase;
            int256 longs =
                int256((word >> 96) & MASK_80) + FixedPointMathLib.max(base, 0) - FixedPointMathLib.max(oldBase, 0);
            int256 quote = int256(storedQuoteOf(word)) + quoteDelta;
            next = (uint256(net) << 176) | (uint256(longs) << 96) | ((uint256(quote) & MASK_88) << 8) | uint8(word);
        }
    }

    /// @notice With its quote moved by `delta`. Reverts if that does not fit.
    function moveQuote(uint256 word, int256 delta) internal pure returns (uint256) {
        uint256 quote = uint88((int256(storedQuoteOf(word)) + delta).toInt88());
        return (word & ~(MASK_88 << 8)) | (quote << 8);
    }
}
