// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {CommandCodec} from "../../../contracts/libraries/CommandCodec.sol";
import {PayoutId} from "../../../contracts/libraries/PayoutId.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {AccountId, AccountIdLib} from "../../../contracts/types/AccountId.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {VectorFile} from "./VectorFile.sol";

/// @notice Whole messages, valid and malformed, and identifiers are what TypeScript makes of them.
contract MessageVectorsTest is VectorFile {
    struct MessageCase {
        string format;
        string name;
        bytes encoded;
        bool valid;
        uint256 gasBound;
    }

    struct AccountIdCase {
        address owner;
        uint32 homeEid;
        uint64 subAccount;
        bytes32 id;
    }

    struct InstrumentIdCase {
        string symbol;
        bytes16 underlying;
        bytes32 id;
    }

    struct PayoutIdCase {
        uint32 hubEid;
        address hub;
        uint32 dstEid;
        address vault;
        bytes32 account;
        address recipient;
        uint16 asset;
        uint64 amount;
        uint40 issuedAt;
        uint64 nonce;
        bytes32 id;
    }

    function setUp() public {
        load("codec.json");
    }

    function test_CLR20_CLR11_CheckNeverRevertsAndAgrees() public view {
        MessageCase[] memory all = abi.decode(
            cases(".messages", "Case(string format,string name,bytes encoded,bool valid,uint256 gasBound)"),
            (MessageCase[])
        );
        uint256 malformed;
        for (uint256 i; i < all.length; ++i) {
            MessageCase memory c = all[i];
            bool isReport = keccak256(bytes(c.format)) == keccak256("report");
            (bool valid, uint256 gasBound) = isReport ? this.checkReport(c.encoded) : this.checkCommand(c.encoded);
            string memory label = string.concat(c.format, ": ", c.name);
            assertEq(valid, c.valid, label);
            assertEq(gasBound, c.gasBound, label);
            if (!valid) ++malformed;
        }
        assertGt(malformed, 40);
        assertGt(all.length - malformed, 80);
    }

    function test_CLR20_AccountId() public view {
        AccountIdCase[] memory all = abi.decode(
            cases(".accountIds", "Case(address owner,uint32 homeEid,uint64 subAccount,bytes32 id)"), (AccountIdCase[])
        );
        assertGt(all.length, 10);
        for (uint256 i; i < all.length; ++i) {
            AccountIdCase memory c = all[i];
            AccountId id = AccountIdLib.pack(c.owner, c.homeEid, c.subAccount);
            assertEq(AccountId.unwrap(id), c.id);
            assertEq(abi.encode(id.owner(), id.homeEid(), id.subAccount()), abi.encode(c.owner, c.homeEid, c.subAccount));
        }
    }

    function test_CLR20_InstrumentId() public view {
        InstrumentIdCase[] memory all = abi.decode(
            cases(".instruments", "Case(string symbol,bytes16 underlying,bytes32 id)"), (InstrumentIdCase[])
        );
        assertGt(all.length, 4);
        for (uint256 i; i < all.length; ++i) {
            InstrumentIdCase memory c = all[i];
            assertEq(bytes16(bytes(c.symbol)), c.underlying);
            InstrumentId id = InstrumentIdLib.perpetual(c.underlying);
            assertEq(InstrumentId.unwrap(id), c.id);
            assertEq(id.underlying(), c.underlying);
            assertTrue(id.isPerpetual());
        }
    }

    function test_CLR20_PayoutId() public view {
        PayoutIdCase[] memory all = abi.decode(
            cases(
                ".payoutIds",
                "Case(uint32 hubEid,address hub,uint32 dstEid,address vault,bytes32 account,address recipient,uint16 asset,uint64 amount,uint40 issuedAt,uint64 nonce,bytes32 id)"
            ),
            (PayoutIdCase[])
        );
        assertGt(all.length, 10);
        for (uint256 i; i < all.length; ++i) {
            PayoutIdCase memory c = all[i];
            CommandCodec.Pay memory p = CommandCodec.Pay(
                AccountId.wrap(c.account), c.recipient, c.asset, c.amount, c.issuedAt, c.nonce
            );
            assertEq(PayoutId.compute(c.hubEid, c.hub, c.dstEid, c.vault, p), c.id);
        }
    }

    function checkReport(bytes calldata m) external pure returns (bool, uint256) {
        return ReportCodec.check(m);
    }

    function checkCommand(bytes calldata m) external pure returns (bool, uint256) {
        return CommandCodec.check(m);
    }
}
