// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {ILoopbackReceiver} from "../../../contracts/interfaces/ILoopback.sol";
import {PayoutId} from "../../../contracts/libraries/PayoutId.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {Transport} from "../../../contracts/transport/Transport.sol";
import {AccountId, AccountIdLib} from "../../../contracts/types/AccountId.sol";
import {HubTestBase} from "./HubTestBase.sol";

/// @notice Is the bound that a receive asks for (CLR-11) really enough, for each kind of item at its dearest? Each message
/// is delivered with the least gas that passes `_requireGas`: with that, it must be applied.
contract GasBoundsTest is HubTestBase {
    uint256 private constant MANY = 468;
    uint256 private constant PAYOUTS = 300;

    AccountId[] private _many;
    AccountId[] private _lineless;
    bytes32[] private _payouts;

    function setUp() public override {
        super.setUp();
        bytes memory items;
        for (uint256 i; i < MANY; ++i) {
            address owner = address(uint160(0xBEEF0000 + i));
            _many.push(AccountIdLib.pack(owner, HUB_EID, 0));
            deliver(A_EID, report(1, depositSection(_many[i], USDC, 1e9)));
            deliver(A_EID, report(1, depositSection(_many[i], WETH, 1e8)));
            items = bytes.concat(items, ReportCodec.encodeAccount(uint32(i + 1), _many[i]));
            vm.startPrank(owner);
            hub.setMandate(IHubLedger.Mandate(_many[i], A_EID, 1e4, venue, 1, 1, uint40(block.timestamp)), "");
            vm.stopPrank();
        }
        hub.renewCredit(A_EID, _many, "");
        deliver(A_EID, report(1, section(ReportCodec.ACCOUNT, MANY, items)));
        for (uint256 i; i < MANY; ++i) {
            vm.prank(_many[i].owner());
            hub.setFreeze(_many[i], true, 1, "");
        }
        // Accounts that A names, frozen at the hub, without any credit on A.
        items = "";
        for (uint256 i; i < MANY; ++i) {
            address owner = address(uint160(0xFEED0000 + i));
            AccountId account = AccountIdLib.pack(owner, HUB_EID, 0);
            items = bytes.concat(items, ReportCodec.encodeAccount(uint32(i + 1), account));
            _lineless.push(account);
            vm.prank(owner);
            hub.setFreeze(account, true, 1, "");
        }
        deliver(HUB_EID, report(1, section(ReportCodec.ACCOUNT, MANY, items)));
        _primeLateLane();
        deliver(HUB_EID, report(1, section(ReportCodec.INSTRUMENT, 1, ReportCodec.encodeInstrument(BTC_INDEX, btcPerp))));
        bytes memory known;
        items = "";
        for (uint32 i; i < 60; ++i) {
            items = bytes.concat(items, ReportCodec.encodeInstrument(uint16(1024 * (1 + i)), i % 2 == 0 ? btcPerp : ethPerp));
        }
        deliver(HUB_EID, report(1, section(ReportCodec.INSTRUMENT, 60, items)));
        for (uint32 i; i < 260; ++i) {
            known = bytes.concat(known, pairItem(i + 1, uint16(1024 * (1 + i % 60)), 1, -1, 0, 1));
        }
        deliver(HUB_EID, report(1, section(ReportCodec.PAIR, 260, known)));
        for (uint256 i; i < PAYOUTS; ++i) {
            AccountId account = _many[i];
            // All of it, so that the refund writes where nothing is left.
            IHubLedger.WithdrawalOrder memory order = IHubLedger.WithdrawalOrder(
                account, WETH, 1e8, A_EID, recipient, 0, uint40(block.timestamp), uint64(i)
            );
            vm.prank(account.owner());
            _payouts.push(hub.process(hub.requestWithdrawal(order, ""), ""));
        }
    }

    function _primeLateLane() private {
        hub.listLane(UNLISTED_EID, LEASE, MAX_LAG);
        // Something that the vault never told of: the digests differ.
        deliver(
            UNLISTED_EID,
            bytes.concat(ReportCodec.encodeHeader(ReportCodec.Header(2, 1)), depositSection(_many[0], USDC, 1))
        );
        for (uint64 n = 3; n < 260; ++n) {
            deliver(UNLISTED_EID, ReportCodec.encodeHeader(ReportCodec.Header(n, 1)));
        }
        deliver(UNLISTED_EID, ReportCodec.encodeHeader(ReportCodec.Header(1, 1)));
        assertEq(hub.laneOf(UNLISTED_EID).arrivedUpTo, 33);
    }

    /// A report of nothing at all: the header. `LaneLogic.note` alone must fit BASE_GAS.
    function test_CLR11_HeaderAlone() public {
        bytes memory message = ReportCodec.encodeHeader(ReportCodec.Header(1_000_000, 1));
        _deliverAtBound("header alone, ahead", B_EID, message);
    }

    /// The dearest end of a report: its number far ahead, so in a new word of the bitmap, while 32 that came late are counted.
    function test_CLR11_HeaderAloneThatCountsTheLate() public {
        _deliverAtBound(
            "header alone, 32 late ones behind", UNLISTED_EID, ReportCodec.encodeHeader(ReportCodec.Header(1e9, 1))
        );
    }

    function test_CLR11_HeartbeatThatCountsTheLate() public {
        bytes memory message = bytes.concat(
            ReportCodec.encodeHeader(ReportCodec.Header(1e9, 1)),
            section(ReportCodec.HEARTBEAT, 1, ReportCodec.encodeHeartbeat(ReportCodec.Heartbeat(1, 1, 7)))
        );
        _deliverAtBound("heartbeat, 32 late ones behind", UNLISTED_EID, message);
    }

    /// Instruments whose indices a lying spoke chose so that they meet in `InstrumentSums`.
    function test_CLR11_PairsWhoseInstrumentsCollide() public {
        bytes memory items;
        for (uint32 i; i < 260; ++i) {
            items = bytes.concat(items, pairItem(uint32(i + 1), uint16(1024 * (1 + i % 60)), 1e8, -1e8, 0, 2));
        }
        bytes memory message = bytes.concat(
            ReportCodec.encodeHeader(ReportCodec.Header(100_000, 1)), section(ReportCodec.PAIR, 260, items)
        );
        _deliverAtBound("260 known pairs, colliding", HUB_EID, message);
    }

    function test_CLR11_CreditStatesThatReleaseAndObeyAFreeze() public {
        bytes memory items;
        for (uint32 i; i < MANY; ++i) {
            items = bytes.concat(items, ReportCodec.encodeCreditState(ReportCodec.CreditState(i + 1, 1, 1, true, 600)));
        }
        bytes memory message = bytes.concat(
            ReportCodec.encodeHeader(ReportCodec.Header(100_000, uint40(block.timestamp + LEASE))),
            section(ReportCodec.CREDIT_STATE, MANY, items),
            section(ReportCodec.HEARTBEAT, 1, ReportCodec.encodeHeartbeat(ReportCodec.Heartbeat(1, 1, 7)))
        );
        _deliverAtBound("468 credit states that release and obey", A_EID, message);
        assertEq(hub.creditLineOf(_many[MANY - 1], A_EID).freezeSeen, 1);
        assertEq(hub.creditLineOf(_many[MANY - 1], A_EID).ceiling, 600);
    }

    /// As many as the relayer reports at a time, with the gas that the vault buys and not a unit more than that.
    function test_CLR11_FiftyCreditStatesAsBought() public {
        bytes memory items;
        for (uint32 i; i < 50; ++i) {
            items = bytes.concat(items, ReportCodec.encodeCreditState(ReportCodec.CreditState(i + 1, 1, 1, true, 600)));
        }
        bytes memory message = bytes.concat(
            ReportCodec.encodeHeader(ReportCodec.Header(100_000, uint40(block.timestamp + LEASE))),
            section(ReportCodec.CREDIT_STATE, 50, items),
            section(ReportCodec.HEARTBEAT, 1, ReportCodec.encodeHeartbeat(ReportCodec.Heartbeat(1, 1, 7)))
        );
        uint256 bound = this.boundOf(message);
        (bool ok,) = tryDeliver(A_EID, message, ((bound + bound / 60 + 50_000 - 30_000) * 63) / 64);
        assertTrue(ok, "an honest report, with the gas bought for it, was refused");
    }

    /// By a spoke that lies: a freeze obeyed for accounts that never had credit there.
    function test_CLR11_CreditStatesOfAccountsWithoutCredit() public {
        bytes memory items;
        for (uint32 i; i < MANY; ++i) {
            items = bytes.concat(items, ReportCodec.encodeCreditState(ReportCodec.CreditState(i + 1, 1, 1, true, 0)));
        }
        bytes memory message = bytes.concat(
            ReportCodec.encodeHeader(ReportCodec.Header(100_000, uint40(block.timestamp + LEASE))),
            section(ReportCodec.CREDIT_STATE, MANY, items)
        );
        // The same words from the hub's own lane, which named those accounts.
        _deliverLoopbackAtBound("468 freezes seen without credit", message);
    }

    /// Each tells of use for the first time, and ends the lease.
    function test_CLR11_ClosingStatesThatTellAndRelease() public {
        uint256 count = 220;
        bytes memory accountItems;
        bytes memory pairs;
        bytes memory states;
        IHubLedger.ClosingKey[] memory closings = new IHubLedger.ClosingKey[](count);
        for (uint32 i; i < count; ++i) {
            AccountId account = AccountIdLib.pack(address(uint160(0xC105E + i)), HUB_EID, 0);
            deliver(B_EID, report(1, depositSection(account, USDC, 1e9)));
            vm.prank(account.owner());
            hub.setMandate(IHubLedger.Mandate(account, B_EID, 1e4, venue, 1, 1, uint40(block.timestamp)), "");
            accountItems = bytes.concat(accountItems, ReportCodec.encodeAccount(10_000 + i, account));
            pairs = bytes.concat(pairs, pairItem(10_000 + i, BTC_INDEX, 1e5, -60e6, 0, 1));
            closings[i] = IHubLedger.ClosingKey(account, btcPerp);
            ReportCodec.ClosingState memory state = ReportCodec.ClosingState(10_000 + i, BTC_INDEX, 1, 1, 0, 5e4, 20);
            states = bytes.concat(states, ReportCodec.encodeClosingState(state));
        }
        nameAll(B_EID);
        deliver(B_EID, report(1, section(ReportCodec.ACCOUNT, count, accountItems)));
        deliver(B_EID, report(1, section(ReportCodec.PAIR, count, pairs)));
        hub.renewClosing(B_EID, closings, "");
        assertEq(hub.closingOf(closings[count - 1].account, B_EID, btcPerp).unusedSells, 1e5);
        bytes memory message = bytes.concat(
            ReportCodec.encodeHeader(ReportCodec.Header(100_000, uint40(block.timestamp + LEASE))),
            section(ReportCodec.CLOSING_STATE, count, states)
        );
        _deliverAtBound("220 closing states that tell and release", B_EID, message);
        IHubLedger.ClosingLine memory line = hub.closingOf(closings[count - 1].account, B_EID, btcPerp);
        assertEq(line.usedSells + line.unusedSells, 5e4);
    }

    function test_CLR11_PayoutsCancelled() public {
        bytes memory items;
        for (uint256 i; i < PAYOUTS; ++i) {
            items = bytes.concat(items, ReportCodec.encodePayoutResult(_payouts[i], PayoutId.CANCELLED));
        }
        bytes memory message = bytes.concat(
            ReportCodec.encodeHeader(ReportCodec.Header(100_000, 1)),
            section(ReportCodec.PAYOUT_RESULT, PAYOUTS, items)
        );
        _deliverAtBound("300 payouts cancelled", A_EID, message);
        assertEq(hub.balanceOf(_many[PAYOUTS - 1], WETH), 1e8);
    }

    function test_CLR11_FirstDeposits() public {
        bytes memory items;
        uint256 count = 231;
        for (uint256 i; i < count; ++i) {
            AccountId account = AccountIdLib.pack(address(uint160(0xD000 + i)), A_EID, 0);
            items = bytes.concat(items, ReportCodec.encodeDeposit(ReportCodec.Deposit(account, WETH, 0, 1e6)));
        }
        bytes memory message = bytes.concat(
            ReportCodec.encodeHeader(ReportCodec.Header(100_000, 1)), section(ReportCodec.DEPOSIT, count, items)
        );
        _deliverAtBound("231 first deposits", B_EID, message);
    }

    function test_CLR11_AccountNames() public {
        bytes memory items;
        uint256 count = 277;
        for (uint256 i; i < count; ++i) {
            AccountId account = AccountIdLib.pack(address(uint160(0xD000 + i)), A_EID, 0);
            items = bytes.concat(items, ReportCodec.encodeAccount(uint32(70_000 + i), account));
        }
        bytes memory message = bytes.concat(
            ReportCodec.encodeHeader(ReportCodec.Header(100_000, 1)), section(ReportCodec.ACCOUNT, count, items)
        );
        _deliverAtBound("277 account names", B_EID, message);
    }

    function test_CLR11_VaultBalances() public {
        uint256 count = 998;
        bytes memory items;
        for (uint256 i; i < count; ++i) {
            items = bytes.concat(items, ReportCodec.encodeVaultBalance(uint16(i), 1));
        }
        bytes memory message = bytes.concat(
            ReportCodec.encodeHeader(ReportCodec.Header(100_000, 1)), section(ReportCodec.VAULT_BALANCE, count, items)
        );
        _deliverAtBound("998 balances", B_EID, message);
    }

    function _deliverAtBound(string memory what, uint32 eid, bytes memory message) private {
        _atBound(what, eid, message);
    }

    function _deliverLoopbackAtBound(string memory what, bytes memory message) private {
        _atBound(what, HUB_EID, message);
    }

    /// @dev Raises the gas until the receive no longer says that it is too little; what it then says counts.
    function _atBound(string memory what, uint32 eid, bytes memory message) private {
        uint256 bound = this.boundOf(message);
        for (uint256 gas = bound;; gas += 500) {
            uint256 before = gasleft();
            (bool ok, bytes memory reason) = this.attempt(eid, message, gas);
            uint256 spent = before - gasleft();
            if (!ok && reason.length >= 4 && bytes4(reason) == Transport.Transport_InsufficientGas.selector) continue;
            emit log_named_uint(string.concat("bound of ", what), bound);
            emit log_named_uint("  spent", spent);
            if (!ok) {
                uint256 bought = ((bound + bound / 60 + 50_000 - 30_000) * 63) / 64;
                (bool okBought,) = this.attempt(eid, message, bought);
                emit log_named_string("  enough as it is bought", okBought ? "yes" : "no");
                before = gasleft();
                this.attempt(eid, message, 40_000_000);
                emit log_named_uint("  needed", before - gasleft());
            }
            assertTrue(ok, string.concat("gas at the bound is not enough: ", what));
            return;
        }
    }

    function attempt(uint32 eid, bytes calldata message, uint256 gas) external returns (bool ok, bytes memory reason) {
        if (eid != HUB_EID) return tryDeliver(eid, message, gas);
        bytes memory data = abi.encodeCall(ILoopbackReceiver.receiveLoopback, (vaultOf(eid), 77_777, message));
        vm.prank(address(loopback));
        return address(hub).call{gas: gas}(data);
    }

    function boundOf(bytes calldata message) external pure returns (uint256 bound) {
        (, bound) = ReportCodec.check(message);
    }
}
