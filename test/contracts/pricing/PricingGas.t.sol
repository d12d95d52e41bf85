// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {Black76} from "../../../contracts/pricing/Black76.sol";

/// @notice What one price costs inside a contract that already has its arguments: the dearest of many moneynesses and expiries. The
/// figures are held to the unit, so that any change of them is seen (docs/pricing.md tells them too).
/// @dev Of `gasleft` before and after, less what the two reads take. Calldata, an external call and the decoding of
/// parameters come on top where a model is called from outside.
contract PricingGasTest is Test {
    function test_Black76Call() public view {
        uint256 worst;
        uint256[9] memory strikes = [uint256(1e18), 50e18, 90e18, 99e18, 100e18, 101e18, 110e18, 200e18, 10_000e18];
        uint256[4] memory expiries = [uint256(114155251141552), 82191780821917808, 1e18, 3e18];
        for (uint256 i; i < 36; ++i) {
            uint256 gas = _black76(strikes[i % 9], 0.8e18, expiries[i / 9]);
            if (gas > worst) worst = gas;
        }
        assertLe(worst, 2_500);
        assertEq(worst, 2_483);
    }

    function _black76(uint256 strike, uint256 vol, uint256 t) private view returns (uint256 gas) {
        uint256 forward = 100e18;
        gas = gasleft();
        uint256 price = Black76.call(forward, strike, Black76.deviation(vol, t));
        gas -= gasleft();
        require(price <= forward);
    }
}
