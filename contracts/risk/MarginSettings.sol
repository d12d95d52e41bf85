// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IInstrumentRegistry} from "../interfaces/IInstrumentRegistry.sol";
import {IMarginEngine} from "../interfaces/IMarginEngine.sol";
import {AccountParameters, UnderlyingLimits, UnderlyingParameters} from "./MarginParameters.sol";
import {SettingsLogic, UnderlyingSettings} from "./SettingsLogic.sol";

/// @notice Parameters of the scenario margin, behind a role. By the place that an underlying has in the numbers of instruments, so that a
/// margin check asks no registry.
abstract contract MarginSettings is IMarginEngine, AccessManaged {
    /// @inheritdoc IMarginEngine
    IInstrumentRegistry public immutable registry;

    mapping(uint256 underlyingIndex => UnderlyingSettings) internal _settings;
    AccountParameters internal _account;

    event UnderlyingParametersSet(bytes16 indexed underlying, UnderlyingParameters parameters, UnderlyingLimits limits);
    event AccountParametersSet(AccountParameters parameters);

    /// @param field name of the parameter, as in the struct
    error Margin_ParameterOutOfRange(string field, uint256 found, uint256 least, uint256 most);
    /// @notice No parameters were set for the underlying.
    error Margin_NoParameters(uint256 underlyingIndex);
    /// @notice No instrument of the underlying is listed, so it has no place to keep parameters at: first the hub lists one, then they are set.
    error Margin_NotListed(bytes16 underlying);

    /// @param account within `MarginParameters.check`
    constructor(IInstrumentRegistry registry_, AccountParameters memory account) {
        registry = registry_;
        SettingsLogic.set(_account, account);
    }

    /// @notice Sets all parameters of an underlying of which something is listed; until then nothing of it can be margined. Role-gated.
    /// @dev Another price scan range changes what perpetuals alone need at once, and the rest with the next epoch.
    function setUnderlyingParameters(
        bytes16 underlying,
        UnderlyingParameters calldata parameters,
        UnderlyingLimits calldata limits
    ) external restricted {
        uint256 index = registry.underlyingIndexOf(underlying);
        if (index == 0) revert Margin_NotListed(underlying);
        SettingsLogic.set(_settings[index], underlying, parameters, limits);
    }

    /// @notice Sets the parameters of all accounts. Role-gated.
    function setAccountParameters(AccountParameters calldata parameters) external restricted {
        SettingsLogic.set(_account, parameters);
    }

    /// @notice Parameters of an underlying; all zero if never set.
    function underlyingParametersOf(bytes16 underlying) external view returns (UnderlyingSettings memory) {
        return _settings[registry.underlyingIndexOf(underlying)];
    }

    /// @notice Parameters of all accounts.
    function accountParameters() external view returns (AccountParameters memory) {
        return _account;
    }

    /// @dev Settings of an underlying that has them.
    function _settingsOf(uint256 underlyingIndex) internal view returns (UnderlyingSettings storage s) {
        s = _settings[underlyingIndex];
        if (s.underlying == 0) revert Margin_NoParameters(underlyingIndex);
    }
}
