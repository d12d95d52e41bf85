// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IClearingHub} from "../interfaces/IClearingHub.sol";
import {IMarginEngine} from "../interfaces/IMarginEngine.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {CommandCodec} from "../libraries/CommandCodec.sol";
import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {Pair, PairLib} from "../types/Pair.sol";
import {CreditLogic} from "./CreditLogic.sol";
import {HubState} from "./HubState.sol";
import {PackedPosition} from "./PackedPosition.sol";
import {ReportLogic} from "./ReportLogic.sol";
import {SettlementLogic} from "./SettlementLogic.sol";
import {WalletRights} from "./WalletRights.sol";

/// @notice The hub's ledger, and everything that reads it without changing it.
abstract contract HubViews is IClearingHub {
    HubState internal _s;

    /// @inheritdoc IClearingHub
    function requestIdOf(uint32 eid, uint64 number) external pure returns (bytes32) {
        return ReportLogic.requestIdOf(eid, number);
    }

    /// @inheritdoc IClearingHub
    function settlementAsset() external view returns (uint16) {
        return _s.settlementAsset;
    }

    /// @inheritdoc IClearingHub
    function balanceOf(AccountId account, uint16 asset) external view returns (int256) {
        return asset == _s.settlementAsset ? int256(_s.cash[account]) : int256(uint256(_s.collateral[account][asset]));
    }

    /// @inheritdoc IClearingHub
    function marginOf(AccountId account) external view returns (MarginState memory) {
        return CreditLogic.marginOf(_s, account);
    }

    /// @inheritdoc IClearingHub
    function positionOf(AccountId account, InstrumentId instrument) external view returns (NetPosition memory) {
        return PackedPosition.unpack(_s.positions[account][instrument]);
    }

    /// @inheritdoc IClearingHub
    function instrumentsOf(AccountId account) external view returns (InstrumentId[] memory) {
        return _s.instruments[account];
    }

    /// @inheritdoc IClearingHub
    function creditLineOf(AccountId account, uint32 eid) external view returns (CreditLine memory) {
        return _s.credit[account][eid];
    }

    /// @inheritdoc IClearingHub
    function venueAllowanceOf(AccountId account, uint32 eid, address venue)
        external
        view
        returns (VenueAllowance memory)
    {
        return _s.venueAllowances[account][eid][venue];
    }

    /// @inheritdoc IClearingHub
    function liquidityOf(uint32 eid, uint16 asset) external view returns (Liquidity memory) {
        return _s.liquidity[eid][asset];
    }

    /// @inheritdoc IClearingHub
    function variationPoolOf(InstrumentId instrument) external view returns (uint256) {
        return _s.variationPool[instrument];
    }

    /// @inheritdoc IClearingHub
    function unmatchedGainOf(uint32 eid, InstrumentId instrument) external view returns (uint256) {
        return SettlementLogic.unmatchedGainOf(_s, eid, instrument);
    }

    /// @inheritdoc IClearingHub
    function pairOf(uint32 eid, uint32 accountIndex, uint16 instrumentIndex) external view returns (Pair memory) {
        return PairLib.unpack(_s.pairs[eid][ReportLogic.pairKey(accountIndex, instrumentIndex)]);
    }

    /// @inheritdoc IClearingHub
    function accountAt(uint32 eid, uint32 index) external view returns (AccountId) {
        return _s.accountAt[eid][index];
    }

    /// @inheritdoc IClearingHub
    function instrumentAt(uint32 eid, uint16 index) external view returns (InstrumentId) {
        return _s.instrumentAt[eid][index];
    }

    /// @inheritdoc IClearingHub
    function depositSeenOf(uint32 eid, AccountId account, uint16 asset, uint8 purpose) external view returns (uint64) {
        return _s.depositSeen[eid][account][asset][purpose];
    }

    /// @inheritdoc IClearingHub
    function withdrawalOf(bytes32 requestId) external view returns (WithdrawalRequest memory) {
        return _s.withdrawals[requestId];
    }

    /// @inheritdoc IClearingHub
    function payoutOf(bytes32 payoutId) external view returns (Payout memory) {
        return _s.payouts[payoutId];
    }

    /// @inheritdoc IClearingHub
    function rightsOf(AccountId account, uint32 eid, address wallet) external view returns (uint8) {
        return WalletRights.rightsOf(_s, account, eid, wallet);
    }

    /// @inheritdoc IClearingHub
    function freezeOf(AccountId account) external view returns (Freeze memory) {
        return _s.freezes[account];
    }

    /// @inheritdoc IClearingHub
    function isFrozenEverywhere(AccountId account) external view returns (bool) {
        return CreditLogic.isFrozenEverywhere(_s, account);
    }

    /// @inheritdoc IClearingHub
    function laneOf(uint32 eid) external view returns (Lane memory) {
        return _s.lanes[eid];
    }

    /// @inheritdoc IClearingHub
    function eids() external view returns (uint32[] memory) {
        return _s.eids;
    }

    /// @inheritdoc IClearingHub
    function assetOf(uint16 asset) external view returns (Asset memory) {
        return _s.assets[asset];
    }

    /// @inheritdoc IClearingHub
    function termsOf(InstrumentId instrument) external view returns (CommandCodec.InstrumentTerms memory) {
        return _s.terms[instrument];
    }

    /// @inheritdoc IClearingHub
    function oracle() external view returns (IPriceOracle) {
        return _s.oracle;
    }

    /// @inheritdoc IClearingHub
    function marginEngine() external view returns (IMarginEngine) {
        return _s.marginEngine;
    }

    /// @inheritdoc IClearingHub
    function maxPriceAge() external view returns (uint32) {
        return _s.maxPriceAge;
    }
}
