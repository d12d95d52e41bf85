// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {IHubLedger} from "../interfaces/IHubLedger.sol";
import {Exposure} from "../interfaces/IMarginEngine.sol";
import {PositionValue} from "../libraries/PositionValue.sol";
import {HubState} from "./HubState.sol";
import {PackedPosition} from "./PackedPosition.sol";

/// @notice Equity and requirement of one account over all chains.
library Portfolio {
    uint256 internal constant WAD_PER_CENT = 1e16;
    int256 internal constant WAD_PER_MICRO = 1e12;

    /// @notice Price that is no older than the hub's limit (CLR-13).
    function freshPrice(HubState storage s, bytes16 underlying) internal view returns (uint256 priceWad) {
        return _price(s, underlying, s.maxPriceAge);
    }

    /// @notice Latest price, however old; reverts if there never was one.
    function lastPrice(HubState storage s, bytes16 underlying) internal view returns (uint256 priceWad) {
        return _price(s, underlying, type(uint256).max);
    }

    /// @notice Equity, requirement and outstanding credit. Adds are exact; haircut values round down. Reverts without a
    /// price for an open position, which may be a debt; collateral without one counts as nothing.
    /// @param fresh whether prices must be younger than the hub's limit: for every decision
    function margin(HubState storage s, AccountId account, bool fresh)
        internal
        view
        returns (IHubLedger.MarginState memory m)
    {
        uint256 maxAge = fresh ? s.maxPriceAge : type(uint256).max;
        m.equityInitialWad = int256(s.cash[account]) * WAD_PER_MICRO;
        m.equityMaintenanceWad = m.equityInitialWad;
        _addCollateral(s, account, maxAge, m);
        _addPositions(s, account, maxAge, m);
        m.outstandingWad = outstanding(s, account, 0) * WAD_PER_CENT;
    }

    /// @notice Opening credit outstanding in cents, over all spokes but `exceptEid`.
    function outstanding(HubState storage s, AccountId account, uint32 exceptEid) internal view returns (uint256 cents) {
        uint256 count = s.eids.length;
        for (uint256 i; i < count; ++i) {
            uint32 eid = s.eids[i];
            if (eid == exceptEid) continue;
            IHubLedger.CreditLine storage line = s.credit[account][eid];
            cents += line.ceiling - line.usedApplied;
        }
    }

    function _addCollateral(HubState storage s, AccountId account, uint256 maxAge, IHubLedger.MarginState memory m)
        private
        view
    {
        uint256 count = s.assetIds.length;
        for (uint256 i; i < count; ++i) {
            uint16 asset = s.assetIds[i];
            uint256 amount = s.collateral[account][asset];
            if (amount == 0) continue;
            IHubLedger.Asset storage a = s.assets[asset];
            (uint256 price, uint256 age) = _read(s, a.underlying);
            // Without a price collateral backs nothing (CLR-13); to refuse instead would let anyone freeze an account
            // with a speck of an asset whose feed has stopped.
            if (age > maxAge) continue;
            uint256 value = amount * price;
            uint256 unit = 10 ** a.sharedDecimals * 10_000;
            m.equityInitialWad += int256(value * (10_000 - a.haircutInitialBps) / unit);
            m.equityMaintenanceWad += int256(value * (10_000 - a.haircutMaintenanceBps) / unit);
        }
    }

    function _addPositions(HubState storage s, AccountId account, uint256 maxAge, IHubLedger.MarginState memory m)
        private
        view
    {
        InstrumentId[] memory held = s.instruments[account];
        Exposure[] memory exposures = new Exposure[](held.length);
        uint256 open;
        int256 value;
        for (uint256 i; i < held.length; ++i) {
            IHubLedger.NetPosition memory p = PackedPosition.unpack(s.positions[account][held[i]]);
            if (p.base == 0 && p.longs == 0 && p.shorts == 0) {
                value += p.quote;
                continue;
            }
            uint256 mark = _price(s, held[i].underlying(), maxAge);
            value += PositionValue.micros(p.base, p.quote, mark);
            exposures[open++] = Exposure(held[i], p.base, p.longs, p.shorts, mark);
        }
        m.equityInitialWad += value * WAD_PER_MICRO;
        m.equityMaintenanceWad += value * WAD_PER_MICRO;
        if (open == 0) return;
        assembly ("memory-safe") {
            mstore(exposures, open)
        }
        (m.initialWad, m.maintenanceWad) = s.marginEngine.requirement(exposures);
    }

    function _price(HubState storage s, bytes16 underlying, uint256 maxAge) private view returns (uint256 priceWad) {
        uint256 age;
        (priceWad, age) = _read(s, underlying);
        if (priceWad == 0 || age > maxAge) revert IHubLedger.Hub_StalePrice(underlying, age, maxAge);
    }

    /// @dev Zero if there never was a price.
    function _read(HubState storage s, bytes16 underlying) private view returns (uint256 priceWad, uint256 age) {
        uint256 time;
        (priceWad, time) = s.oracle.latest(underlying);
        age = block.timestamp > time ? block.timestamp - time : 0;
    }
}
