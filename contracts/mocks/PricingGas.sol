// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Black76} from "../pricing/Black76.sol";
import {GramCharlier} from "../pricing/GramCharlier.sol";
import {LogRatio} from "../pricing/LogRatio.sol";
import {Svi, SviSlice} from "../pricing/SviSlice.sol";

/// @notice What one price costs inside a contract that already has its arguments: the dearest of 36, nine strikes and four expiries. For
/// tests and `./causeway bench margin`.
/// @dev Of `gasleft` before and after. Calldata, an external call and the decoding of parameters come on top where a model
/// is called from outside.
contract PricingGas {
    uint256 private constant FORWARD = 100e18;
    uint256 private constant VOL = 0.8e18;

    function black76Call() external view returns (uint256) {
        return _worst(_black76);
    }

    /// @notice σ√T known, as where a margin engine shocks only the forward.
    function black76CallOfADeviation() external view returns (uint256) {
        return _worst(_black76OfDeviation);
    }

    function gramCharlierCall() external view returns (uint256) {
        return _worst(_gramCharlier);
    }

    /// @notice Skew and kurtosis that have to be moved cost a root more.
    function gramCharlierCallOutsideTheClamp() external view returns (uint256) {
        return _worst(_gramCharlierOutside);
    }

    function sviVol() external view returns (uint256) {
        return _worst(_sviVol);
    }

    function _worst(function(uint256, uint256) internal view returns (uint256) measure) private view returns (uint256 worst) {
        uint256[9] memory strikes = [uint256(1e18), 50e18, 90e18, 99e18, 100e18, 101e18, 110e18, 200e18, 10_000e18];
        uint256[4] memory expiries = [uint256(114155251141552), 82191780821917808, 1e18, 3e18];
        for (uint256 i; i < 36; ++i) {
            uint256 gas = measure(strikes[i % 9], expiries[i / 9]);
            if (gas > worst) worst = gas;
        }
    }

    function _black76(uint256 strike, uint256 t) private view returns (uint256 gas) {
        (uint256 forward, uint256 vol) = (FORWARD, VOL);
        gas = gasleft();
        uint256 price = Black76.call(forward, strike, Black76.deviation(vol, t));
        gas -= gasleft();
        require(price <= forward);
    }

    function _black76OfDeviation(uint256 strike, uint256 t) private view returns (uint256 gas) {
        (uint256 forward, uint256 deviation) = (FORWARD, Black76.deviation(VOL, t));
        gas = gasleft();
        uint256 price = Black76.call(forward, strike, deviation);
        gas -= gasleft();
        require(price <= forward);
    }

    function _gramCharlier(uint256 strike, uint256 t) private view returns (uint256 gas) {
        (uint256 forward, uint256 vol, int256 skew, int256 kurtosis) = (FORWARD, VOL, -0.4e18, 1.2e18);
        gas = gasleft();
        uint256 price = GramCharlier.call(forward, strike, Black76.deviation(vol, t), skew, kurtosis);
        gas -= gasleft();
        require(price <= forward);
    }

    function _gramCharlierOutside(uint256 strike, uint256 t) private view returns (uint256 gas) {
        (uint256 forward, uint256 vol, int256 skew, int256 kurtosis) = (FORWARD, VOL, -2e18, 1.2e18);
        gas = gasleft();
        uint256 price = GramCharlier.call(forward, strike, Black76.deviation(vol, t), skew, kurtosis);
        gas -= gasleft();
        require(price <= forward);
    }

    function _sviVol(uint256 strike, uint256 t) private view returns (uint256 gas) {
        Svi memory slice = Svi(0.04e18, 0.1e18, -0.3e18, 0.05e18, 0.2e18, t);
        uint256 forward = FORWARD;
        gas = gasleft();
        uint256 vol = SviSlice.vol(slice, LogRatio.ln(strike, forward));
        gas -= gasleft();
        require(vol != 0);
    }
}
