// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {FundingLimits} from "./FundingLimits.sol";

/// @title What funding does to positions
/// @notice A perpetual has two indices, long and short: dollars that one unit of base has paid since the first day, 1e18. A long has paid
/// base·long, a short has received |base|·short, that is, paid base·short. A position stores its quote with that added back, so time
/// touches no position: *quote = stored − base·index(sign of base)*, and only a change of base converts it.
/// Pure; `clearing/funding/fundingIndex.ts` mirrors it to the bit (CLR-20).
/// @dev Why no money is made. Let E = stored − base·index, exact (in 1e-26 dollar), the quote with its fraction; told is ⌊E⌋.
/// - `shift`, at a change of base: E changes by the traded quote minus `dust`, and dust is in [0, 1e-6 dollar).
/// - `accrue`: Σ E changes by −(pay·open interest that pays) + (receive·open interest that receives) = −surplus ≤ 0.
/// - Settlement moves stored and cash by the same amount.
/// So Σ E + Σ dust + Σ surplus = Σ traded quote + what settlement moved, exactly and in any order, and no dust or surplus is negative.
/// Source: risk model, section 7; the storage form is the one that Δfunding of section 2 becomes when the entry index is folded in.
library FundingIndex {
    /// @notice Exact units (1e-26 dollar: base 1e-8 × index 1e-18) in one of a quote (1e-6 dollar).
    int256 internal constant UNIT = 1e20;
    /// @dev Indices are kept in 120 bits.
    uint256 private constant MAX_TRAVEL = 2 ** 119 - 1;

    /// @notice Quote of a position, 1e-6 dollar, rounded down: against the account.
    /// @param stored 1e-6 dollar; `base` 1e-8, of 80 bits; indices of 120
    function quoteOf(int256 stored, int256 base, int256 longIndex, int256 shortIndex) internal pure returns (int256) {
        unchecked {
            return stored + _floor(-_paid(base, longIndex, shortIndex));
        }
    }

    /// @notice What a change of base adds to the stored quote, besides the traded quote, and the part of a unit that the account
    /// loses by it, 1e-26 dollar. For bases of 80 bits and indices of 120.
    function shift(int256 oldBase, int256 newBase, int256 longIndex, int256 shortIndex)
        internal
        pure
        returns (int256 delta, uint256 dust)
    {
        unchecked {
            int256 owed = (oldBase ^ newBase) < 0
                ? _paid(newBase, longIndex, shortIndex) - _paid(oldBase, longIndex, shortIndex)
                : (newBase - oldBase) * (newBase < 0 ? shortIndex : longIndex);
            delta = _floor(owed);
            dust = uint256(owed - delta * UNIT);
        }
    }

    /// @notice Charges `elapsed` seconds of a rate: payers rounded up; receivers rounded down, and scaled so that they never get more.
    /// @param rateWad hourly, 1e18; longs pay if positive
    /// @param priceWad index price, dollars 1e18
    /// @param elapsed seconds, at most an hour
    /// @param openLong Σ of the long bases that the hub knows, 1e-8; `openShort` of the short ones
    /// @return longDelta by how much the long index moves, 1e18
    /// @return shortDelta likewise
    /// @return surplus paid and received by nobody, 1e-26 dollar
    function accrue(int256 rateWad, uint256 priceWad, uint256 elapsed, uint256 openLong, uint256 openShort)
        internal
        pure
        returns (int256 longDelta, int256 shortDelta, uint256 surplus)
    {
        FundingLimits.requireRange("rate", rateWad, -FundingLimits.MAX_HOURLY_RATE, FundingLimits.MAX_HOURLY_RATE);
        FundingLimits.requireRange("price", priceWad, 1, FundingLimits.MAX_AMOUNT);
        FundingLimits.requireRange("elapsed", elapsed, 1, FundingLimits.HOUR);
        FundingLimits.requireRange("openLong", openLong, 0, FundingLimits.MAX_AMOUNT);
        FundingLimits.requireRange("openShort", openShort, 0, FundingLimits.MAX_AMOUNT);
        uint256 pay;
        uint256 receive_;
        if (rateWad >= 0) {
            (pay, receive_, surplus) = _perUnit(uint256(rateWad) * priceWad * elapsed, openLong, openShort);
            return (int256(pay), int256(receive_), surplus);
        }
        (pay, receive_, surplus) = _perUnit(uint256(-rateWad) * priceWad * elapsed, openShort, openLong);
        return (-int256(receive_), -int256(pay), surplus);
    }

    /// @notice How far the indices of an instrument may travel in all, 1e18, if pairs hold less than 2^`baseBits`.
    /// @dev `PackedPosition` keeps a quote in 88 bits, of which pairs take less than 2^86 and settlement 2^70. An account's base is
    /// below 2^(5 + baseBits), as there are at most 32 lanes; so both what it has paid and what its stored quote has added back are
    /// below 2^(5 + baseBits)·travel/1e20 ≤ 2^84, in sum 2^85, and the rounding of 2^37 changes is nothing beside it.
    function travelLimit(uint256 baseBits) internal pure returns (uint256) {
        FundingLimits.requireRange("baseBits", baseBits, 0, 79);
        return FixedPointMathLib.min(MAX_TRAVEL, uint256(UNIT) << (79 - baseBits));
    }

    /// @param product rate · price · seconds; at most 2^56 · 2^128 · 2^12; so `pay` is below 2^124 and `pay` · `paying` below 2^252
    function _perUnit(uint256 product, uint256 paying, uint256 receiving)
        private
        pure
        returns (uint256 pay, uint256 receive_, uint256 surplus)
    {
        uint256 divisor = FundingLimits.HOUR * 1e18;
        pay = FixedPointMathLib.divUp(product, divisor);
        if (receiving != 0) {
            receive_ = FixedPointMathLib.min(product / divisor, pay * paying / receiving);
        }
        surplus = pay * paying - receive_ * receiving;
    }

    /// @dev What a position has paid since the first day, 1e-26 dollar.
    function _paid(int256 base, int256 longIndex, int256 shortIndex) private pure returns (int256) {
        unchecked {
            return base * (base < 0 ? shortIndex : longIndex);
        }
    }

    /// @dev Exact to whole units, rounded towards minus infinity.
    function _floor(int256 exact) private pure returns (int256 units) {
        assembly ("memory-safe") {
            units := sub(sdiv(exact, UNIT), slt(smod(exact, UNIT), 0))
        }
    }
}
