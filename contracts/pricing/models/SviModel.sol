// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPricingModel, OptionTerms, Slice} from "../../interfaces/IPricingModel.sol";
import {Black76} from "../Black76.sol";
import {LogRatio} from "../LogRatio.sol";
import {PricingLimits} from "../PricingLimits.sol";
import {Refusal, SviAcceptance} from "../SviAcceptance.sol";
import {Svi, SviSlice} from "../SviSlice.sol";
import {PricingModel} from "./PricingModel.sol";

/// @title Black-76 on a slice of SVI
/// @notice Parameters: `abi.encode(int256 a, int256 b, int256 rho, int256 m, int256 sigma)`, then `uint256 yearsWad`: the time to
/// expiry for which they give the total variance. Error at most 1e-15 of the forward.
/// @dev The volatility of a strike, not its total variance, stays as time passes. When the forward is shocked, the
/// volatility is that of the *new* moneyness ln(K/F'): the smile moves with the forward.
contract SviModel is PricingModel {
    error Pricing_SliceRefused(Refusal refusal, int256 kWad, int256 valueWad);
    error Pricing_SliceYearsDiffer(uint256 postedWad, uint256 parametersWad);

    /// @inheritdoc IPricingModel
    function vol(OptionTerms calldata option, bytes calldata parameters) external pure returns (uint256 volWad) {
        PricingLimits.checkPrices(option.forwardWad, option.strikeWad);
        return _vol(option.forwardWad, option.strikeWad, parameters);
    }

    /// @inheritdoc IPricingModel
    function check(Slice calldata slice, Slice calldata before, Slice calldata later) external pure {
        Svi memory own = _accepted(slice);
        if (before.parameters.length != 0) {
            (bool falls, int256 kWad, int256 valueWad) = _falls(_accepted(before), own, own);
            if (falls) revert Pricing_SliceRefused(Refusal.CalendarBefore, kWad, valueWad);
        }
        if (later.parameters.length != 0) {
            (bool falls, int256 kWad, int256 valueWad) = _falls(own, _accepted(later), own);
            if (falls) revert Pricing_SliceRefused(Refusal.CalendarLater, kWad, valueWad);
        }
    }

    function _call(
        uint256 forwardWad,
        uint256 strikeWad,
        uint256 yearsWad,
        uint256 volFactorWad,
        bytes calldata parameters
    ) internal pure override returns (uint256 callWad) {
        PricingLimits.checkPrices(forwardWad, strikeWad);
        uint256 volWad = _vol(forwardWad, strikeWad, parameters);
        return Black76.call(forwardWad, strikeWad, Black76.deviation(volWad * volFactorWad / ONE, yearsWad));
    }

    function _vol(uint256 forwardWad, uint256 strikeWad, bytes calldata parameters) private pure returns (uint256) {
        return SviSlice.vol(_decode(parameters), LogRatio.ln(strikeWad, forwardWad));
    }

    /// @dev A slice that is free of arbitrage by itself.
    function _accepted(Slice calldata slice) private pure returns (Svi memory svi) {
        svi = _decode(slice.parameters);
        if (svi.yearsWad != slice.yearsWad) revert Pricing_SliceYearsDiffer(slice.yearsWad, svi.yearsWad);
        (Refusal refusal, int256 kWad, int256 valueWad) = SviAcceptance.refusal(svi);
        if (refusal != Refusal.None) revert Pricing_SliceRefused(refusal, kWad, valueWad);
    }

    function _falls(Svi memory before, Svi memory later, Svi memory own)
        private
        pure
        returns (bool falls, int256 kWad, int256 varianceWad)
    {
        if (before.yearsWad >= later.yearsWad) revert Pricing_SliceRefused(Refusal.Years, 0, 0);
        (falls, kWad) = SviAcceptance.fallsBetween(before, later);
        varianceWad = SviSlice.variance(own, kWad);
    }

    function _decode(bytes calldata parameters) private pure returns (Svi memory) {
        PricingLimits.checkLength(parameters, 192);
        return abi.decode(parameters, (Svi));
    }
}
