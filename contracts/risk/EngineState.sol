// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IExpiryPrices} from "../interfaces/IExpiryPrices.sol";
import {IInstrumentRegistry} from "../interfaces/IInstrumentRegistry.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {EpochState} from "./EpochLogic.sol";
import {AccountParameters} from "./MarginParameters.sol";
import {MarginSettings} from "./MarginSettings.sol";
import {UnderlyingSettings} from "./SettingsLogic.sol";

/// @notice What the margin engine keeps, and where it reads.
/// @dev Inherited first by `ScenarioMarginEngine` and by `MarginCertificates`, whose code the engine runs as its own: so both find the same in
/// the same slots.
abstract contract EngineState {
    IPriceOracle internal immutable _oracle;
    IInstrumentRegistry internal immutable _registry;
    IExpiryPrices internal immutable _expiryPrices;

    mapping(uint256 underlyingIndex => UnderlyingSettings) internal _settings;
    AccountParameters internal _account;
    EpochState internal _epochs;

    constructor(IPriceOracle oracle_, IInstrumentRegistry registry_, IExpiryPrices expiryPrices_) {
        _oracle = oracle_;
        _registry = registry_;
        _expiryPrices = expiryPrices_;
    }

    /// @dev Place of an underlying in numbers; zero if it has none.
    function _indexOf(bytes16 underlying) internal view returns (uint256) {
        return _registry.underlyingIndexOf(underlying);
    }

    /// @dev Settings of an underlying that has them.
    function _settingsOf(uint256 underlyingIndex) internal view returns (UnderlyingSettings storage s) {
        s = _settings[underlyingIndex];
        if (s.underlying == 0) revert MarginSettings.Margin_NoParameters(underlyingIndex);
    }
}
