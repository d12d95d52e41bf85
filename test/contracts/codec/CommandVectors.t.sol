// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {CommandCodec} from "../../../contracts/libraries/CommandCodec.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {InstrumentId} from "../../../contracts/types/InstrumentId.sol";
import {VectorFile} from "./VectorFile.sol";

/// @notice Each item of a command, encoded and decoded, is what TypeScript makes of it.
contract CommandVectorsTest is VectorFile {
    struct CreditCase {
        bytes32 account;
        uint64 limit;
        uint32 version;
        uint40 validUntil;
        uint16 instrumentLimit;
        bytes encoded;
    }

    struct VenueAllowanceCase {
        bytes32 account;
        address venue;
        uint64 limit;
        uint64 version;
        bytes encoded;
    }

    struct PayCase {
        bytes32 account;
        address recipient;
        uint16 asset;
        uint64 amount;
        uint40 issuedAt;
        uint64 nonce;
        bytes encoded;
    }

    struct ReferencePriceCase {
        bytes16 underlying;
        uint128 priceWad;
        uint40 time;
        bytes encoded;
    }

    struct InstrumentCase {
        bytes32 instrument;
        uint32 ratePpm;
        uint32 feePpm;
        uint88 maxBase;
        uint32 version;
        bytes encoded;
    }

    struct FreezeCase {
        bytes32 account;
        bool frozen;
        uint32 version;
        bytes encoded;
    }

    struct OptionReferenceCase {
        bytes32 instrument;
        uint128 markWad;
        int32 deltaPpb;
        uint128 spotWad;
        uint32 ratePpm;
        uint40 time;
        bytes encoded;
    }

    struct ClosingAllowanceCase {
        bytes32 account;
        bytes32 instrument;
        bool isBuy;
        uint88 maxBase;
        uint64 credit;
        uint32 version;
        uint40 validUntil;
        bytes encoded;
    }

    function setUp() public {
        load("codec.json");
    }

    function test_CLR20_Credit() public view {
        CreditCase[] memory all = abi.decode(
            cases(
                ".command.credit",
                "Case(bytes32 account,uint64 limit,uint32 version,uint40 validUntil,uint16 instrumentLimit,bytes encoded)"
            ),
            (CreditCase[])
        );
        assertGt(all.length, 30);
        for (uint256 i; i < all.length; ++i) {
            CreditCase memory c = all[i];
            CommandCodec.Credit memory k =
                CommandCodec.Credit(AccountId.wrap(c.account), c.limit, c.version, c.validUntil, c.instrumentLimit);
            assertEq(CommandCodec.encodeCredit(k), c.encoded);
            assertEq(abi.encode(this.decodeCredit(c.encoded)), abi.encode(k));
        }
    }

    function test_CLR20_VenueAllowance() public view {
        VenueAllowanceCase[] memory all = abi.decode(
            cases(
                ".command.venueAllowance",
                "Case(bytes32 account,address venue,uint64 limit,uint64 version,bytes encoded)"
            ),
            (VenueAllowanceCase[])
        );
        assertGt(all.length, 30);
        for (uint256 i; i < all.length; ++i) {
            VenueAllowanceCase memory c = all[i];
            CommandCodec.VenueAllowance memory v =
                CommandCodec.VenueAllowance(AccountId.wrap(c.account), c.venue, c.limit, c.version);
            assertEq(CommandCodec.encodeVenueAllowance(v), c.encoded);
            assertEq(abi.encode(this.decodeVenueAllowance(c.encoded)), abi.encode(v));
        }
    }

    function test_CLR20_Pay() public view {
        PayCase[] memory all = abi.decode(
            cases(
                ".command.pay",
                "Case(bytes32 account,address recipient,uint16 asset,uint64 amount,uint40 issuedAt,uint64 nonce,bytes encoded)"
            ),
            (PayCase[])
        );
        assertGt(all.length, 30);
        for (uint256 i; i < all.length; ++i) {
            PayCase memory c = all[i];
            CommandCodec.Pay memory p = CommandCodec.Pay(
                AccountId.wrap(c.account), c.recipient, c.asset, c.amount, c.issuedAt, c.nonce
            );
            assertEq(CommandCodec.encodePay(p), c.encoded);
            assertEq(abi.encode(this.decodePay(c.encoded)), abi.encode(p));
        }
    }

    function test_CLR20_ReferencePrice() public view {
        ReferencePriceCase[] memory all = abi.decode(
            cases(".command.referencePrice", "Case(bytes16 underlying,uint128 priceWad,uint40 time,bytes encoded)"),
            (ReferencePriceCase[])
        );
        assertGt(all.length, 30);
        for (uint256 i; i < all.length; ++i) {
            ReferencePriceCase memory c = all[i];
            CommandCodec.ReferencePrice memory r = CommandCodec.ReferencePrice(c.underlying, c.priceWad, c.time);
            assertEq(CommandCodec.encodeReferencePrice(r), c.encoded);
            assertEq(abi.encode(this.decodeReferencePrice(c.encoded)), abi.encode(r));
        }
    }

    function test_CLR20_Instrument() public view {
        InstrumentCase[] memory all = abi.decode(
            cases(
                ".command.instrument",
                "Case(bytes32 instrument,uint32 ratePpm,uint32 feePpm,uint88 maxBase,uint32 version,bytes encoded)"
            ),
            (InstrumentCase[])
        );
        assertGt(all.length, 30);
        for (uint256 i; i < all.length; ++i) {
            InstrumentCase memory c = all[i];
            CommandCodec.InstrumentTerms memory t = CommandCodec.InstrumentTerms(
                InstrumentId.wrap(c.instrument), c.ratePpm, c.feePpm, c.maxBase, c.version
            );
            assertEq(CommandCodec.encodeInstrumentTerms(t), c.encoded);
            assertEq(abi.encode(this.decodeInstrumentTerms(c.encoded)), abi.encode(t));
        }
    }

    function test_CLR20_Freeze() public view {
        FreezeCase[] memory all = abi.decode(
            cases(".command.freeze", "Case(bytes32 account,bool frozen,uint32 version,bytes encoded)"), (FreezeCase[])
        );
        assertGt(all.length, 30);
        for (uint256 i; i < all.length; ++i) {
            FreezeCase memory c = all[i];
            CommandCodec.Freeze memory f = CommandCodec.Freeze(AccountId.wrap(c.account), c.frozen, c.version);
            assertEq(CommandCodec.encodeFreeze(f), c.encoded);
            assertEq(abi.encode(this.decodeFreeze(c.encoded)), abi.encode(f));
        }
    }

    function test_CLR20_OptionReference() public view {
        OptionReferenceCase[] memory all = abi.decode(
            cases(
                ".command.optionReference",
                "Case(bytes32 instrument,uint128 markWad,int32 deltaPpb,uint128 spotWad,uint32 ratePpm,uint40 time,bytes encoded)"
            ),
            (OptionReferenceCase[])
        );
        assertGt(all.length, 30);
        for (uint256 i; i < all.length; ++i) {
            OptionReferenceCase memory c = all[i];
            CommandCodec.OptionReference memory r = CommandCodec.OptionReference(
                InstrumentId.wrap(c.instrument), c.markWad, c.deltaPpb, c.spotWad, c.ratePpm, c.time
            );
            assertEq(CommandCodec.encodeOptionReference(r), c.encoded);
            assertEq(abi.encode(this.decodeOptionReference(c.encoded)), abi.encode(r));
        }
    }

    function test_CLR20_ClosingAllowance() public view {
        ClosingAllowanceCase[] memory all = abi.decode(
            cases(
                ".command.closingAllowance",
                "Case(bytes32 account,bytes32 instrument,bool isBuy,uint88 maxBase,uint64 credit,uint32 version,uint40 validUntil,bytes encoded)"
            ),
            (ClosingAllowanceCase[])
        );
        assertGt(all.length, 30);
        for (uint256 i; i < all.length; ++i) {
            ClosingAllowanceCase memory c = all[i];
            CommandCodec.ClosingAllowance memory a = CommandCodec.ClosingAllowance(
                AccountId.wrap(c.account),
                InstrumentId.wrap(c.instrument),
                c.isBuy,
                c.maxBase,
                c.credit,
                c.version,
                c.validUntil
            );
            assertEq(CommandCodec.encodeClosingAllowance(a), c.encoded);
            assertEq(abi.encode(this.decodeClosingAllowance(c.encoded)), abi.encode(a));
        }
    }

    function decodeFreeze(bytes calldata m) external pure returns (CommandCodec.Freeze memory) {
        return CommandCodec.decodeFreeze(m, 0);
    }

    function decodeOptionReference(bytes calldata m) external pure returns (CommandCodec.OptionReference memory) {
        return CommandCodec.decodeOptionReference(m, 0);
    }

    function decodeClosingAllowance(bytes calldata m) external pure returns (CommandCodec.ClosingAllowance memory) {
        return CommandCodec.decodeClosingAllowance(m, 0);
    }

    function decodeCredit(bytes calldata m) external pure returns (CommandCodec.Credit memory) {
        return CommandCodec.decodeCredit(m, 0);
    }

    function decodeVenueAllowance(bytes calldata m) external pure returns (CommandCodec.VenueAllowance memory) {
        return CommandCodec.decodeVenueAllowance(m, 0);
    }

    function decodePay(bytes calldata m) external pure returns (CommandCodec.Pay memory) {
        return CommandCodec.decodePay(m, 0);
    }

    function decodeReferencePrice(bytes calldata m) external pure returns (CommandCodec.ReferencePrice memory) {
        return CommandCodec.decodeReferencePrice(m, 0);
    }

    function decodeInstrumentTerms(bytes calldata m) external pure returns (CommandCodec.InstrumentTerms memory) {
        return CommandCodec.decodeInstrumentTerms(m, 0);
    }
}
