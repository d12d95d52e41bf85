// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {AccountId} from "../types/AccountId.sol";
import {IHubLedger} from "../interfaces/IHubLedger.sol";
import {Assessment} from "../interfaces/IMarginEngine.sol";
import {AssessCall} from "./AssessCall.sol";
import {HubState} from "./HubState.sol";

/// @notice Equity and requirement of one account over all chains.
library Portfolio {
    uint256 internal constant WAD_PER_CENT = 1e16;
    int256 internal constant WAD_PER_MICRO = 1e12;

    /// @notice Equity, requirement and outstanding credit. Adds are exact; haircut values round down. Reverts where the margin engine
    /// has no price for an open position, which may be a debt; collateral without one counts as nothing.
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
            (uint256 price, uint256 confidence, uint256 age) = s.oracle.read(a.underlying);
            // Without a price collateral backs nothing (CLR-13); to refuse instead would let anyone freeze an account
            // with a speck of an asset whose feed has stopped.
            if (age > maxAge) continue;
            uint256 unit = 10 ** a.sharedDecimals * 10_000;
            // What new risk is taken on is worth the least that the oracle vouches for.
            uint256 lower = Math.saturatingSub(price, confidence);
            m.equityInitialWad += int256(amount * lower * (10_000 - a.haircutInitialBps) / unit);
            m.equityMaintenanceWad += int256(amount * price * (10_000 - a.haircutMaintenanceBps) / unit);
        }
    }

    function _addPositions(HubState storage s, AccountId account, uint256 maxAge, IHubLedger.MarginState memory m)
        private
        view
    {
        Assessment memory a = AssessCall.assess(s, account, maxAge);
        m.equityInitialWad += a.valueInitialWad;
        m.equityMaintenanceWad += a.valueMaintenanceWad;
        m.initialWad = a.initialWad;
        m.maintenanceWad = a.maintenanceWad;
    }
}
