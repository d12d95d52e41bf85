// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {PricingLimits} from "./PricingLimits.sol";

/// @notice From rates and seconds to what the engines take. Mirrored by `clearing/pricing/discount.ts`.
library Discount {
    uint256 internal constant YEAR_SECONDS = 31_536_000;
    /// @dev 1,000 % a year, either way.
    int256 internal constant MAX_RATE = 10e18;

    error Pricing_RateOutOfRange(int256 rateWad);
    error Pricing_ExpiryOutOfRange(uint256 secondsToExpiry);

    /// @notice Years of 31,536,000 s, 1e18, rounded down.
    function yearsOf(uint256 secondsToExpiry) internal pure returns (uint256 yearsWad) {
        if (secondsToExpiry > 100 * YEAR_SECONDS) revert Pricing_ExpiryOutOfRange(secondsToExpiry);
        return secondsToExpiry * 1e18 / YEAR_SECONDS;
    }

    /// @notice exp(−rate · years), 1e18.
    /// @param rateWad a year, continuously compounded, 1e18; may be negative
    function factor(int256 rateWad, uint256 yearsWad) internal pure returns (uint256 discountWad) {
        if (rateWad < -MAX_RATE || rateWad > MAX_RATE) revert Pricing_RateOutOfRange(rateWad);
        PricingLimits.checkYears(yearsWad);
        int256 exponent = -rateWad * int256(yearsWad) / 1e18;
        if (exponent > 3e18) revert Pricing_RateOutOfRange(rateWad);
        discountWad = uint256(FixedPointMathLib.expWad(exponent));
        PricingLimits.checkDiscount(discountWad);
    }
}
