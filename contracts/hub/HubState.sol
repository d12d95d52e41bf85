// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";
import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {CommandCodec} from "../libraries/CommandCodec.sol";
import {IFundingRates} from "../interfaces/IFundingRates.sol";
import {IHubLedger} from "../interfaces/IHubLedger.sol";
import {IInstrumentRegistry} from "../interfaces/IInstrumentRegistry.sol";
import {IMarginEngine} from "../interfaces/IMarginEngine.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {InstrumentList} from "./InstrumentList.sol";
import {Lending} from "./LendingPool.sol";

/// @notice All of the hub's ledger. The libraries named by what they do read and write it; the hub owns it.
struct HubState {
    // Risk modules.
    IPriceOracle oracle;
    uint32 maxPriceAge;
    uint16 settlementAsset;
    IMarginEngine marginEngine;
    // Listings. Lane 0 is the whole hub: only its `paused` means anything.
    // Both in order of listing, zero from the first free place on: a margin check reads them all, and no length. How long they are bounds it; that
    // over an account's instruments the margin engine bounds.
    uint32[32] eids;
    mapping(uint32 eid => IHubLedger.Lane) lanes;
    uint16[16] assetIds;
    mapping(uint16 asset => IHubLedger.Asset) assets;
    IInstrumentRegistry registry;
    mapping(InstrumentId => CommandCodec.InstrumentTerms) terms;
    // The registry's numbers of what is listed, both ways: a report looks up many.
    mapping(InstrumentId => uint32) numberOf;
    mapping(uint32 number => InstrumentId) instrumentOf;
    // Balances: cash in the settlement asset, collateral in shared units.
    mapping(AccountId => CashBalance) cash;
    mapping(AccountId => mapping(uint16 asset => uint128)) collateral;
    mapping(uint32 eid => mapping(uint16 asset => IHubLedger.Liquidity)) liquidity;
    // What each spoke said, by its own indices; only ever replaced by a higher version or total.
    mapping(uint32 eid => mapping(uint32 index => AccountId)) accountAt;
    mapping(uint32 eid => mapping(uint16 index => uint32 number)) instrumentAt;
    mapping(uint32 eid => mapping(AccountId => uint32)) accountIndex;
    mapping(uint32 eid => mapping(InstrumentId => uint16)) instrumentIndex;
    mapping(uint32 eid => mapping(AccountId => mapping(uint16 asset => mapping(uint8 purpose => uint64)))) depositSeen;
    // Told of an asset that was not listed then: only for the digest.
    mapping(uint32 eid => mapping(AccountId => mapping(uint16 asset => mapping(uint8 purpose => uint64)))) depositUnlisted;
    // A pair's key: account index ‖ instrument index (2 bytes); its value as it travels, `Pair.pack`.
    mapping(uint32 eid => mapping(uint256 key => uint256 packed)) pairs;
    mapping(uint32 eid => BitMaps.BitMap) received;
    mapping(uint32 eid => mapping(uint32 number => SpokeSum)) spokeSums;
    // The portfolio.
    mapping(AccountId => InstrumentList) held;
    mapping(AccountId => mapping(uint32 number => uint256 packed)) positions;
    mapping(InstrumentId => uint256) variationPool;
    // Funding of perpetuals.
    IFundingRates fundingRates;
    mapping(uint32 number => Funding) funding;
    // Open interest of options, and of each underlying the expiries that may not have passed: `OpenInterest`.
    mapping(uint256 underlyingIndex => mapping(uint40 expiry => OpenOptions)) openOptions;
    mapping(uint256 underlyingIndex => uint40[]) expiries;
    // Cash that is lent.
    Lending lending;
    mapping(AccountId => IHubLedger.Lender) lenders;
    // Credit.
    mapping(AccountId => mapping(uint32 eid => IHubLedger.CreditLine)) credit;
    mapping(AccountId => mapping(uint32 eid => mapping(address venue => IHubLedger.VenueAllowance))) venueAllowances;
    mapping(AccountId => IHubLedger.Freeze) freezes;
    mapping(AccountId => mapping(uint32 eid => mapping(uint32 number => IHubLedger.ClosingLine))) closings;
    // Of those that are open, eid ‖ number: `ClosingBook`.
    mapping(AccountId => uint64[16] keys) closingKeys;
    // Withdrawals.
    mapping(AccountId => uint64) walletNonce;
    mapping(AccountId => mapping(uint32 eid => mapping(address wallet => uint8))) wallets;
    mapping(bytes32 requestId => IHubLedger.WithdrawalRequest) withdrawals;
    mapping(bytes32 payoutId => IHubLedger.Payout) payouts;
    uint64 payoutNonce;
}

/// @notice Σ over the applied pairs of a spoke in one instrument. What does not close (trades of which only one
/// side has arrived) is the spoke's unmatched exposure.
/// @dev `known` keeps the slot from being empty, from the first pair on: sums come back to zero whenever both sides have arrived.
struct SpokeSum {
    int120 base;
    int120 quote;
    bool known;
}

/// @notice Cash of an account in the settlement asset: what it has less what it owes.
/// @param held 1e-6 dollar; `debt` units of the lending pool's index (`LendingPool`)
struct CashBalance {
    uint128 held;
    uint128 debt;
}

/// @notice Funding of a perpetual, see `FundingIndex`. Sorted by who uses what: the first slot is read with every report, the second
/// written, and never zero, so that no report pays for a fresh one; the others are for accruals alone.
struct Funding {
    // Dollars that one unit of base has paid since the first day, 1e18. Pairs hold less than 2^baseBits.
    int120 longIndex;
    int120 shortIndex;
    uint8 baseBits;
    // Σ of the net positions that are long, 1e-8; what changes of positions lost by rounding since the last accrual, 1e-26 dollar.
    uint112 openLong;
    uint104 dust;
    uint40 accruedAt;
    // How far the indices have travelled in all, 1e18; what was paid and received by nobody, with all dust before, 1e-26 dollar.
    uint120 travel;
    uint256 surplus;
}

/// @notice Σ of the net positions that are long in the options of one underlying and expiry, 1e-8.
/// @dev `listed` keeps the slot from being empty.
struct OpenOptions {
    uint248 base;
    bool listed;
}

/// @notice Where the ledger is: slot 0 on.
/// @dev `ClearingHub` and `ClearingHubViews` both have this as their first base, so that the code of the second finds the ledger
/// where the first keeps it, whatever else either inherits.
abstract contract HubStorage {
    HubState internal _s;
}
