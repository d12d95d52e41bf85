// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {PricingLimits} from "./PricingLimits.sol";

/// @notice From an undiscounted call to the option that is asked for. Mirrored by `clearing/pricing/optionValue.ts`.
library OptionValue {
    /// @notice discount · (call, or call + strike − forward), 1e18, rounded down.
    /// @param callWad undiscounted, at least max(0, forward − strike)
    function discounted(uint256 callWad, uint256 forwardWad, uint256 strikeWad, uint256 discountWad, bool isCall)
        internal
        pure
        returns (uint256 priceWad)
    {
        PricingLimits.checkDiscount(discountWad);
        unchecked {
            return (isCall ? callWad : callWad + strikeWad - forwardWad) * discountWad / 1e18;
        }
    }
}
