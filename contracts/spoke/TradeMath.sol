// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice What a trade moves and what it charges. One ceil or floor over each whole product, so that TypeScript can
/// mirror it to the bit (CLR-20).
/// @dev Bases are below 2^88, prices below 2^128, fair prices below 2^130, rates below 2^32: no product here reaches 2^256.
library TradeMath {
    /// @dev base (1e-8) · price (1e18) is dollars at 1e26.
    uint256 private constant PER_MICRO = 1e20;
    uint256 private constant PER_CENT = 1e24;
    uint256 private constant PPM = 1e6;
    uint256 private constant PPB = 1e9;

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

    /// @notice What one unit of an option is worth, dollars, 1e18: max(0, mark + delta · (price − spot)).
    /// @param markWad at `spotWad`, with its change per change of the underlying's price in billionths, `deltaPpb`
    /// @param referenceWad price of the underlying now
    /// @return floorWad rounded down: what a buyer's price is measured at
    /// @return ceilWad rounded up: what a seller's is
    function fair(uint128 markWad, int32 deltaPpb, uint128 spotWad, uint128 referenceWad)
        internal
        pure
        returns (uint256 floorWad, uint256 ceilWad)
    {
        int256 moved = int256(uint256(referenceWad)) - int256(uint256(spotWad));
        int256 exact = int256(uint256(markWad) * PPB) + deltaPpb * moved;
        if (exact <= 0) return (0, 0);
        floorWad = uint256(exact) / PPB;
        ceilWad = Math.ceilDiv(uint256(exact), PPB);
    }

    /// @notice What a trade costs one side: what it is worse than the fair price, and the fee. What is worse is taken from the
    /// quote that really moves, its rounding included, so that it is never below the loss (CLR-07).
    /// @param fairWad what one unit is worth, dollars, 1e18; of a perpetual the reference price
    /// @param quote what this side pays or receives, 1e-6 dollar; `fee` likewise
    /// @return dollars at 1e26
    function cost(uint88 base, uint256 fairWad, uint256 quote, uint256 fee, bool isBuy)
        internal
        pure
        returns (uint256)
    {
        uint256 value = base * fairWad;
        uint256 moved = quote * PER_MICRO;
        uint256 worse = isBuy ? Math.saturatingSub(moved, value) : Math.saturatingSub(value, moved);
        return worse + fee * PER_MICRO;
    }

    /// @notice Cents that one side uses of credit and allowance: a share of the notional of the underlying, and the cost;
    /// rounded up.
    /// @param referenceWad price of the underlying, 1e18; `ratePpm` share of the notional
    /// @param cost_ `cost` of this side
    function charge(uint88 base, uint128 referenceWad, uint32 ratePpm, uint256 cost_)
        internal
        pure
        returns (uint256 cents)
    {
        uint256 risk = Math.ceilDiv(uint256(base) * referenceWad * ratePpm, PPM);
        return Math.ceilDiv(risk + cost_, PER_CENT);
    }
}
