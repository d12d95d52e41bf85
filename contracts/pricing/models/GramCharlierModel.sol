// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPricingModel, OptionTerms, Slice} from "../../interfaces/IPricingModel.sol";
import {Black76} from "../Black76.sol";
import {GramCharlier} from "../GramCharlier.sol";
import {PricingLimits} from "../PricingLimits.sol";
import {PricingModel} from "./PricingModel.sol";

/// @title Skew and kurtosis where there is no surface
/// @notice Parameters: `abi.encode(uint256 volWad, int256 skewWad, int256 excessKurtosisWad)`. Error at most 1e-15 of the forward.
/// @dev Prices clamp skew and kurtosis; `check` wants them within the clamp already, so that nobody signs what is not used.
contract GramCharlierModel is PricingModel {
    struct Parameters {
        uint256 volWad;
        int256 skewWad;
        int256 excessKurtosisWad;
    }

    error Pricing_OutsideClamp(int256 skewWad, int256 excessKurtosisWad);

    /// @inheritdoc IPricingModel
    /// @return volWad σ of the model; the Black volatility of its price is another one, by strike
    function vol(OptionTerms calldata, bytes calldata parameters) external pure returns (uint256 volWad) {
        return _decode(parameters).volWad;
    }

    /// @inheritdoc IPricingModel
    function check(Slice calldata slice, Slice calldata, Slice calldata) external pure {
        Parameters memory p = _decode(slice.parameters);
        uint256 deviationWad = Black76.deviation(p.volWad, slice.yearsWad);
        if (deviationWad > GramCharlier.MAX_DEVIATION) revert PricingLimits.Pricing_DeviationOutOfRange(deviationWad);
        (int256 skewWad, int256 excessKurtosisWad) = GramCharlier.clamp(p.skewWad, p.excessKurtosisWad);
        if (skewWad != p.skewWad || excessKurtosisWad != p.excessKurtosisWad) {
            revert Pricing_OutsideClamp(p.skewWad, p.excessKurtosisWad);
        }
    }

    function _call(
        uint256 forwardWad,
        uint256 strikeWad,
        uint256 yearsWad,
        uint256 volFactorWad,
        bytes calldata parameters
    ) internal pure override returns (uint256 callWad) {
        Parameters memory p = _decode(parameters);
        uint256 deviationWad = Black76.deviation(p.volWad * volFactorWad / ONE, yearsWad);
        return GramCharlier.call(forwardWad, strikeWad, deviationWad, p.skewWad, p.excessKurtosisWad);
    }

    function _decode(bytes calldata parameters) private pure returns (Parameters memory p) {
        PricingLimits.checkLength(parameters, 96);
        p = abi.decode(parameters, (Parameters));
        PricingLimits.checkVol(p.volWad);
    }
}
