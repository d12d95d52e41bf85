// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPricingModel, OptionTerms, Shock} from "../../interfaces/IPricingModel.sol";
import {OptionValue} from "../OptionValue.sol";
import {PricingLimits} from "../PricingLimits.sol";

/// @notice What all engines share: puts, discounting and shocks. A model says what an undiscounted call is worth.
/// @dev A model need not use this: what counts is `IPricingModel`.
abstract contract PricingModel is IPricingModel {
    uint256 internal constant ONE = 1e18;
    /// @dev A forward or volatility is multiplied by at most a million.
    uint256 private constant MAX_FACTOR = 1e24;

    error Pricing_ShockOutOfRange(uint256 forwardFactorWad, uint256 volFactorWad);

    /// @inheritdoc IPricingModel
    function price(OptionTerms calldata option, bytes calldata parameters) external view returns (uint256 priceWad) {
        return _price(option, parameters, option.forwardWad, ONE);
    }

    /// @inheritdoc IPricingModel
    function prices(OptionTerms calldata option, bytes calldata parameters, Shock[] calldata shocks)
        external
        view
        returns (uint256[] memory pricesWad)
    {
        pricesWad = new uint256[](shocks.length);
        for (uint256 i; i < shocks.length; ++i) {
            Shock calldata shock = shocks[i];
            if (shock.forwardFactorWad > MAX_FACTOR || shock.volFactorWad > MAX_FACTOR) {
                revert Pricing_ShockOutOfRange(shock.forwardFactorWad, shock.volFactorWad);
            }
            PricingLimits.checkPrices(option.forwardWad, option.strikeWad);
            uint256 forwardWad = option.forwardWad * shock.forwardFactorWad / ONE;
            pricesWad[i] = _price(option, parameters, forwardWad, shock.volFactorWad);
        }
    }

    function _price(OptionTerms calldata option, bytes calldata parameters, uint256 forwardWad, uint256 volFactorWad)
        private
        view
        returns (uint256)
    {
        uint256 callWad = _call(forwardWad, option.strikeWad, option.yearsWad, volFactorWad, parameters);
        return OptionValue.discounted(callWad, forwardWad, option.strikeWad, option.discountWad, option.isCall);
    }

    /// @dev Undiscounted value of a call, from max(0, F − K) to F, with volatility multiplied by `volFactorWad`.
    function _call(
        uint256 forwardWad,
        uint256 strikeWad,
        uint256 yearsWad,
        uint256 volFactorWad,
        bytes calldata parameters
    ) internal view virtual returns (uint256 callWad);
}
