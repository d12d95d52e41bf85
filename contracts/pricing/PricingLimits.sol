// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice The range of every number that a pricing engine takes. Inside it the engines' unchecked arithmetic cannot
/// wrap; outside it there is a named error.
library PricingLimits {
    /// @dev Forward and strike, 1e18: about 1.3e18 dollars a unit.
    uint256 internal constant PRICE_BITS = 120;
    /// @dev 100,000,000 %: a total variance at the edge of what a slice may hold, a second before its expiry.
    uint256 internal constant MAX_VOL = 1e24;
    uint256 internal constant MAX_YEARS = 100e18;
    /// @dev Below 2^66 a number of either is in range.
    uint256 private constant FAST_BITS = 66;
    uint256 internal constant MAX_DISCOUNT = 10e18;

    error Pricing_PriceOutOfRange(uint256 forwardWad, uint256 strikeWad);
    error Pricing_DeviationOutOfRange(uint256 deviationWad);
    error Pricing_VolOutOfRange(uint256 volWad);
    error Pricing_YearsOutOfRange(uint256 yearsWad);
    error Pricing_DiscountOutOfRange(uint256 discountWad);
    error Pricing_BadParameters(uint256 length, uint256 expected);

    /// @notice Forward and strike are from 1 wei to 2^120.
    function checkPrices(uint256 forwardWad, uint256 strikeWad) internal pure {
        unchecked {
            // Zero wraps to what is too large.
            if (((forwardWad - 1) | (strikeWad - 1)) >> PRICE_BITS != 0) {
                revert Pricing_PriceOutOfRange(forwardWad, strikeWad);
            }
        }
    }

    /// @notice Forward and strike as above, σ√T less than 2^120.
    function checkCall(uint256 forwardWad, uint256 strikeWad, uint256 deviationWad) internal pure {
        unchecked {
            if (((forwardWad - 1) | (strikeWad - 1) | deviationWad) >> PRICE_BITS == 0) return;
        }
        checkPrices(forwardWad, strikeWad);
        revert Pricing_DeviationOutOfRange(deviationWad);
    }

    /// @notice Volatility is from 1 wei to `MAX_VOL`: one of zero is a missing one.
    function checkVol(uint256 volWad) internal pure {
        unchecked {
            if (volWad - 1 >= MAX_VOL) revert Pricing_VolOutOfRange(volWad);
        }
    }

    /// @notice Both at once, for less gas.
    function checkVolAndYears(uint256 volWad, uint256 yearsWad) internal pure {
        unchecked {
            if (((volWad - 1) | yearsWad) >> FAST_BITS == 0) return;
        }
        checkVol(volWad);
        checkYears(yearsWad);
    }

    function checkYears(uint256 yearsWad) internal pure {
        if (yearsWad > MAX_YEARS) revert Pricing_YearsOutOfRange(yearsWad);
    }

    function checkDiscount(uint256 discountWad) internal pure {
        unchecked {
            if (discountWad - 1 >= MAX_DISCOUNT) revert Pricing_DiscountOutOfRange(discountWad);
        }
    }

    function checkLength(bytes calldata parameters, uint256 expected) internal pure {
        if (parameters.length != expected) revert Pricing_BadParameters(parameters.length, expected);
    }
}
