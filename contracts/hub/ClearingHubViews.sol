// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IFundingRates} from "../interfaces/IFundingRates.sol";
import {IHubViews} from "../interfaces/IHubViews.sol";
import {IInstrumentRegistry} from "../interfaces/IInstrumentRegistry.sol";
import {Certificate} from "../interfaces/IMarginCertificates.sol";
import {IMarginEngine} from "../interfaces/IMarginEngine.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {CommandCodec} from "../libraries/CommandCodec.sol";
import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {Pair, PairLib} from "../types/Pair.sol";
import {ClosingBook} from "./ClosingBook.sol";
import {CreditLogic} from "./CreditLogic.sol";
import {FundedPosition} from "./FundedPosition.sol";
import {FundingLogic} from "./FundingLogic.sol";
import {HubStorage} from "./HubState.sol";
import {InstrumentList, InstrumentListLib} from "./InstrumentList.sol";
import {LendingLogic} from "./LendingLogic.sol";
import {OpenInterest} from "./OpenInterest.sol";
import {PackedPosition} from "./PackedPosition.sol";
import {Portfolio} from "./Portfolio.sol";
import {ReportLogic} from "./ReportLogic.sol";
import {SettlementLogic} from "./SettlementLogic.sol";
import {WalletRights} from "./WalletRights.sol";

