// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Digest} from "../../../contracts/libraries/Digest.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {InstrumentId} from "../../../contracts/types/InstrumentId.sol";
import {Pair} from "../../../contracts/types/Pair.sol";
import {VectorFile} from "./VectorFile.sol";

/// @notice Each item of a report, encoded and decoded, is what TypeScript makes of it.
contract ReportVectorsTest is VectorFile {
    struct HeaderCase {
        uint64 sequence;
        uint40 chainTime;
        bytes encoded;
    }

    struct AccountCase {
        uint32 index;
        bytes32 account;
        bytes encoded;
    }

    struct InstrumentCase {
        uint16 index;
        bytes32 instrument;
        bytes encoded;
    }

    struct DepositCase {
        bytes32 account;
        uint16 asset;
        uint8 purpose;
        uint64 total;
        bytes encoded;
    }

    struct PairCase {
        uint32 account;
        uint16 instrument;
        int88 base;
        int88 quote;
        uint48 used;
        uint32 version;
        bytes encoded;
    }

    struct CreditStateCase {
        uint32 account;
        uint32 version;
        uint32 freezeVersion;
        bool frozen;
        uint64 usedTotal;
        bytes encoded;
    }

    struct ClosingStateCase {
        uint32 account;
        uint16 instrument;
        uint32 version;
        uint32 pairVersion;
        uint88 usedBuys;
        uint88 usedSells;
        uint64 usedCredit;
        bytes encoded;
    }

    struct HeartbeatCase {
        uint32 dirtyPairs;
        uint40 oldestDirty;
        uint256 digest;
        bytes encoded;
    }

    struct VaultBalanceCase {
        uint16 asset;
        uint64 amount;
        bytes encoded;
    }

    struct DepositTermCase {
        bytes32 account;
        uint16 asset;
        uint8 purpose;
        uint64 total;
        uint256 term;
    }

    struct PairTermCase {
        bytes32 accountId;
        bytes32 instrumentId;
        int88 base;
        int88 quote;
        uint48 used;
        uint32 version;
        uint256 term;
    }

    struct WithdrawalCase {
        bytes32 account;
        uint64 number;
        address requester;
        uint16 asset;
        uint64 amount;
        uint32 dstEid;
        address recipient;
        uint64 minimum;
        uint40 deadline;
        bytes encoded;
    }

    struct PayoutResultCase {
        bytes32 payoutId;
        uint8 rank;
        bytes encoded;
    }

    function setUp() public {
        load("codec.json");
    }

    function test_CLR20_Header() public view {
        HeaderCase[] memory all = abi.decode(
            cases(".report.header", "Case(uint64 sequence,uint40 chainTime,bytes encoded)"), (HeaderCase[])
        );
        assertGt(all.length, 30);
        for (uint256 i; i < all.length; ++i) {
            HeaderCase memory c = all[i];
            // The vectors leave the version byte out.
            bytes memory encoded = abi.encodePacked(ReportCodec.VERSION, c.encoded);
            assertEq(ReportCodec.encodeHeader(ReportCodec.Header(c.sequence, c.chainTime)), encoded);
            ReportCodec.Header memory h = this.decodeHeader(encoded);
            assertEq(abi.encode(h), abi.encode(c.sequence, c.chainTime));
        }
    }

    function test_CLR20_Account() public view {
        AccountCase[] memory all =
            abi.decode(cases(".report.account", "Case(uint32 index,bytes32 account,bytes encoded)"), (AccountCase[]));
        assertGt(all.length, 30);
        for (uint256 i; i < all.length; ++i) {
            AccountCase memory c = all[i];
            assertEq(ReportCodec.encodeAccount(c.index, AccountId.wrap(c.account)), c.encoded);
            (uint32 index, AccountId account) = this.decodeAccount(c.encoded);
            assertEq(abi.encode(index, account), abi.encode(c.index, c.account));
        }
    }

    function test_CLR20_Instrument() public view {
        InstrumentCase[] memory all = abi.decode(
            cases(".report.instrument", "Case(uint16 index,bytes32 instrument,bytes encoded)"), (InstrumentCase[])
        );
        assertGt(all.length, 30);
        for (uint256 i; i < all.length; ++i) {
            InstrumentCase memory c = all[i];
            assertEq(ReportCodec.encodeInstrument(c.index, InstrumentId.wrap(c.instrument)), c.encoded);
            (uint16 index, InstrumentId instrument) = this.decodeInstrument(c.encoded);
            assertEq(abi.encode(index, instrument), abi.encode(c.index, c.instrument));
        }
    }

    function test_CLR20_Deposit() public view {
        DepositCase[] memory all = abi.decode(
            cases(".report.deposit", "Case(bytes32 account,uint16 asset,uint8 purpose,uint64 total,bytes encoded)"),
            (DepositCase[])
        );
        assertGt(all.length, 30);
        for (uint256 i; i < all.length; ++i) {
            DepositCase memory c = all[i];
            ReportCodec.Deposit memory d =
                ReportCodec.Deposit(AccountId.wrap(c.account), c.asset, c.purpose, c.total);
            assertEq(ReportCodec.encodeDeposit(d), c.encoded);
            assertEq(abi.encode(this.decodeDeposit(c.encoded)), abi.encode(d));
        }
    }

    function test_CLR20_Pair() public view {
        PairCase[] memory all = abi.decode(
            cases(
                ".report.pair",
                "Case(uint32 account,uint16 instrument,int88 base,int88 quote,uint48 used,uint32 version,bytes encoded)"
            ),
            (PairCase[])
        );
        assertGt(all.length, 30);
        bool negative;
        for (uint256 i; i < all.length; ++i) {
            PairCase memory c = all[i];
            ReportCodec.PairItem memory p =
                ReportCodec.PairItem(c.account, c.instrument, Pair(c.base, c.quote, c.used, c.version));
            assertEq(ReportCodec.encodePair(p), c.encoded);
            assertEq(abi.encode(this.decodePair(c.encoded)), abi.encode(p));
            negative = negative || (c.base < 0 && c.quote < 0);
        }
        assertTrue(negative);
    }

    function test_CLR20_CreditState() public view {
        CreditStateCase[] memory all = abi.decode(
            cases(".report.creditState", "Case(uint32 account,uint32 version,uint32 freezeVersion,bool frozen,uint64 usedTotal,bytes encoded)"),
            (CreditStateCase[])
        );
        assertGt(all.length, 30);
        for (uint256 i; i < all.length; ++i) {
            CreditStateCase memory c = all[i];
            ReportCodec.CreditState memory s = ReportCodec.CreditState(
                c.account, c.version, c.freezeVersion, c.frozen, c.usedTotal
            );
            assertEq(ReportCodec.encodeCreditState(s), c.encoded);
            assertEq(abi.encode(this.decodeCreditState(c.encoded)), abi.encode(s));
        }
    }

    function test_CLR20_ClosingState() public view {
        ClosingStateCase[] memory all = abi.decode(
            cases(
                ".report.closingState",
                "Case(uint32 account,uint16 instrument,uint32 version,uint32 pairVersion,uint88 usedBuys,uint88 usedSells,uint64 usedCredit,bytes encoded)"
            ),
            (ClosingStateCase[])
        );
        assertGt(all.length, 30);
        for (uint256 i; i < all.length; ++i) {
            ClosingStateCase memory c = all[i];
            ReportCodec.ClosingState memory s = ReportCodec.ClosingState(
                c.account, c.instrument, c.version, c.pairVersion, c.usedBuys, c.usedSells, c.usedCredit
            );
            assertEq(ReportCodec.encodeClosingState(s), c.encoded);
            assertEq(abi.encode(this.decodeClosingState(c.encoded)), abi.encode(s));
        }
    }

    function test_CLR20_Withdrawal() public view {
        WithdrawalCase[] memory all = abi.decode(
            cases(
                ".report.withdrawal",
                "Case(bytes32 account,uint64 number,address requester,uint16 asset,uint64 amount,uint32 dstEid,address recipient,uint64 minimum,uint40 deadline,bytes encoded)"
            ),
            (WithdrawalCase[])
        );
        assertGt(all.length, 30);
        for (uint256 i; i < all.length; ++i) {
            WithdrawalCase memory c = all[i];
            ReportCodec.Withdrawal memory w = ReportCodec.Withdrawal({
                account: AccountId.wrap(c.account),
                number: c.number,
                requester: c.requester,
                asset: c.asset,
                amount: c.amount,
                dstEid: c.dstEid,
                recipient: c.recipient,
                minimum: c.minimum,
                deadline: c.deadline
            });
            assertEq(ReportCodec.encodeWithdrawal(w), c.encoded);
            assertEq(abi.encode(this.decodeWithdrawal(c.encoded)), abi.encode(w));
        }
    }

    function test_CLR20_PayoutResult() public view {
        PayoutResultCase[] memory all = abi.decode(
            cases(".report.payoutResult", "Case(bytes32 payoutId,uint8 rank,bytes encoded)"), (PayoutResultCase[])
        );
        assertGt(all.length, 30);
        for (uint256 i; i < all.length; ++i) {
            PayoutResultCase memory c = all[i];
            assertEq(ReportCodec.encodePayoutResult(c.payoutId, c.rank), c.encoded);
            (bytes32 id, uint8 rank) = this.decodePayoutResult(c.encoded);
            assertEq(abi.encode(id, rank), abi.encode(c.payoutId, c.rank));
        }
    }

    function test_CLR20_Heartbeat() public view {
        HeartbeatCase[] memory all = abi.decode(
            cases(".report.heartbeat", "Case(uint32 dirtyPairs,uint40 oldestDirty,uint256 digest,bytes encoded)"),
            (HeartbeatCase[])
        );
        assertGt(all.length, 30);
        for (uint256 i; i < all.length; ++i) {
            HeartbeatCase memory c = all[i];
            ReportCodec.Heartbeat memory h = ReportCodec.Heartbeat(c.dirtyPairs, c.oldestDirty, c.digest);
            assertEq(ReportCodec.encodeHeartbeat(h), c.encoded);
            assertEq(abi.encode(this.decodeHeartbeat(c.encoded)), abi.encode(h));
        }
    }

    function test_CLR20_VaultBalance() public view {
        VaultBalanceCase[] memory all = abi.decode(
            cases(".report.vaultBalance", "Case(uint16 asset,uint64 amount,bytes encoded)"), (VaultBalanceCase[])
        );
        assertGt(all.length, 30);
        for (uint256 i; i < all.length; ++i) {
            VaultBalanceCase memory c = all[i];
            assertEq(ReportCodec.encodeVaultBalance(c.asset, c.amount), c.encoded);
            (uint16 asset, uint64 amount) = this.decodeVaultBalance(c.encoded);
            assertEq(abi.encode(asset, amount), abi.encode(c.asset, c.amount));
        }
    }

    function test_CLR20_DigestTerms() public view {
        DepositTermCase[] memory deposits = abi.decode(
            cases(
                ".digest.deposits",
                "Case(bytes32 account,uint16 asset,uint8 purpose,uint64 total,uint256 term)"
            ),
            (DepositTermCase[])
        );
        assertGt(deposits.length, 30);
        for (uint256 i; i < deposits.length; ++i) {
            DepositTermCase memory c = deposits[i];
            assertEq(Digest.deposit(AccountId.wrap(c.account), c.asset, c.purpose, c.total), c.term);
        }
        PairTermCase[] memory pairs = abi.decode(
            cases(
                ".digest.pairs",
                "Case(bytes32 accountId,bytes32 instrumentId,int88 base,int88 quote,uint48 used,uint32 version,uint256 term)"
            ),
            (PairTermCase[])
        );
        assertGt(pairs.length, 30);
        for (uint256 i; i < pairs.length; ++i) {
            PairTermCase memory c = pairs[i];
            uint256 packed = Pair(c.base, c.quote, c.used, c.version).pack();
            assertEq(Digest.pair(AccountId.wrap(c.accountId), InstrumentId.wrap(c.instrumentId), packed), c.term);
        }
    }

    function decodeHeartbeat(bytes calldata m) external pure returns (ReportCodec.Heartbeat memory) {
        return ReportCodec.decodeHeartbeat(m, 0);
    }

    function decodeVaultBalance(bytes calldata m) external pure returns (uint16, uint64) {
        return ReportCodec.decodeVaultBalance(m, 0);
    }

    function decodeHeader(bytes calldata m) external pure returns (ReportCodec.Header memory) {
        return ReportCodec.decodeHeader(m);
    }

    function decodeAccount(bytes calldata m) external pure returns (uint32, AccountId) {
        return ReportCodec.decodeAccount(m, 0);
    }

    function decodeInstrument(bytes calldata m) external pure returns (uint16, InstrumentId) {
        return ReportCodec.decodeInstrument(m, 0);
    }

    function decodeDeposit(bytes calldata m) external pure returns (ReportCodec.Deposit memory) {
        return ReportCodec.decodeDeposit(m, 0);
    }

    function decodePair(bytes calldata m) external pure returns (ReportCodec.PairItem memory) {
        return ReportCodec.decodePair(m, 0);
    }

    function decodeClosingState(bytes calldata m) external pure returns (ReportCodec.ClosingState memory) {
        return ReportCodec.decodeClosingState(m, 0);
    }

    function decodeCreditState(bytes calldata m) external pure returns (ReportCodec.CreditState memory) {
        return ReportCodec.decodeCreditState(m, 0);
    }

    function decodeWithdrawal(bytes calldata m) external pure returns (ReportCodec.Withdrawal memory) {
        return ReportCodec.decodeWithdrawal(m, 0);
    }

    function decodePayoutResult(bytes calldata m) external pure returns (bytes32, uint8) {
        return ReportCodec.decodePayoutResult(m, 0);
    }
}
