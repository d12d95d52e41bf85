// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccountParameters, MarginParameters, UnderlyingLimits, UnderlyingParameters} from "./MarginParameters.sol";
import {MarginSettings} from "./MarginSettings.sol";

/// @notice What is set for an underlying.
/// @param underlying zero: nothing is
struct UnderlyingSettings {
    bytes16 underlying;
    uint48 gainsCap;
    uint32 maxEpochAge;
    uint32 maxMove;
    UnderlyingParameters parameters;
}

/// @notice Setting of parameters. A linked library, for the engine has no room for it. The caller has checked the role.
library SettingsLogic {
    /// @dev Reverts with `Margin_ParameterOutOfRange`.
    function set(
        UnderlyingSettings storage s,
        bytes16 underlying,
        UnderlyingParameters memory parameters,
        UnderlyingLimits memory limits
    ) external {
        MarginParameters.check(parameters);
        MarginParameters.check(limits);
        s.underlying = underlying;
        (s.gainsCap, s.maxEpochAge, s.maxMove) = (limits.gainsCap, limits.maxEpochAge, limits.maxMove);
        s.parameters = parameters;
        emit MarginSettings.UnderlyingParametersSet(underlying, parameters, limits);
    }

    /// @dev Reverts with `Margin_ParameterOutOfRange`.
    function set(AccountParameters storage account, AccountParameters memory parameters) external {
        MarginParameters.check(parameters);
        (account.maintenanceRatio, account.crossCredit, account.bufferRatio) =
            (parameters.maintenanceRatio, parameters.crossCredit, parameters.bufferRatio);
        emit MarginSettings.AccountParametersSet(parameters);
    }
}
