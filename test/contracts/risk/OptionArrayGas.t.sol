// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test, console} from "forge-std/Test.sol";
import {IPricingModel, OptionTerms} from "../../../contracts/interfaces/IPricingModel.sol";
import {Black76Model} from "../../../contracts/pricing/models/Black76Model.sol";
import {GramCharlierModel} from "../../../contracts/pricing/models/GramCharlierModel.sol";
import {SviModel} from "../../../contracts/pricing/models/SviModel.sol";
import {OptionArray} from "../../../contracts/risk/OptionArray.sol";
import {RiskArray} from "../../../contracts/risk/RiskArray.sol";
import {Scenarios} from "../../../contracts/risk/Scenarios.sol";

contract OptionArrayGasTest is Test {
    /// @dev What a refresh pays an option for its model, its array and packing it.
    function test_GasOfAnArray() public {
        bytes memory svi = abi.encode(0.04e18, 0.1e18, -0.3e18, 0.05e18, 0.2e18, 0.1e18);
        _held(new Black76Model(), abi.encode(0.6e18), 184_000);
        _held(new GramCharlierModel(), abi.encode(0.6e18, -0.2e18, 0.8e18), 214_000);
        _held(new SviModel(), svi, 279_000);
    }

    function arrayOf(IPricingModel model, bytes memory parameters) external view returns (bytes memory packed) {
        OptionTerms memory option = OptionTerms(60_300e18, 66_000e18, 0.1e18, 0.99e18, true);
        int256[32] memory entries;
        (, entries) = OptionArray.compute(model, option, parameters, 60_000e18, Scenarios.moves(0.15e9));
        packed = RiskArray.pack(entries);
    }

    function _held(IPricingModel model, bytes memory parameters, uint256 most) private view {
        uint256 gas = gasleft();
        this.arrayOf(model, parameters);
        gas -= gasleft();
        console.log("array", gas);
        assertLe(gas, most);
    }
}
