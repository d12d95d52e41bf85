// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {AccountId} from "../types/AccountId.sol";
import {IHubLedger} from "../interfaces/IHubLedger.sol";
import {Certificate, CertifiedMargin} from "../interfaces/IMarginCertificates.sol";
import {Assessment} from "../interfaces/IMarginEngine.sol";
import {AssessCall} from "./AssessCall.sol";
import {Freshness} from "./Freshness.sol";
import {CashBalance, HubState} from "./HubState.sol";
import {LendingPool} from "./LendingPool.sol";

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
        _addHoldings(s, account, maxAge, m);
        _addPositions(s, account, maxAge, m);
        m.outstandingWad = outstanding(s, account, 0) * WAD_PER_CENT;
    }

    /// @notice What a certificate proves, at the latest prices, however old.
    function certified(HubState storage s, AccountId account, Certificate calldata certificate)
        internal
        view
        returns (IHubLedger.CertifiedMarginState memory c)
    {
        IHubLedger.MarginState memory m;
        // Freshness of lanes matters to initial margin only.
        uint256[] memory none;
        _addCash(s, account, none, m);
        _addCollateral(s, account, type(uint256).max, none, m);
        CertifiedMargin memory proven = AssessCall.certify(s, account, certificate);
        c.equityWad = m.equityMaintenanceWad + proven.valueWad;
        (c.bandWad, c.maintenanceWad) = (proven.bandWad, proven.maintenanceWad);
        c.isBelow = c.equityWad + int256(c.bandWad) < int256(c.maintenanceWad);
    }

    /// @notice Whether cash and collateral alone, once they have paid a loss of `loss` (1e-6 dollar) that is in the account's positions, cover its
    /// other losses and every requirement, at fresh prices. Unrealised gains, which no loser may ever pay, count only against unrealised losses.
    function coversLoss(HubState storage s, AccountId account, uint256 loss) internal view returns (bool) {
        IHubLedger.MarginState memory m;
        _addHoldings(s, account, s.maxPriceAge, m);
        (int256 initial, int256 maintenance) = (m.equityInitialWad, m.equityMaintenanceWad);
        _addPositions(s, account, s.maxPriceAge, m);
        int256 lossWad = int256(loss) * WAD_PER_MICRO;
        initial += SignedMath.min(0, m.equityInitialWad - initial + lossWad) - lossWad;
        maintenance += SignedMath.min(0, m.equityMaintenanceWad - maintenance + lossWad) - lossWad;
        uint256 lent = outstanding(s, account, 0) * WAD_PER_CENT;
        return initial >= int256(m.initialWad + lent) && maintenance >= int256(m.maintenanceWad + lent + m.closingWad);
    }

    /// @dev Equity without positions.
    function _addHoldings(HubState storage s, AccountId account, uint256 maxAge, IHubLedger.MarginState memory m) private view {
        uint256[] memory lanes = Freshness.ofLanes(s);
        _addCash(s, account, lanes, m);
        _addCollateral(s, account, maxAge, lanes, m);
    }

    /// @notice Opening credit outstanding in cents, over all spokes but `exceptEid`.
    function outstanding(HubState storage s, AccountId account, uint32 exceptEid) internal view returns (uint256 cents) {
        mapping(uint32 eid => IHubLedger.CreditLine) storage lines = s.credit[account];
        for (uint256 i; i < s.eids.length; ++i) {
            uint32 eid = s.eids[i];
            if (eid == 0) break;
            if (eid == exceptEid) continue;
            IHubLedger.CreditLine storage line = lines[eid];
            cents += line.ceiling - line.usedApplied;
        }
    }

    /// @notice What the account owes now, with interest, 1e-6 dollar.
    function debtOf(HubState storage s, AccountId account) internal view returns (uint256) {
        return _owed(s, s.cash[account].debt);
    }

    /// @notice Cash less what is owed, 1e-6 dollar.
    function cashOf(HubState storage s, AccountId account) internal view returns (int256) {
        CashBalance memory cash = s.cash[account];
        return int256(uint256(cash.held)) - int256(_owed(s, cash.debt));
    }

    /// @notice CLR-06: reverts unless equity ≥ initial requirement + outstanding opening credit, and ≥ maintenance requirement + all credit, at
    /// fresh prices.
    function requireInitial(HubState storage s, AccountId account) internal view {
        IHubLedger.MarginState memory m = margin(s, account, true);
        uint256 required = m.initialWad + m.outstandingWad;
        if (m.equityInitialWad < int256(required)) {
            revert IHubLedger.Hub_InsufficientMargin(account, required, m.equityInitialWad);
        }
        required = m.maintenanceWad + m.outstandingWad + m.closingWad;
        if (m.equityMaintenanceWad < int256(required)) {
            revert IHubLedger.Hub_InsufficientMargin(account, required, m.equityMaintenanceWad);
        }
        if (!isLoanCovered(s, account)) revert IHubLedger.Hub_LoanNotCovered(account, debtOf(s, account));
    }

    /// @notice Whether the account owes nothing, or cash and collateral alone cover it as `coversLoss` asks: what backs a loan stays, whatever else is
    /// gained.
    function isLoanCovered(HubState storage s, AccountId account) internal view returns (bool) {
        return s.cash[account].debt == 0 || coversLoss(s, account, 0);
    }

    function _owed(HubState storage s, uint256 units) private view returns (uint256) {
        if (units == 0) return 0;
        (uint256 index,,) = LendingPool.accrued(s.lending);
        return LendingPool.owed(units, index);
    }

    /// @dev A debt has no place either, and counts in full.
    function _addCash(HubState storage s, AccountId account, uint256[] memory lanes, IHubLedger.MarginState memory m)
        private
        view
    {
        int256 cash = cashOf(s, account) * WAD_PER_MICRO;
        m.equityMaintenanceWad = cash;
        m.equityInitialWad = cash <= 0 || lanes.length == 0
            ? cash
            : int256(uint256(cash) * Freshness.ofAsset(s, s.settlementAsset, lanes) / Freshness.ONE);
    }

    function _addCollateral(
        HubState storage s,
        AccountId account,
        uint256 maxAge,
        uint256[] memory lanes,
        IHubLedger.MarginState memory m
    ) private view {
        mapping(uint16 asset => uint128) storage held = s.collateral[account];
        for (uint256 i; i < s.assetIds.length; ++i) {
            uint16 asset = s.assetIds[i];
            if (asset == 0) break;
            uint256 amount = held[asset];
            if (amount == 0) continue;
            (uint256 initial, uint256 maintenance) = _valueOf(s, asset, amount, maxAge);
            if (lanes.length != 0 && initial != 0) initial = initial * Freshness.ofAsset(s, asset, lanes) / Freshness.ONE;
            m.equityInitialWad += int256(initial);
            m.equityMaintenanceWad += int256(maintenance);
        }
    }

    /// @dev After either haircut, rounded down.
    function _valueOf(HubState storage s, uint16 asset, uint256 amount, uint256 maxAge)
        private
        view
        returns (uint256 initialWad, uint256 maintenanceWad)
    {
        IHubLedger.Asset storage a = s.assets[asset];
        (uint256 price, uint256 confidence, uint256 age) = s.oracle.read(a.underlying);
        // Without a price collateral backs nothing (CLR-13); to refuse instead would let anyone freeze an account
        // with a speck of an asset whose feed has stopped.
        if (age > maxAge) return (0, 0);
        uint256 unit = 10 ** a.sharedDecimals * 10_000;
        // What new risk is taken on is worth the least that the oracle vouches for.
        uint256 lower = Math.saturatingSub(price, confidence);
        initialWad = amount * lower * (10_000 - a.haircutInitialBps) / unit;
        maintenanceWad = amount * price * (10_000 - a.haircutMaintenanceBps) / unit;
    }

    function _addPositions(HubState storage s, AccountId account, uint256 maxAge, IHubLedger.MarginState memory m)
        private
        view
    {
        (Assessment memory a, uint256 closingCents) = AssessCall.assess(s, account, maxAge);
        m.equityInitialWad += a.valueInitialWad;
        m.equityMaintenanceWad += a.valueMaintenanceWad;
        m.initialWad = a.initialWad;
        m.maintenanceWad = a.maintenanceWad;
        m.closingWad = closingCents * WAD_PER_CENT;
    }
}
