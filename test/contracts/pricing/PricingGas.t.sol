// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {Black76} from "../../../contracts/pricing/Black76.sol";
import {GramCharlier} from "../../../contracts/pricing/GramCharlier.sol";
import {LogRatio} from "../../../contracts/pricing/LogRatio.sol";
import {Svi, SviSlice} from "../../../contracts/pricing/SviSlice.sol";

/// @notice What one price costs inside a contract that already has its arguments: the dearest of many moneynesses and expiries. The
/// figures are held to the unit, so that any change of them is seen (docs/pricing.md tells them too).
/// @dev Of `gasleft` before and after, less what the two reads take. Calldata, an external call and the decoding of
/// parameters come on top where a model is called from outside.
contract PricingGasTest is Test {
    uint256[9] private strikes = [uint256(1e18), 50e18, 90e18, 99e18, 100e18, 101e18, 110e18, 200e18, 10_000e18];
    uint256[4] private expiries = [uint256(114155251141552), 82191780821917808, 1e18, 3e18];

    /// @dev At most 2,500 (issue 4).
    function test_Black76Call() public view {
        _held(_black76, 2_480);
    }

    /// @dev σ√T known, as where a margin engine shocks only the forward.
    function test_Black76CallOfADeviation() public view {
        _held(_black76OfDeviation, 2_008);
    }

    /// @dev At most 3,200 (issue 4).
    function test_GramCharlierCall() public view {
        _held(_gramCharlier, 3_042);
    }

    /// @dev Skew and kurtosis that have to be moved cost a root more.
    function test_GramCharlierCallOutsideTheClamp() public view {
        _held(_gramCharlierOutside, 3_692);
    }

    function test_SviVol() public view {
        _held(_sviVol, 2_287);
    }

    function _held(
        function(uint256, uint256) internal view returns (uint256) measure,
        uint256 committed
    ) private view {
        uint256 worst;
        for (uint256 i; i < 36; ++i) {
            uint256 gas = measure(strikes[i % 9], expiries[i / 9]);
            if (gas > worst) worst = gas;
        }
        assertEq(worst, committed);
    }

    function _black76(uint256 strike, uint256 t) private view returns (uint256 gas) {
        (uint256 forward, uint256 vol) = (100e18, 0.8e18);
        gas = gasleft();
        uint256 price = Black76.call(forward, strike, Black76.deviation(vol, t));
        gas -= gasleft();
        require(price <= forward);
    }

    function _black76OfDeviation(uint256 strike, uint256 t) private view returns (uint256 gas) {
        (uint256 forward, uint256 deviation) = (100e18, Black76.deviation(0.8e18, t));
        gas = gasleft();
        uint256 price = Black76.call(forward, strike, deviation);
        gas -= gasleft();
        require(price <= forward);
    }

    function _gramCharlier(uint256 strike, uint256 t) private view returns (uint256 gas) {
        (uint256 forward, uint256 vol, int256 skew, int256 kurtosis) = (100e18, 0.8e18, -0.4e18, 1.2e18);
        gas = gasleft();
        uint256 price = GramCharlier.call(forward, strike, Black76.deviation(vol, t), skew, kurtosis);
        gas -= gasleft();
        require(price <= forward);
    }

    function _gramCharlierOutside(uint256 strike, uint256 t) private view returns (uint256 gas) {
        (uint256 forward, uint256 vol, int256 skew, int256 kurtosis) = (100e18, 0.8e18, -2e18, 1.2e18);
        gas = gasleft();
        uint256 price = GramCharlier.call(forward, strike, Black76.deviation(vol, t), skew, kurtosis);
        gas -= gasleft();
        require(price <= forward);
    }

    function _sviVol(uint256 strike, uint256 t) private view returns (uint256 gas) {
        Svi memory slice = Svi(0.04e18, 0.1e18, -0.3e18, 0.05e18, 0.2e18, t);
        uint256 forward = 100e18;
        gas = gasleft();
        uint256 vol = SviSlice.vol(slice, LogRatio.ln(strike, forward));
        gas -= gasleft();
        require(vol != 0);
    }
}
