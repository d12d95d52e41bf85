// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";
import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {Pair} from "../types/Pair.sol";
import {ISpokeVault} from "../interfaces/ISpokeVault.sol";
import {ReportCodec} from "../libraries/ReportCodec.sol";
import {DirtyList} from "./DirtyList.sol";

/// @dev Seconds. From this age on a reference stops trading (CLR-13); one that is further ahead of this chain's clock is refused:
/// it would be young for as long, and nothing published meanwhile would be newer.
uint256 constant REFERENCE_MAX_AGE = 300;

/// @notice All that a vault records. One struct, so that the library that builds reports can read it.
struct VaultState {
    // Names: an index is assigned once and never bound to anything else; the first is 1.
    uint32 accountCount;
    uint16 instrumentCount;
    uint64 withdrawalCount;
    uint64 sequence;
    bool paused;
    mapping(AccountId => uint32) accountIndex;
    mapping(uint32 index => AccountId) accountAt;
    mapping(InstrumentId => uint16) instrumentIndex;
    mapping(uint16 index => InstrumentId) instrumentAt;
    // What the hub set, by version.
    mapping(AccountId => ISpokeVault.Credit) credits;
    mapping(AccountId => mapping(address venue => ISpokeVault.VenueAllowance)) allowances;
    mapping(AccountId => ISpokeVault.Freeze) freezes;
    mapping(InstrumentId => Terms) terms;
    mapping(bytes16 underlying => ReferencePrice) references;
    mapping(InstrumentId => OptionReference) optionReferences;
    mapping(AccountId => mapping(InstrumentId => ISpokeVault.ClosingAllowance)) closingAllowances;
    // What happened here, as cumulative totals.
    mapping(uint16 asset => ISpokeVault.Token) tokens;
    mapping(AccountId => mapping(uint16 asset => mapping(uint8 purpose => uint64))) deposits;
    mapping(uint32 account => mapping(uint16 instrument => Pair)) pairs;
    mapping(uint64 number => ReportCodec.Withdrawal) withdrawals;
    mapping(bytes32 payoutId => uint8) payoutRanks;
    // What was sent at least once. Only saves bytes and gas: `withNames` sends it all again.
    BitMaps.BitMap namedAccounts;
    BitMaps.BitMap namedInstruments;
    // What was reported last of each total, as its term of the digest, and their sum; what waits to be reported.
    mapping(bytes32 key => uint256 term) reported;
    uint256 digest;
    DirtyList.List dirty;
}

/// @dev Units as in `CommandCodec.InstrumentTerms`; without the key it fits one slot.
struct Terms {
    uint32 ratePpm;
    uint32 feePpm;
    uint88 maxBase;
    uint32 version;
}

/// @dev Units as in `CommandCodec.ReferencePrice`.
struct ReferencePrice {
    uint128 priceWad;
    uint40 time;
}

/// @dev Units as in `CommandCodec.OptionReference`.
struct OptionReference {
    uint128 markWad;
    int32 deltaPpb;
    uint32 ratePpm;
    uint40 time;
    uint128 spotWad;
}

using VaultNames for VaultState global;

library VaultNames {
    /// @notice Index of `account`, assigned now if it has none.
    function indexAccount(VaultState storage s, AccountId account) internal returns (uint32 index) {
        index = s.accountIndex[account];
        if (index != 0) return index;
        index = ++s.accountCount;
        s.accountIndex[account] = index;
        s.accountAt[index] = account;
        emit ISpokeVault.AccountIndexed(index, account);
    }

    /// @notice Index of `instrument`, assigned now if it has none.
    function indexInstrument(VaultState storage s, InstrumentId instrument) internal returns (uint16 index) {
        index = s.instrumentIndex[instrument];
        if (index != 0) return index;
        index = ++s.instrumentCount;
        s.instrumentIndex[instrument] = index;
        s.instrumentAt[index] = instrument;
        emit ISpokeVault.InstrumentIndexed(index, instrument);
    }

    /// @notice Key of a pair by its indices.
    function pairKey(uint32 account, uint16 instrument) internal pure returns (uint48) {
        return (uint48(account) << 16) | instrument;
    }
}
