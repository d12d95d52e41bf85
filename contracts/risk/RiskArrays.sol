// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IExpiryPrices} from "../interfaces/IExpiryPrices.sol";
import {IMarginEngine} from "../interfaces/IMarginEngine.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {Epoch, IRiskArrays} from "../interfaces/IRiskArrays.sol";
import {ISurfaceBook} from "../interfaces/ISurfaceBook.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {EpochLogic, EpochSources} from "./EpochLogic.sol";
import {MarginSettings} from "./MarginSettings.sol";

/// @notice Keeps the epochs.
abstract contract RiskArrays is IRiskArrays, MarginSettings {
    ISurfaceBook public immutable surfaces;

    constructor(ISurfaceBook surfaces_) {
        surfaces = surfaces_;
    }

    /// @inheritdoc IMarginEngine
    function oracle() external view returns (IPriceOracle) {
        return _oracle;
    }

    function expiryPrices() external view returns (IExpiryPrices) {
        return _expiryPrices;
    }

    /// @inheritdoc IRiskArrays
    function refresh(bytes16 underlying, uint256 maxOptions) external returns (bool isLive) {
        uint256 index = _indexOf(underlying);
        EpochSources memory from = EpochSources(_oracle, _registry, _expiryPrices, surfaces);
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
        return EpochLogic.read(_epochs.live[_indexOf(underlying)]);
    }

    /// @inheritdoc IRiskArrays
    function draftOf(address caller, bytes16 underlying)
        external
        view
        returns (Epoch memory epoch, address[] memory chunks)
    {
        return EpochLogic.read(_epochs.drafts[caller][_indexOf(underlying)]);
    }
}
