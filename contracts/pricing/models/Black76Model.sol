// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPricingModel, OptionTerms, Slice} from "../../interfaces/IPricingModel.sol";
import {Black76} from "../Black76.sol";
import {PricingLimits} from "../PricingLimits.sol";
import {PricingModel} from "./PricingModel.sol";

/// @title Black-76 with one volatility for all strikes
/// @notice Parameters: `abi.encode(uint256 volWad)`. Error at most 1e-15 of the forward.
contract Black76Model is PricingModel {
    /// @inheritdoc IPricingModel
    function vol(OptionTerms calldata, bytes calldata parameters) external pure returns (uint256 volWad) {
        return _vol(parameters);
    }

    /// @inheritdoc IPricingModel
    /// @dev Expiries are not compared: with one volatility each, a steep fall of it is arbitrage that a surface would show.
    function check(Slice calldata slice, Slice calldata, Slice calldata) external pure {
        PricingLimits.checkYears(slice.yearsWad);
        _vol(slice.parameters);
    }

    function _call(
        uint256 forwardWad,
        uint256 strikeWad,
        uint256 yearsWad,
        uint256 volFactorWad,
        bytes calldata parameters
    ) internal pure override returns (uint256 callWad) {
        uint256 deviationWad = Black76.deviation(_vol(parameters) * volFactorWad / ONE, yearsWad);
        return Black76.call(forwardWad, strikeWad, deviationWad);
    }

    function _vol(bytes calldata parameters) private pure returns (uint256 volWad) {
        PricingLimits.checkLength(parameters, 32);
        volWad = abi.decode(parameters, (uint256));
        PricingLimits.checkVol(volWad);
    }
}
