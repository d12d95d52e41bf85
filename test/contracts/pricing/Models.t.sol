// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPricingModel} from "../../../contracts/interfaces/IPricingModel.sol";
import {Black76Model} from "../../../contracts/pricing/models/Black76Model.sol";
import {GramCharlierModel} from "../../../contracts/pricing/models/GramCharlierModel.sol";
import {SviModel} from "../../../contracts/pricing/models/SviModel.sol";
import {ModelConformance} from "./ModelConformance.sol";

contract Black76ModelTest is ModelConformance {
    function _model() internal override returns (IPricingModel) {
        return new Black76Model();
    }

    function _parameters(uint256 seed, uint256) internal pure override returns (bytes memory) {
        return abi.encode(0.05e18 + seed % 4.95e18);
    }
}

contract GramCharlierModelTest is ModelConformance {
    function _model() internal override returns (IPricingModel) {
        return new GramCharlierModel();
    }

    function _parameters(uint256 seed, uint256) internal pure override returns (bytes memory) {
        int256 kurtosis = int256(seed % 2.4e18);
        int256 skew = kurtosis * int256(seed % 101) / 250;
        return abi.encode(0.05e18 + seed % 0.95e18, seed & 2 == 0 ? skew : -skew, kurtosis);
    }
}

contract SviModelTest is ModelConformance {
    function _model() internal override returns (IPricingModel) {
        return new SviModel();
    }

    function _parameters(uint256 seed, uint256 yearsWad) internal pure override returns (bytes memory) {
        int256 rho = int256(seed % 1.2e18) - 0.6e18;
        return abi.encode(0.01e18 + seed % 0.2e18, 0.02e18 + seed % 0.08e18, rho, 0.01e18, 0.2e18, yearsWad);
    }
}
