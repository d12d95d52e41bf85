// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice What a trade moves and what it charges. One ceil or floor over each whole product, so that TypeScript can
/// mirror it to the bit (CLR-20).
/// @dev Bases are below 2^88, prices below 2^128, rates below 2^32: no product here reaches 2^256.
library TradeMath {
    /// @dev base (1e-8) · price (1e18) is dollars at 1e26.
    uint256 private constant PER_MICRO = 1e20;
    uint256 private constant PER_CENT = 1e24;
    uint256 private constant PPM = 1e6;

    /// @notice Quote amounts in 1e-6 dollar. Rounding is against both traders; the difference is for the fee account.
    /// @param base 1e-8; `priceWad` dollars per unit, 1e18; `feePpm` fee per notional, each side
    /// @return paid what the buyer pays, rounded up
    /// @return received what the seller receives, rounded down
    /// @return fee of each side, rounded up
    function amounts(uint88 base, uint128 priceWad, uint32 feePpm)
        internal
        pure
        returns (uint256 paid, uint256 received, uint256 fee)
    {
        uint256 notional = uint256(base) * priceWad;
        paid = Math.ceilDiv(notional, PER_MICRO);
        received = notional / PER_MICRO;
        fee = Math.ceilDiv(notional * feePpm, PPM * PER_MICRO);
    }

    /// @notice Cents of credit that one side uses: margin at the reference price, what the trade is worse than the
    /// reference price, and the fee; rounded up. What is worse is taken from the quote that really moves, its rounding
    /// included, so that the charge is never below the cost (CLR-07).
    /// @param quote what this side pays or receives, 1e-6 dollar; `fee` likewise
    function charge(uint88 base, uint128 referenceWad, uint32 ratePpm, uint256 quote, uint256 fee, bool isBuy)
        internal
        pure
        returns (uint256 cents)
    {
        uint256 value = uint256(base) * referenceWad;
        uint256 moved = quote * PER_MICRO;
        uint256 risk = Math.ceilDiv(value * ratePpm, PPM);
        uint256 worse = isBuy ? Math.saturatingSub(moved, value) : Math.saturatingSub(value, moved);
        return Math.ceilDiv(risk + worse + fee * PER_MICRO, PER_CENT);
    }
}
