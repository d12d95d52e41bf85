// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubViews} from "../interfaces/IHubViews.sol";
import {IInstrumentRegistry} from "../interfaces/IInstrumentRegistry.sol";
import {IMarginEngine} from "../interfaces/IMarginEngine.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {AccountParameters, MarginParameters, UnderlyingLimits, UnderlyingParameters} from "./MarginParameters.sol";
import {MarginSettings} from "./MarginSettings.sol";
import {OpenInterestRamp} from "./OpenInterestRamp.sol";

/// @notice What is set for an underlying.
/// @param underlying zero: nothing is
/// @param rampPpm `OpenInterestRamp.shareOf` when it was last told; zero until then
/// @dev The first slot is full, and a margin check reads it whatever it is about.
struct UnderlyingSettings {
    bytes16 underlying;
    uint48 gainsCap;
    uint24 maxEpochAge;
    uint32 maxMove;
    uint24 rampPpm;
    UnderlyingParameters parameters;
}

/// @notice Setting of parameters, and of what open interest makes of them. A linked library, for the engine has no room for it. The caller has checked the role
/// where there is one.
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
        (s.gainsCap, s.maxEpochAge, s.maxMove) = (limits.gainsCap, uint24(limits.maxEpochAge), limits.maxMove);
        s.parameters = parameters;
        emit MarginSettings.UnderlyingParametersSet(underlying, parameters, limits);
    }

    /// @dev Reverts with `Margin_StalePrice`.
    function updateOpenInterest(UnderlyingSettings storage s, IInstrumentRegistry registry, IPriceOracle oracle) external {
        bytes16 underlying = s.underlying;
        (uint256 priceWad,, uint256 age) = oracle.read(underlying);
        uint256 maxAge = s.maxEpochAge;
        if (priceWad == 0 || age > maxAge) revert IMarginEngine.Margin_StalePrice(underlying, age, maxAge);
        uint256 base = IHubViews(registry.hub()).openInterestOf(underlying);
        uint256 rampPpm =
            OpenInterestRamp.shareOf(base, priceWad, s.parameters.openInterestFrom, s.parameters.openInterestTo);
        s.rampPpm = uint24(rampPpm);
        emit MarginSettings.OpenInterestUpdated(underlying, base, priceWad, rampPpm);
    }

    /// @dev Reverts with `Margin_ParameterOutOfRange`.
    function set(AccountParameters storage account, AccountParameters memory parameters) external {
        MarginParameters.check(parameters);
        (account.maintenanceRatio, account.crossCredit, account.bufferRatio) =
            (parameters.maintenanceRatio, parameters.crossCredit, parameters.bufferRatio);
        emit MarginSettings.AccountParametersSet(parameters);
    }
}
