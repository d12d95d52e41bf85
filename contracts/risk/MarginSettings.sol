// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IInstrumentRegistry} from "../interfaces/IInstrumentRegistry.sol";
import {IMarginEngine} from "../interfaces/IMarginEngine.sol";
import {EngineState} from "./EngineState.sol";
import {AccountParameters, UnderlyingLimits, UnderlyingParameters} from "./MarginParameters.sol";
import {SettingsLogic, UnderlyingSettings} from "./SettingsLogic.sol";

/// @notice Parameters of the scenario margin, behind a role. By the place that an underlying has in the numbers of instruments, so that a
/// margin check asks no registry.
abstract contract MarginSettings is EngineState, IMarginEngine, AccessManaged {
    event UnderlyingParametersSet(bytes16 indexed underlying, UnderlyingParameters parameters, UnderlyingLimits limits);
    /// @param base open interest, 1e-8; at `priceWad`, the oracle's, it makes `sharePpm` (`OpenInterestRamp.shareOf`), of which `rampPpm` is charged: while
    /// that is less, the ramp rises
    event OpenInterestUpdated(bytes16 indexed underlying, uint256 base, uint256 priceWad, uint256 sharePpm, uint256 rampPpm);
    event AccountParametersSet(AccountParameters parameters);

    /// @param field name of the parameter, as in the struct
    error Margin_ParameterOutOfRange(string field, uint256 found, uint256 least, uint256 most);
    /// @notice No parameters were set for the underlying.
    error Margin_NoParameters(uint256 underlyingIndex);
    /// @notice No instrument of the underlying is listed, so it has no place to keep parameters at: first the hub lists one, then they are set.
    error Margin_NotListed(bytes16 underlying);

    /// @param account within `MarginParameters.check`
    constructor(AccountParameters memory account) {
        SettingsLogic.set(_account, account);
    }

    /// @inheritdoc IMarginEngine
    function registry() external view returns (IInstrumentRegistry) {
        return _registry;
    }

    /// @notice Sets all parameters of an underlying of which something is listed; until then nothing of it can be margined. Role-gated.
    /// @dev Another price scan range changes what perpetuals alone need at once, and the rest with the next epoch. Other caps of open
    /// interest change nothing before `updateOpenInterest` is called: until then its ramp charges as it did, so call it with them.
    function setUnderlyingParameters(
        bytes16 underlying,
        UnderlyingParameters calldata parameters,
        UnderlyingLimits calldata limits
    ) external restricted {
        uint256 index = _indexOf(underlying);
        if (index == 0) revert Margin_NotListed(underlying);
        SettingsLogic.set(_settings[index], underlying, parameters, limits);
    }

    /// @notice Has the ramp charge by the hub's open interest at the oracle's price, which must not be older than an epoch may be. Anyone may call,
    /// and somebody has to: what is traded, moved or expired since, the ramp does not know. Of a new underlying it charges nothing before, and at first: it
    /// charges up to a ceiling that moves by `rampPerDay` towards what was told last.
    function updateOpenInterest(bytes16 underlying) external {
        SettingsLogic.updateOpenInterest(_settingsOf(_indexOf(underlying)), _registry, _oracle);
    }

    /// @notice Sets the parameters of all accounts. Role-gated.
    function setAccountParameters(AccountParameters calldata parameters) external restricted {
        SettingsLogic.set(_account, parameters);
    }

    /// @notice Parameters of an underlying; all zero if never set.
    function underlyingParametersOf(bytes16 underlying) external view returns (UnderlyingSettings memory) {
        return _settings[_indexOf(underlying)];
    }

    /// @notice Parameters of all accounts.
    function accountParameters() external view returns (AccountParameters memory) {
        return _account;
    }
}
