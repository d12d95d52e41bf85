// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {ByteReader} from "./ByteReader.sol";
import {SectionCodec} from "./SectionCodec.sol";

/// @notice Hub → spoke message. Header: version (1); then sections.
/// @dev Mirrored by `clearing/codec/command.ts`; both are held to `test/vectors/codec.json` (CLR-20).
library CommandCodec {
    using ByteReader for bytes;

    uint8 internal constant VERSION = 1;
    uint256 internal constant HEADER = 1;

    uint8 internal constant CREDIT = 1;
    uint8 internal constant VENUE_ALLOWANCE = 2;
    uint8 internal constant PAY = 3;
    uint8 internal constant REFERENCE_PRICE = 4;
    uint8 internal constant INSTRUMENT = 5;
    uint8 internal constant FREEZE = 6;
    uint8 internal constant OPTION_REFERENCE = 7;
    uint8 internal constant CLOSING_ALLOWANCE = 8;

    uint256 internal constant CREDIT_SIZE = 51;
    uint256 internal constant VENUE_ALLOWANCE_SIZE = 68;
    uint256 internal constant PAY_SIZE = 75;
    uint256 internal constant REFERENCE_PRICE_SIZE = 37;
    uint256 internal constant INSTRUMENT_SIZE = 55;
    uint256 internal constant FREEZE_SIZE = 37;
    uint256 internal constant OPTION_REFERENCE_SIZE = 77;
    uint256 internal constant CLOSING_ALLOWANCE_SIZE = 93;

    // Item sizes by kind, one byte each: 0, 51, 68, 75, 37, 55, 37, 77, 93.
    bytes32 internal constant SIZES = bytes32(bytes9(0x0033444b2537254d5d));

    // Thousands of gas that the vault needs for an item of a kind: 0, 35, 35, 250, 35, 35, 35, 60, 35. A payout includes
    // the fixed stipend of the token call; an option's reference takes two slots.
    bytes32 internal constant GAS = bytes32(bytes9(0x002323fa2323233c23));
    uint256 internal constant BASE_GAS = 100_000;

    /// @param limit cents, cumulative over all the account's trades on the spoke
    /// @param validUntil unix seconds by the spoke's clock
    /// @param instrumentLimit how many instruments the account may open on the spoke, cumulative
    struct Credit {
        AccountId account;
        uint64 limit;
        uint32 version;
        uint40 validUntil;
        uint16 instrumentLimit;
    }

    /// @param limit cents, cumulative
    /// @param version the mandate's nonce
    struct VenueAllowance {
        AccountId account;
        address venue;
        uint64 limit;
        uint64 version;
    }

    /// @notice With the hub's and the vault's own places, the preimage of a payout id (`PayoutId`).
    struct Pay {
        AccountId account;
        address recipient;
        uint16 asset;
        uint64 amount;
        uint40 issuedAt;
        uint64 nonce;
    }

    /// @param priceWad dollars per unit of the underlying, 1e18
    /// @param time unix seconds at which the price was published; also its version
    struct ReferencePrice {
        bytes16 underlying;
        uint128 priceWad;
        uint40 time;
    }

    /// @param ratePpm credit charged per notional traded, millionths
    /// @param feePpm fee per notional, each side, millionths
    /// @param maxBase largest |base| of one pair, 1e-8
    struct InstrumentTerms {
        InstrumentId instrument;
        uint32 ratePpm;
        uint32 feePpm;
        uint88 maxBase;
        uint32 version;
    }

    /// @param version rises with every change of the flag
    struct Freeze {
        AccountId account;
        bool frozen;
        uint32 version;
    }

    /// @notice What an option is worth near `spotWad`: mark + delta · (spot − spotWad), at least zero.
    /// @param markWad dollars per unit of base at `spotWad`, 1e18
    /// @param deltaPpb change of the mark per change of the spot, billionths
    /// @param spotWad price of the underlying that both are for, 1e18, never zero
    /// @param ratePpm credit charged per notional of the *underlying*, millionths; the higher of this and the listed rate counts
    /// @param time unix seconds at which that price was published; also its version
    struct OptionReference {
        InstrumentId instrument;
        uint128 markWad;
        int32 deltaPpb;
        uint128 spotWad;
        uint32 ratePpm;
        uint40 time;
    }

    /// @notice How far an account may trade one way in an instrument on the spoke without opening credit.
    /// @param isBuy the side that closes
    /// @param maxBase 1e-8, cumulative over all the account's closing trades of that side in the instrument on the spoke
    /// @param credit cents, cumulative over those of both sides
    /// @param validUntil unix seconds by the spoke's clock
    struct ClosingAllowance {
        AccountId account;
        InstrumentId instrument;
        bool isBuy;
        uint88 maxBase;
        uint64 credit;
        uint32 version;
        uint40 validUntil;
    }

    function encodeHeader() internal pure returns (bytes memory) {
        return abi.encodePacked(VERSION);
    }

    function encodeCredit(Credit memory c) internal pure returns (bytes memory) {
        return abi.encodePacked(c.account, c.limit, c.version, c.validUntil, c.instrumentLimit);
    }

    function encodeVenueAllowance(VenueAllowance memory v) internal pure returns (bytes memory) {
        return abi.encodePacked(v.account, v.venue, v.limit, v.version);
    }

    function encodePay(Pay memory p) internal pure returns (bytes memory) {
        return abi.encodePacked(p.account, p.recipient, p.asset, p.amount, p.issuedAt, p.nonce);
    }

    function encodeReferencePrice(ReferencePrice memory r) internal pure returns (bytes memory) {
        return abi.encodePacked(r.underlying, r.priceWad, r.time);
    }

    function encodeInstrumentTerms(InstrumentTerms memory t) internal pure returns (bytes memory) {
        return abi.encodePacked(t.instrument, t.ratePpm, t.feePpm, t.maxBase, t.version);
    }

    function encodeFreeze(Freeze memory f) internal pure returns (bytes memory) {
        return abi.encodePacked(f.account, f.frozen, f.version);
    }

    function encodeOptionReference(OptionReference memory r) internal pure returns (bytes memory) {
        return abi.encodePacked(r.instrument, r.markWad, r.deltaPpb, r.spotWad, r.ratePpm, r.time);
    }

    function encodeClosingAllowance(ClosingAllowance memory c) internal pure returns (bytes memory) {
        return abi.encodePacked(c.account, c.instrument, c.isBuy, c.maxBase, c.credit, c.version, c.validUntil);
    }

    /// @notice Whether `message` is a command of this version whose sections fill it exactly, and the least gas
    /// that applying it takes.
    function check(bytes calldata message) internal pure returns (bool valid, uint256 gasBound) {
        if (message.length < HEADER || message.read(0, 1) != VERSION) return (false, BASE_GAS);
        (valid, gasBound) = SectionCodec.walk(message, HEADER, SIZES, GAS);
        gasBound += BASE_GAS;
    }

    /// @notice Length of a message with `count` items of `kind` alone, and the gas its receive needs.
    function measure(uint8 kind, uint256 count) internal pure returns (uint256 length, uint256 gas) {
        length = HEADER + SectionCodec.SECTION_HEADER + count * uint8(SIZES[kind]);
        gas = BASE_GAS + count * uint256(uint8(GAS[kind])) * 1000;
    }

    function decodeCredit(bytes calldata m, uint256 at) internal pure returns (Credit memory c) {
        c.account = AccountId.wrap(bytes32(m.read(at, 32)));
        c.limit = uint64(m.read(at + 32, 8));
        c.version = uint32(m.read(at + 40, 4));
        c.validUntil = uint40(m.read(at + 44, 5));
        c.instrumentLimit = uint16(m.read(at + 49, 2));
    }

    function decodeVenueAllowance(bytes calldata m, uint256 at) internal pure returns (VenueAllowance memory v) {
        v.account = AccountId.wrap(bytes32(m.read(at, 32)));
        v.venue = address(uint160(m.read(at + 32, 20)));
        v.limit = uint64(m.read(at + 52, 8));
        v.version = uint64(m.read(at + 60, 8));
    }

    function decodePay(bytes calldata m, uint256 at) internal pure returns (Pay memory p) {
        p.account = AccountId.wrap(bytes32(m.read(at, 32)));
        p.recipient = address(uint160(m.read(at + 32, 20)));
        p.asset = uint16(m.read(at + 52, 2));
        p.amount = uint64(m.read(at + 54, 8));
        p.issuedAt = uint40(m.read(at + 62, 5));
        p.nonce = uint64(m.read(at + 67, 8));
    }

    function decodeReferencePrice(bytes calldata m, uint256 at) internal pure returns (ReferencePrice memory r) {
        r.underlying = bytes16(uint128(m.read(at, 16)));
        r.priceWad = uint128(m.read(at + 16, 16));
        r.time = uint40(m.read(at + 32, 5));
    }

    function decodeInstrumentTerms(bytes calldata m, uint256 at) internal pure returns (InstrumentTerms memory t) {
        t.instrument = InstrumentId.wrap(bytes32(m.read(at, 32)));
        t.ratePpm = uint32(m.read(at + 32, 4));
        t.feePpm = uint32(m.read(at + 36, 4));
        t.maxBase = uint88(m.read(at + 40, 11));
        t.version = uint32(m.read(at + 51, 4));
    }

    function decodeFreeze(bytes calldata m, uint256 at) internal pure returns (Freeze memory f) {
        f.account = AccountId.wrap(bytes32(m.read(at, 32)));
        f.frozen = m.read(at + 32, 1) != 0;
        f.version = uint32(m.read(at + 33, 4));
    }

    function decodeOptionReference(bytes calldata m, uint256 at) internal pure returns (OptionReference memory r) {
        r.instrument = InstrumentId.wrap(bytes32(m.read(at, 32)));
        r.markWad = uint128(m.read(at + 32, 16));
        r.deltaPpb = int32(uint32(m.read(at + 48, 4)));
        r.spotWad = uint128(m.read(at + 52, 16));
        r.ratePpm = uint32(m.read(at + 68, 4));
        r.time = uint40(m.read(at + 72, 5));
    }

    function decodeClosingAllowance(bytes calldata m, uint256 at) internal pure returns (ClosingAllowance memory c) {
        c.account = AccountId.wrap(bytes32(m.read(at, 32)));
        c.instrument = InstrumentId.wrap(bytes32(m.read(at + 32, 32)));
        c.isBuy = m.read(at + 64, 1) != 0;
        c.maxBase = uint88(m.read(at + 65, 11));
        c.credit = uint64(m.read(at + 76, 8));
        c.version = uint32(m.read(at + 84, 4));
        c.validUntil = uint40(m.read(at + 88, 5));
    }
}
