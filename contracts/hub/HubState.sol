// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";
import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {CommandCodec} from "../libraries/CommandCodec.sol";
import {IHubLedger} from "../interfaces/IHubLedger.sol";
import {IInstrumentRegistry} from "../interfaces/IInstrumentRegistry.sol";
import {IMarginEngine} from "../interfaces/IMarginEngine.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {InstrumentList} from "./InstrumentList.sol";

/// @notice All of the hub's ledger. The libraries named by what they do read and write it; the hub owns it.
struct HubState {
    // Risk modules.
    IPriceOracle oracle;
    uint32 maxPriceAge;
    uint16 settlementAsset;
    IMarginEngine marginEngine;
    // Listings. Lane 0 is the whole hub: only its `paused` means anything.
    uint32[] eids;
    mapping(uint32 eid => IHubLedger.Lane) lanes;
    uint16[] assetIds;
    mapping(uint16 asset => IHubLedger.Asset) assets;
    IInstrumentRegistry registry;
    mapping(InstrumentId => CommandCodec.InstrumentTerms) terms;
    // The registry's numbers of what is listed, both ways: a report looks up many.
    mapping(InstrumentId => uint32) numberOf;
    mapping(uint32 number => InstrumentId) instrumentOf;
    // Balances: cash in the settlement asset (1e-6 dollar, negative = lent by LPs), collateral in shared units.
    mapping(AccountId => int128) cash;
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
    // Credit.
    mapping(AccountId => mapping(uint32 eid => IHubLedger.CreditLine)) credit;
    mapping(AccountId => mapping(uint32 eid => mapping(address venue => IHubLedger.VenueAllowance))) venueAllowances;
    mapping(AccountId => IHubLedger.Freeze) freezes;
    // Withdrawals.
    mapping(AccountId => uint64) walletNonce;
    mapping(AccountId => mapping(uint32 eid => mapping(address wallet => uint8))) wallets;
    mapping(bytes32 requestId => IHubLedger.WithdrawalRequest) withdrawals;
    mapping(bytes32 payoutId => IHubLedger.Payout) payouts;
    uint64 payoutNonce;
}

/// @notice Σ over the applied pairs of a spoke in one instrument. What does not close (trades of which only one
/// side has arrived) is the spoke's unmatched exposure.
struct SpokeSum {
    int128 base;
    int128 quote;
}

/// @notice Where the ledger is: slot 0 on.
/// @dev `ClearingHub` and `ClearingHubViews` both have this as their first base, so that the code of the second finds the ledger
/// where the first keeps it, whatever else either inherits.
abstract contract HubStorage {
    HubState internal _s;
}
