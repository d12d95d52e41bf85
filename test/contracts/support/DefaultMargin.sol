// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccountParameters, UnderlyingLimits, UnderlyingParameters} from "../../../contracts/risk/MarginParameters.sol";

/// @notice The margin parameters that tests use: those of `clearing/margin/marginParameters.ts`.
library DefaultMargin {
    function account() internal pure returns (AccountParameters memory) {
        return AccountParameters({maintenanceRatio: 0.8e9, crossCredit: 0.5e9, bufferRatio: 0.15e9});
    }

    function limits() internal pure returns (UnderlyingLimits memory) {
        return UnderlyingLimits({gainsCap: 10_000, maxEpochAge: 1 hours, maxMove: 0.125e9, rampPerDay: 0.25e9});
    }

    function parameters(uint32 scanRange) internal pure returns (UnderlyingParameters memory) {
        return UnderlyingParameters({
            scanRange: scanRange,
            optionMinimumInitial: 0.01e9,
            optionMinimumMaintenance: 0.005e9,
            perpMinimumInitial: 0.02e9,
            perpMinimumMaintenance: 0.015e9,
            venueRate: 0.005e9,
            oracleAllowance: 0.001e9,
            dailyVolatility: 0.04e9,
            depth: type(uint48).max,
            openInterestFrom: type(uint48).max - 1,
            openInterestTo: type(uint48).max,
            basisFlat: 0.5e9,
            basisPerYear: 2e9,
            concentrationCap: 3e9
        });
    }
}
