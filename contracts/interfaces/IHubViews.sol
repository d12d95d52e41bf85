// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {CommandCodec} from "../libraries/CommandCodec.sol";
import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {Pair} from "../types/Pair.sol";
import {IFundingRates} from "./IFundingRates.sol";
import {IHubLedger} from "./IHubLedger.sol";
import {IInstrumentRegistry} from "./IInstrumentRegistry.sol";
import {Certificate} from "./IMarginCertificates.sol";
import {IMarginEngine} from "./IMarginEngine.sol";
import {IPriceOracle} from "./IPriceOracle.sol";

/// @notice Reads of the hub's ledger: the part of `IClearingHub` that `ClearingHubViews` answers for the hub.
interface IHubViews is IHubLedger {
    /// @notice Id of the request that `number` of the vault on `eid` becomes.
    function requestIdOf(uint32 eid, uint64 number) external view returns (bytes32);

    function settlementAsset() external view returns (uint16);
    /// @notice Cash less what is owed (settlement asset, 1e-6 dollar), or collateral (shared units), of an account.
    function balanceOf(AccountId account, uint16 asset) external view returns (int256);
    /// @notice Margin at the latest accepted prices, however old: for display. Decisions check freshness.
    function marginOf(AccountId account) external view returns (MarginState memory);
    /// @notice Margin as decisions take it: reverts where a price that it needs is missing or older than the hub's limit.
    function freshMarginOf(AccountId account) external view returns (MarginState memory);
    /// @notice What the scenarios of a certificate prove about the maintenance margin, at the latest accepted prices, for less gas than `marginOf`. It never
    /// says `isBelow` of an account that `marginOf` has above maintenance. Reverts where the engine knows no certificates, and by name where this one is
    /// malformed (`IMarginCertificates`).
    function certifiedMarginOf(AccountId account, Certificate calldata certificate)
        external
        view
        returns (CertifiedMarginState memory);
    /// @notice Whether the hub would lend an account what its cash lacks for a loss (1e-6 dollar) in one instrument: cash and collateral alone, with
    /// that paid, must cover its other losses and every requirement. Reverts as `freshMarginOf` does.
    function mayBorrow(AccountId account, uint256 loss) external view returns (bool);
    /// @notice What an account owes to the lending pool, with interest up to now, 1e-6 dollar.
    function debtOf(AccountId account) external view returns (uint256);
    function lenderOf(AccountId account) external view returns (Lender memory);
    function lendingState() external view returns (LendingState memory);
    function positionOf(AccountId account, InstrumentId instrument) external view returns (NetPosition memory);
    /// @notice Instruments on the account's list, by place.
    function instrumentsOf(AccountId account) external view returns (InstrumentId[] memory);
    function creditLineOf(AccountId account, uint32 eid) external view returns (CreditLine memory);
    function closingOf(AccountId account, uint32 eid, InstrumentId instrument) external view returns (ClosingLine memory);
    /// @notice Of which something may still be used, of any instrument, on any spoke.
    function openClosingsOf(AccountId account) external view returns (OpenClosing[] memory);
    function venueAllowanceOf(AccountId account, uint32 eid, address venue) external view returns (VenueAllowance memory);
    function liquidityOf(uint32 eid, uint16 asset) external view returns (Liquidity memory);
    function variationPoolOf(InstrumentId instrument) external view returns (uint256);
    /// @notice Funding of a perpetual; all zero of anything else.
    function fundingOf(InstrumentId instrument) external view returns (FundingState memory);
    /// @notice Σ over the perpetual and all options of an underlying that have not expired of the net positions that are long, 1e-8.
    function openInterestOf(bytes16 underlying) external view returns (uint256);
    function fundingRates() external view returns (IFundingRates);
    /// @notice Value of a spoke's unmatched gain in an instrument at the latest mark, 1e-6 dollar.
    function unmatchedGainOf(uint32 eid, InstrumentId instrument) external view returns (uint256);
    function pairOf(uint32 eid, uint32 accountIndex, uint16 instrumentIndex) external view returns (Pair memory);
    function accountAt(uint32 eid, uint32 index) external view returns (AccountId);
    function instrumentAt(uint32 eid, uint16 index) external view returns (InstrumentId);
    function depositSeenOf(uint32 eid, AccountId account, uint16 asset, uint8 purpose) external view returns (uint64);
    function withdrawalOf(bytes32 requestId) external view returns (WithdrawalRequest memory);
    function payoutOf(bytes32 payoutId) external view returns (Payout memory);
    /// @notice `WalletRights` of an address on a chain, the home's own included.
    function rightsOf(AccountId account, uint32 eid, address wallet) external view returns (uint8);
    function freezeOf(AccountId account) external view returns (Freeze memory);
    /// @notice Whether the account is frozen and every spoke on which it has credit outstanding, or a closing allowance that may be used, told
    /// that it obeys the current version: from then on it cannot trade anywhere until it is unfrozen.
    function isFrozenEverywhere(AccountId account) external view returns (bool);
    function laneOf(uint32 eid) external view returns (Lane memory);
    function eids() external view returns (uint32[] memory);
    function assetOf(uint16 asset) external view returns (Asset memory);
    function termsOf(InstrumentId instrument) external view returns (CommandCodec.InstrumentTerms memory);
    function instrumentRegistry() external view returns (IInstrumentRegistry);
    function oracle() external view returns (IPriceOracle);
    function marginEngine() external view returns (IMarginEngine);
    function maxPriceAge() external view returns (uint32);
}
