// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {PricingGas} from "../../../contracts/mocks/PricingGas.sol";

/// @notice What one price costs, to the unit, so that any change is seen (docs/pricing.md tells the figures, too).
contract PricingGasTest is Test {
    PricingGas private gas = new PricingGas();

    /// @dev At most 2,500 (issue 4).
    function test_Black76Call() public view {
        assertEq(gas.black76Call(), 2_480);
    }

    function test_Black76CallOfADeviation() public view {
        assertEq(gas.black76CallOfADeviation(), 2_008);
    }

    /// @dev At most 3,200 (issue 4).
    function test_GramCharlierCall() public view {
        assertEq(gas.gramCharlierCall(), 3_031);
    }

    function test_GramCharlierCallOutsideTheClamp() public view {
        assertEq(gas.gramCharlierCallOutsideTheClamp(), 3_692);
    }

    function test_SviVol() public view {
        assertEq(gas.sviVol(), 2_287);
    }
}