/// @title Reads of the hub's ledger
/// @notice Code that `ClearingHub` runs as its own for whatever it does not answer itself, since both do not fit into one contract
/// (24,576 bytes). Its own storage is empty: called by its own address it tells nothing. Views only, so nothing that it does can
/// change the ledger; decisions about margin do not come here, they are the libraries'.
contract ClearingHubViews is HubStorage, IHubViews {
    using InstrumentListLib for InstrumentList;

    /// @inheritdoc IHubViews
    function requestIdOf(uint32 eid, uint64 number) external pure returns (bytes32) {
        return ReportLogic.requestIdOf(eid, number);
    }

    /// @inheritdoc IHubViews
    function settlementAsset() external view returns (uint16) {
        return _s.settlementAsset;
    }

    /// @inheritdoc IHubViews
    function balanceOf(AccountId account, uint16 asset) external view returns (int256) {
        return asset == _s.settlementAsset ? Portfolio.cashOf(_s, account) : int256(uint256(_s.collateral[account][asset]));
    }

    /// @inheritdoc IHubViews
    function marginOf(AccountId account) external view returns (MarginState memory) {
        return CreditLogic.marginOf(_s, account, false);
    }

    /// @inheritdoc IHubViews
    function freshMarginOf(AccountId account) external view returns (MarginState memory) {
        return CreditLogic.marginOf(_s, account, true);
    }

    /// @inheritdoc IHubViews
    function certifiedMarginOf(AccountId account, Certificate calldata certificate)
        external
        view
        returns (CertifiedMarginState memory)
    {
        return CreditLogic.certifiedMarginOf(_s, account, certificate);
    }

    /// @inheritdoc IHubViews
    function mayBorrow(AccountId account, uint256 loss) external view returns (bool) {
        return LendingLogic.mayBorrow(_s, account, loss);
    }

    /// @inheritdoc IHubViews
    function debtOf(AccountId account) external view returns (uint256) {
        return Portfolio.debtOf(_s, account);
    }

    /// @inheritdoc IHubViews
    function lenderOf(AccountId account) external view returns (Lender memory) {
        return _s.lenders[account];
    }

    /// @inheritdoc IHubViews
    function lendingState() external view returns (LendingState memory) {
        return LendingLogic.stateOf(_s);
    }

    /// @inheritdoc IHubViews
    function positionOf(AccountId account, InstrumentId instrument) external view returns (NetPosition memory) {
        uint32 number = _s.numberOf[instrument];
        uint256 position = _s.positions[account][number];
        return PackedPosition.unpack(position, FundedPosition.quoteOf(_s, number, position));
    }

    /// @inheritdoc IHubViews
    function instrumentsOf(AccountId account) external view returns (InstrumentId[] memory instruments) {
        uint32[] memory numbers = _s.held[account].all();
        instruments = new InstrumentId[](numbers.length);
        for (uint256 i; i < numbers.length; ++i) {
            instruments[i] = _s.instrumentOf[numbers[i]];
        }
    }

    /// @inheritdoc IHubViews
    function creditLineOf(AccountId account, uint32 eid) external view returns (CreditLine memory) {
        return _s.credit[account][eid];
    }

    /// @inheritdoc IHubViews
    function closingOf(AccountId account, uint32 eid, InstrumentId instrument) external view returns (ClosingLine memory) {
        return _s.closings[account][eid][_s.numberOf[instrument]];
    }

    /// @inheritdoc IHubViews
    function openClosingsOf(AccountId account) external view returns (OpenClosing[] memory) {
        return ClosingBook.all(_s, account);
    }

    /// @inheritdoc IHubViews
    function venueAllowanceOf(AccountId account, uint32 eid, address venue)
        external
        view
        returns (VenueAllowance memory)
    {
        return _s.venueAllowances[account][eid][venue];
    }

    /// @inheritdoc IHubViews
    function liquidityOf(uint32 eid, uint16 asset) external view returns (Liquidity memory) {
        return _s.liquidity[eid][asset];
    }

    /// @inheritdoc IHubViews
    function variationPoolOf(InstrumentId instrument) external view returns (uint256) {
        return _s.variationPool[instrument];
    }

    /// @inheritdoc IHubViews
    function fundingOf(InstrumentId instrument) external view returns (FundingState memory) {
        return FundingLogic.stateOf(_s, instrument);
    }

    /// @inheritdoc IHubViews
    function openInterestOf(bytes16 underlying) external view returns (uint256) {
        return OpenInterest.read(_s, underlying);
    }

    /// @inheritdoc IHubViews
    function fundingRates() external view returns (IFundingRates) {
        return _s.fundingRates;
    }

    /// @inheritdoc IHubViews
    function unmatchedGainOf(uint32 eid, InstrumentId instrument) external view returns (uint256) {
        return SettlementLogic.unmatchedGainOf(_s, eid, instrument);
    }

    /// @inheritdoc IHubViews
    function pairOf(uint32 eid, uint32 accountIndex, uint16 instrumentIndex) external view returns (Pair memory) {
        return PairLib.unpack(_s.pairs[eid][ReportLogic.pairKey(accountIndex, instrumentIndex)]);
    }

    /// @inheritdoc IHubViews
    function accountAt(uint32 eid, uint32 index) external view returns (AccountId) {
        return _s.accountAt[eid][index];
    }

    /// @inheritdoc IHubViews
    function instrumentAt(uint32 eid, uint16 index) external view returns (InstrumentId) {
        return _s.instrumentOf[_s.instrumentAt[eid][index]];
    }

    /// @inheritdoc IHubViews
    function depositSeenOf(uint32 eid, AccountId account, uint16 asset, uint8 purpose) external view returns (uint64) {
        return _s.depositSeen[eid][account][asset][purpose];
    }

    /// @inheritdoc IHubViews
    function withdrawalOf(bytes32 requestId) external view returns (WithdrawalRequest memory) {
        return _s.withdrawals[requestId];
    }

    /// @inheritdoc IHubViews
    function payoutOf(bytes32 payoutId) external view returns (Payout memory) {
        return _s.payouts[payoutId];
    }

    /// @inheritdoc IHubViews
    function rightsOf(AccountId account, uint32 eid, address wallet) external view returns (uint8) {
        return WalletRights.rightsOf(_s, account, eid, wallet);
    }

    /// @inheritdoc IHubViews
    function freezeOf(AccountId account) external view returns (Freeze memory) {
        return _s.freezes[account];
    }

    /// @inheritdoc IHubViews
    function isFrozenEverywhere(AccountId account) external view returns (bool) {
        return CreditLogic.isFrozenEverywhere(_s, account);
    }

    /// @inheritdoc IHubViews
    function laneOf(uint32 eid) external view returns (Lane memory) {
        return _s.lanes[eid];
    }

    /// @inheritdoc IHubViews
    function eids() external view returns (uint32[] memory all) {
        uint256 count;
        while (count < _s.eids.length && _s.eids[count] != 0) ++count;
        all = new uint32[](count);
        for (uint256 i; i < count; ++i) {
            all[i] = _s.eids[i];
        }
    }

    /// @inheritdoc IHubViews
    function assetOf(uint16 asset) external view returns (Asset memory) {
        return _s.assets[asset];
    }

    /// @inheritdoc IHubViews
    function termsOf(InstrumentId instrument) external view returns (CommandCodec.InstrumentTerms memory) {
        return _s.terms[instrument];
    }

    /// @inheritdoc IHubViews
    function instrumentRegistry() external view returns (IInstrumentRegistry) {
        return _s.registry;
    }

    /// @inheritdoc IHubViews
    function oracle() external view returns (IPriceOracle) {
        return _s.oracle;
    }

    /// @inheritdoc IHubViews
    function marginEngine() external view returns (IMarginEngine) {
        return _s.marginEngine;
    }

    /// @inheritdoc IHubViews
    function maxPriceAge() external view returns (uint32) {
        return _s.maxPriceAge;
    }
}
