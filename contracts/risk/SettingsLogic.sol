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
/// @param rampPpm what the ramp charges, `OpenInterestRamp.chargedOf` when open interest was last told; zero until then
/// @param rampPerDay limit
/// @param toldPpm `OpenInterestRamp.shareOf` when it was last told
/// @param rampCeiling `OpenInterestRamp.ceilingOf` at `rampTime`, unix seconds
/// @dev The first slot is full, and a margin check reads it whatever it is about; the last it never reads.
struct UnderlyingSettings {
    bytes16 underlying;
    uint48 gainsCap;
    uint24 maxEpochAge;
    uint32 maxMove;
    uint24 rampPpm;
    UnderlyingParameters parameters;
    uint40 rampPerDay;
    uint24 toldPpm;
    uint48 rampCeiling;
    uint40 rampTime;
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
        // At the old rate until now.
        _moveCeiling(s);
        s.underlying = underlying;
        (s.gainsCap, s.maxEpochAge, s.maxMove) = (limits.gainsCap, uint24(limits.maxEpochAge), limits.maxMove);
        s.rampPerDay = limits.rampPerDay;
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
        uint256 sharePpm =
            OpenInterestRamp.shareOf(base, priceWad, s.parameters.openInterestFrom, s.parameters.openInterestTo);
        uint256 rampPpm = OpenInterestRamp.chargedOf(sharePpm, _moveCeiling(s));
        (s.toldPpm, s.rampPpm) = (uint24(sharePpm), uint24(rampPpm));
        emit MarginSettings.OpenInterestUpdated(underlying, base, priceWad, sharePpm, rampPpm);
    }

    /// @dev Reverts with `Margin_ParameterOutOfRange`.
    function set(AccountParameters storage account, AccountParameters memory parameters) external {
        MarginParameters.check(parameters);
        (account.maintenanceRatio, account.crossCredit, account.bufferRatio) =
            (parameters.maintenanceRatio, parameters.crossCredit, parameters.bufferRatio);
        emit MarginSettings.AccountParametersSet(parameters);
    }

    /// @dev Before anything has been told it stays at zero, whatever time has passed.
    function _moveCeiling(UnderlyingSettings storage s) private returns (uint256 ceiling) {
        uint256 most = s.rampPerDay * (block.timestamp - s.rampTime);
        ceiling = OpenInterestRamp.ceilingOf(s.rampCeiling, s.toldPpm, most);
        (s.rampCeiling, s.rampTime) = (uint48(ceiling), uint40(block.timestamp));
    }
}
