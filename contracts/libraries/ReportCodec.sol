// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {Pair, PairLib} from "../types/Pair.sol";
import {ByteReader} from "./ByteReader.sol";
import {SectionCodec} from "./SectionCodec.sol";

/// @notice Spoke → hub message. Header: version (1) ‖ sequence (8) ‖ chain time (5); then sections.
/// @dev Mirrored by `clearing/codec/report.ts`; both are held to `test/vectors/codec.json` (CLR-20).
library ReportCodec {
    using ByteReader for bytes;

    uint8 internal constant VERSION = 1;
    uint256 internal constant HEADER = 14;

    uint8 internal constant ACCOUNT = 1;
    uint8 internal constant INSTRUMENT = 2;
    uint8 internal constant DEPOSIT = 3;
    uint8 internal constant PAIR = 4;
    uint8 internal constant CREDIT_STATE = 5;
    uint8 internal constant WITHDRAWAL = 6;
    uint8 internal constant PAYOUT_RESULT = 7;
    uint8 internal constant HEARTBEAT = 8;
    uint8 internal constant VAULT_BALANCE = 9;
    uint8 internal constant CLOSING_STATE = 10;

    uint256 internal constant ACCOUNT_SIZE = 36;
    uint256 internal constant INSTRUMENT_SIZE = 34;
    uint256 internal constant DEPOSIT_SIZE = 43;
    uint256 internal constant PAIR_SIZE = 38;
    uint256 internal constant CREDIT_STATE_SIZE = 21;
    uint256 internal constant WITHDRAWAL_SIZE = 107;
    uint256 internal constant PAYOUT_RESULT_SIZE = 33;
    uint256 internal constant HEARTBEAT_SIZE = 41;
    uint256 internal constant VAULT_BALANCE_SIZE = 10;
    uint256 internal constant CLOSING_STATE_SIZE = 44;

    // Item sizes by kind, one byte each: 0, 36, 34, 43, 38, 21, 107, 33, 41, 10, 44.
    bytes32 internal constant SIZES = bytes32(bytes11(0x0024222b26156b21290a2c));

    // Thousands of gas that the hub needs at the least for an item of a kind: 0, 60, 60, 80, 50, 30, 180, 45, 60, 5, 80.
    // A pair seen for the first time costs more, and that of an expired option can: the vault adds NEW_PAIR_GAS for those in what it buys.
    bytes32 internal constant GAS = bytes32(bytes11(0x003c3c50321eb42d3c0550));
    uint256 internal constant BASE_GAS = 100_000;
    uint256 internal constant NEW_PAIR_GAS = 75_000;
    /// @notice A report needs no more: with what endpoint and executor take it stays below the 2^24 gas that a transaction may have
    /// where EIP-7825 holds.
    uint256 internal constant MAX_GAS = 16_000_000;

    struct Header {
        uint64 sequence;
        uint40 chainTime;
    }

    /// @param total cumulative amount in the asset's shared unit
    struct Deposit {
        AccountId account;
        uint16 asset;
        uint8 purpose;
        uint64 total;
    }

    /// @param account index assigned by the spoke; likewise `instrument`
    struct PairItem {
        uint32 account;
        uint16 instrument;
        Pair pair;
    }

    /// @param usedTotal cents, over all the account's pairs on the spoke, reported or not
    struct CreditState {
        uint32 account;
        uint32 version;
        uint32 freezeVersion;
        bool frozen;
        uint64 usedTotal;
    }

    /// @notice What every report ends with.
    /// @param dirtyPairs pairs that changed since they were last reported
    /// @param oldestDirty chain time since when the oldest of them waits; zero if none does
    /// @param digest `Digest` of everything reported so far, this report included
    struct Heartbeat {
        uint32 dirtyPairs;
        uint40 oldestDirty;
        uint256 digest;
    }

    /// @notice What was used of the account's closing allowances in an instrument, as cumulative totals.
    /// @param account index assigned by the spoke; likewise `instrument`
    /// @param version of the allowance that the spoke obeys
    /// @param pairVersion of the pair when this was told: what was used is in it
    /// @param usedBuys 1e-8; `usedSells` likewise; `usedCredit` cents, of both sides
    struct ClosingState {
        uint32 account;
        uint16 instrument;
        uint32 version;
        uint32 pairVersion;
        uint88 usedBuys;
        uint88 usedSells;
        uint64 usedCredit;
    }

    /// @param amount in the asset's shared unit, likewise `minimum`
    /// @param deadline unix seconds at the hub
    struct Withdrawal {
        AccountId account;
        uint64 number;
        address requester;
        uint16 asset;
        uint64 amount;
        uint32 dstEid;
        address recipient;
        uint64 minimum;
        uint40 deadline;
    }

    function encodeHeader(Header memory h) internal pure returns (bytes memory) {
        return abi.encodePacked(VERSION, h.sequence, h.chainTime);
    }

    function encodeAccount(uint32 index, AccountId account) internal pure returns (bytes memory) {
        return abi.encodePacked(index, account);
    }

    function encodeInstrument(uint16 index, InstrumentId instrument) internal pure returns (bytes memory) {
        return abi.encodePacked(index, instrument);
    }

    function encodeDeposit(Deposit memory d) internal pure returns (bytes memory) {
        return abi.encodePacked(d.account, d.asset, d.purpose, d.total);
    }

    function encodePair(PairItem memory p) internal pure returns (bytes memory) {
        return abi.encodePacked(p.account, p.instrument, p.pair.pack());
    }

    function encodeCreditState(CreditState memory c) internal pure returns (bytes memory) {
        return abi.encodePacked(c.account, c.version, c.freezeVersion, c.frozen, c.usedTotal);
    }

    function encodeClosingState(ClosingState memory c) internal pure returns (bytes memory) {
        return abi.encodePacked(
            c.account, c.instrument, c.version, c.pairVersion, c.usedBuys, c.usedSells, c.usedCredit
        );
    }

    function encodeHeartbeat(Heartbeat memory h) internal pure returns (bytes memory) {
        return abi.encodePacked(h.dirtyPairs, h.oldestDirty, h.digest);
    }

    /// @param amount shared units
    function encodeVaultBalance(uint16 asset, uint64 amount) internal pure returns (bytes memory) {
        return abi.encodePacked(asset, amount);
    }

    function encodeWithdrawal(Withdrawal memory w) internal pure returns (bytes memory) {
        return abi.encodePacked(
            w.account, w.number, w.requester, w.asset, w.amount, w.dstEid, w.recipient, w.minimum, w.deadline
        );
    }

    function encodePayoutResult(bytes32 payoutId, uint8 rank) internal pure returns (bytes memory) {
        return abi.encodePacked(payoutId, rank);
    }

    /// @notice Whether `message` is a report of this version whose sections fill it exactly, and the least gas
    /// that applying it takes.
    function check(bytes calldata message) internal pure returns (bool valid, uint256 gasBound) {
        if (message.length < HEADER || message.read(0, 1) != VERSION) return (false, BASE_GAS);
        (valid, gasBound) = SectionCodec.walk(message, HEADER, SIZES, GAS);
        gasBound += BASE_GAS;
    }

    function decodeHeader(bytes calldata m) internal pure returns (Header memory) {
        return Header({sequence: uint64(m.read(1, 8)), chainTime: uint40(m.read(9, 5))});
    }

    function decodeAccount(bytes calldata m, uint256 at) internal pure returns (uint32 index, AccountId account) {
        return (uint32(m.read(at, 4)), AccountId.wrap(bytes32(m.read(at + 4, 32))));
    }

    function decodeInstrument(bytes calldata m, uint256 at)
        internal
        pure
        returns (uint16 index, InstrumentId instrument)
    {
        return (uint16(m.read(at, 2)), InstrumentId.wrap(bytes32(m.read(at + 2, 32))));
    }

    function decodeDeposit(bytes calldata m, uint256 at) internal pure returns (Deposit memory d) {
        d.account = AccountId.wrap(bytes32(m.read(at, 32)));
        d.asset = uint16(m.read(at + 32, 2));
        d.purpose = uint8(m.read(at + 34, 1));
        d.total = uint64(m.read(at + 35, 8));
    }

    function decodePair(bytes calldata m, uint256 at) internal pure returns (PairItem memory p) {
        uint256 indices = m.read(at, 6);
        p.account = uint32(indices >> 16);
        p.instrument = uint16(indices);
        p.pair = PairLib.unpack(m.read(at + 6, 32));
    }

    /// @notice The same as two words: account index ‖ instrument index, and `Pair.pack`.
    function decodePackedPair(bytes calldata m, uint256 at) internal pure returns (uint256 key, uint256 packed) {
        // The caller has checked the length: two loads, where slices would check each again.
        assembly ("memory-safe") {
            key := shr(208, calldataload(add(m.offset, at)))
            packed := calldataload(add(m.offset, add(at, 6)))
        }
    }

    function decodeCreditState(bytes calldata m, uint256 at) internal pure returns (CreditState memory c) {
        c.account = uint32(m.read(at, 4));
        c.version = uint32(m.read(at + 4, 4));
        c.freezeVersion = uint32(m.read(at + 8, 4));
        c.frozen = m.read(at + 12, 1) != 0;
        c.usedTotal = uint64(m.read(at + 13, 8));
    }

    function decodeClosingState(bytes calldata m, uint256 at) internal pure returns (ClosingState memory c) {
        c.account = uint32(m.read(at, 4));
        c.instrument = uint16(m.read(at + 4, 2));
        c.version = uint32(m.read(at + 6, 4));
        c.pairVersion = uint32(m.read(at + 10, 4));
        c.usedBuys = uint88(m.read(at + 14, 11));
        c.usedSells = uint88(m.read(at + 25, 11));
        c.usedCredit = uint64(m.read(at + 36, 8));
    }

    function decodeHeartbeat(bytes calldata m, uint256 at) internal pure returns (Heartbeat memory h) {
        h.dirtyPairs = uint32(m.read(at, 4));
        h.oldestDirty = uint40(m.read(at + 4, 5));
        h.digest = m.read(at + 9, 32);
    }

    function decodeVaultBalance(bytes calldata m, uint256 at) internal pure returns (uint16 asset, uint64 amount) {
        return (uint16(m.read(at, 2)), uint64(m.read(at + 2, 8)));
    }

    function decodeWithdrawal(bytes calldata m, uint256 at) internal pure returns (Withdrawal memory w) {
        w.account = AccountId.wrap(bytes32(m.read(at, 32)));
        w.number = uint64(m.read(at + 32, 8));
        w.requester = address(uint160(m.read(at + 40, 20)));
        w.asset = uint16(m.read(at + 60, 2));
        w.amount = uint64(m.read(at + 62, 8));
        w.dstEid = uint32(m.read(at + 70, 4));
        w.recipient = address(uint160(m.read(at + 74, 20)));
        w.minimum = uint64(m.read(at + 94, 8));
        w.deadline = uint40(m.read(at + 102, 5));
    }

    function decodePayoutResult(bytes calldata m, uint256 at) internal pure returns (bytes32 payoutId, uint8 rank) {
        return (bytes32(m.read(at, 32)), uint8(m.read(at + 32, 1)));
    }
}
