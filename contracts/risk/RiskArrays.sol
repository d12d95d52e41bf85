// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IExpiryPrices} from "../interfaces/IExpiryPrices.sol";
import {IMarginEngine} from "../interfaces/IMarginEngine.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {Epoch, IRiskArrays} from "../interfaces/IRiskArrays.sol";
import {ISurfaceBook} from "../interfaces/ISurfaceBook.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {EpochLogic, EpochSources, EpochState} from "./EpochLogic.sol";
import {MarginSettings} from "./MarginSettings.sol";

/// @notice Keeps the epochs.
abstract contract RiskArrays is IRiskArrays, MarginSettings {
    /// @inheritdoc IMarginEngine
    IPriceOracle public immutable oracle;
    IExpiryPrices public immutable expiryPrices;
    ISurfaceBook public immutable surfaces;

    EpochState internal _epochs;

    constructor(IPriceOracle oracle_, IExpiryPrices expiryPrices_, ISurfaceBook surfaces_) {
        oracle = oracle_;
        expiryPrices = expiryPrices_;
        surfaces = surfaces_;
    }

    /// @inheritdoc IRiskArrays
    function refresh(bytes16 underlying, uint256 maxOptions) external returns (bool isLive) {
        uint256 index = registry.underlyingIndexOf(underlying);
        EpochSources memory from = EpochSources(oracle, registry, expiryPrices, surfaces);
        return EpochLogic.refresh(_epochs, from, _settingsOf(index), index, maxOptions);
    }

    /// @inheritdoc IRiskArrays
    function entryOf(InstrumentId instrument, uint256 generation, uint256 priceWad, uint256 time, uint256 scanRange)
        external
        view
        returns (bytes memory)
    {
        return EpochLogic.entryOf(surfaces, instrument, generation, priceWad, time, scanRange);
    }

    /// @inheritdoc IRiskArrays
    function epochOf(bytes16 underlying) external view returns (Epoch memory epoch, address[] memory chunks) {
        return EpochLogic.read(_epochs.live[registry.underlyingIndexOf(underlying)]);
    }

    /// @inheritdoc IRiskArrays
    function draftOf(address caller, bytes16 underlying)
        external
        view
        returns (Epoch memory epoch, address[] memory chunks)
    {
        return EpochLogic.read(_epochs.drafts[caller][registry.underlyingIndexOf(underlying)]);
    }
}
