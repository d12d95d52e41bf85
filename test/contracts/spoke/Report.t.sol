// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISpokeVault} from "../../../contracts/interfaces/ISpokeVault.sol";
import {CommandCodec} from "../../../contracts/libraries/CommandCodec.sol";
import {Digest} from "../../../contracts/libraries/Digest.sol";
import {PayoutId} from "../../../contracts/libraries/PayoutId.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {SectionCodec} from "../../../contracts/libraries/SectionCodec.sol";
import {ScriptedEndpoint} from "../../../contracts/mocks/ScriptedEndpoint.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {Pair} from "../../../contracts/types/Pair.sol";
import {VaultFixture} from "./VaultFixture.sol";

contract ReportTest is VaultFixture {
    uint256 private constant BEAT = 3 + ReportCodec.HEARTBEAT_SIZE;

    function test_ReportsEverySectionInOrder() public {
        openMarket();
        trade(alice, bob, 1e8, PRICE);
        usdc.mint(address(this), 50e6);
        usdc.approve(address(vault), 50e6);
        vault.deposit(alice, USDC, 50e6);
        vault.requestWithdrawal(alice, USDC, 7, OTHER_EID, venue, 3, 99);
        CommandCodec.Pay memory pay = CommandCodec.Pay(alice, venue, USDC, 1e6, 5, 6);
        command(payMessage(pay));

        ISpokeVault.ReportKeys memory keys;
        keys.creditStates = _accounts(bob);
        keys.deposits = new ISpokeVault.DepositKey[](1);
        keys.deposits[0] = ISpokeVault.DepositKey(alice, USDC, 0);
        keys.pairs = _pairs(alice);
        keys.withdrawals = new uint64[](1);
        keys.withdrawals[0] = 1;
        keys.payouts = new bytes32[](1);
        keys.payouts[0] = payoutId(pay);
        keys.balances = new uint16[](1);
        keys.balances[0] = USDC;
        vm.expectEmit(true, false, false, false, address(vault));
        emit ISpokeVault.ReportSent(1, 0);
        ScriptedEndpoint.Packet memory sent = _report(keys, false);

        bytes memory names = bytes.concat(
            SectionCodec.header(ReportCodec.ACCOUNT, 2),
            ReportCodec.encodeAccount(2, alice),
            ReportCodec.encodeAccount(3, bob),
            SectionCodec.header(ReportCodec.INSTRUMENT, 1),
            ReportCodec.encodeInstrument(1, btcPerp)
        );
        bytes memory totals = bytes.concat(
            SectionCodec.header(ReportCodec.DEPOSIT, 1),
            ReportCodec.encodeDeposit(ReportCodec.Deposit(alice, USDC, 0, 50e6)),
            SectionCodec.header(ReportCodec.PAIR, 1),
            ReportCodec.encodePair(ReportCodec.PairItem(2, 1, vault.pairOf(alice, btcPerp))),
            SectionCodec.header(ReportCodec.CREDIT_STATE, 1),
            ReportCodec.encodeCreditState(ReportCodec.CreditState(3, 1, 0, false, vault.creditOf(bob).used))
        );
        bytes memory rest = bytes.concat(
            SectionCodec.header(ReportCodec.WITHDRAWAL, 1),
            ReportCodec.encodeWithdrawal(vault.withdrawalOf(1)),
            SectionCodec.header(ReportCodec.PAYOUT_RESULT, 1),
            ReportCodec.encodePayoutResult(payoutId(pay), PayoutId.PAID),
            SectionCodec.header(ReportCodec.VAULT_BALANCE, 1),
            ReportCodec.encodeVaultBalance(USDC, uint64(usdc.balanceOf(address(vault))))
        );
        bytes memory header = ReportCodec.encodeHeader(ReportCodec.Header(1, uint40(block.timestamp)));
        assertEq(sent.message, bytes.concat(header, names, totals, rest, _beat()));
        uint8[10] memory kinds = [1, 1, 2, 3, 4, 5, 6, 7, 8, 9];
        uint256 gas = ReportCodec.BASE_GAS + ReportCodec.NEW_PAIR_GAS;
        for (uint256 i; i < kinds.length; ++i) {
            gas += _gasOf(kinds[i]);
        }
        assertEq(sent.gas, _bought(gas));
        assertEq(sent.origin.srcEid, SPOKE_EID);
        assertEq(sent.origin.sender, toBytes32(address(vault)));
        assertEq(sent.receiver, hub);
    }

    function test_NamesTravelOnFirstUseAndWhenAsked() public {
        openMarket();
        trade(alice, bob, 1e8, PRICE);
        ISpokeVault.ReportKeys memory keys;
        keys.pairs = _pairs(alice);
        uint256 pairOnly = ReportCodec.HEADER + 3 + ReportCodec.PAIR_SIZE + BEAT;
        uint256 named = pairOnly + 3 + ReportCodec.ACCOUNT_SIZE + 3 + ReportCodec.INSTRUMENT_SIZE;

        assertEq(_report(keys, false).message.length, named);
        ScriptedEndpoint.Packet memory again = _report(keys, false);
        assertEq(again.message.length, pairOnly);
        uint256 gas = ReportCodec.BASE_GAS + _gasOf(ReportCodec.PAIR) + _gasOf(ReportCodec.HEARTBEAT);
        assertEq(again.gas, _bought(gas), "not new any more");
        ScriptedEndpoint.Packet memory healing = _report(keys, true);
        assertEq(healing.message.length, named);
        gas += _gasOf(ReportCodec.ACCOUNT) + _gasOf(ReportCodec.INSTRUMENT) + ReportCodec.NEW_PAIR_GAS;
        assertEq(healing.gas, _bought(gas), "may be new to the hub");
    }

    /// @dev Settled at the hub it has left the account's list, and a pair that arrives late puts it back.
    function test_CLR11_APairOfAnExpiredOptionBuysAsMuchGasAsANewOne() public {
        openMarket();
        listCall();
        tradeOf(btcCall, alice, bob, 1e8, 1_500e18);
        ISpokeVault.ReportKeys memory keys;
        keys.pairs = new ISpokeVault.PairKey[](1);
        keys.pairs[0] = ISpokeVault.PairKey(alice, btcCall);
        _report(keys, false);
        uint256 gas = ReportCodec.BASE_GAS + _gasOf(ReportCodec.PAIR) + _gasOf(ReportCodec.HEARTBEAT);
        vm.warp(btcCall.expiry() - 1);
        assertEq(_report(keys, false).gas, _bought(gas));
        vm.warp(btcCall.expiry());
        assertEq(_report(keys, false).gas, _bought(gas + ReportCodec.NEW_PAIR_GAS));
    }

    /// @dev Each name once, whatever the keys repeat.
    function testFuzz_EachNameOncePerReport(uint256 seed, bool withNames) public {
        openMarket();
        trade(alice, bob, 1e8, PRICE);
        AccountId[3] memory all = [alice, bob, vault.feeAccount()];
        uint256 count = bound(seed, 1, 40);
        ISpokeVault.ReportKeys memory keys;
        keys.pairs = new ISpokeVault.PairKey[](count);
        keys.creditStates = new AccountId[](count);
        bool[3] memory used;
        for (uint256 i; i < count; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            keys.pairs[i] = ISpokeVault.PairKey(all[seed % 3], btcPerp);
            keys.creditStates[i] = all[(seed >> 8) % 2];
            used[seed % 3] = true;
            used[(seed >> 8) % 2] = true;
        }
        uint256 names = (used[0] ? 1 : 0) + (used[1] ? 1 : 0) + (used[2] ? 1 : 0);
        uint256 length = _report(keys, withNames).message.length;
        assertEq(
            length,
            ReportCodec.HEADER + 3 + names * ReportCodec.ACCOUNT_SIZE + 3 + ReportCodec.INSTRUMENT_SIZE + 3
                + count * ReportCodec.PAIR_SIZE + 3 + count * ReportCodec.CREDIT_STATE_SIZE + BEAT
        );
    }

    /// @dev A lease that was never used must be reportable, or the hub could never release it.
    function test_CLR06_CreditStateOfAnAccountThatNeverTraded() public {
        grant(alice, 500);
        assertEq(vault.accountIndexOf(alice), 0);
        ISpokeVault.ReportKeys memory keys;
        keys.creditStates = _accounts(alice);
        assertEq(vault.quoteReport(keys, false).nativeFee, 0);
        ScriptedEndpoint.Packet memory sent = _report(keys, false);
        assertEq(vault.accountIndexOf(alice), 2);
        bytes memory expected = bytes.concat(
            ReportCodec.encodeHeader(ReportCodec.Header(1, uint40(block.timestamp))),
            SectionCodec.header(ReportCodec.ACCOUNT, 1),
            ReportCodec.encodeAccount(2, alice),
            SectionCodec.header(ReportCodec.CREDIT_STATE, 1),
            ReportCodec.encodeCreditState(ReportCodec.CreditState(2, 1, 0, false, 0)),
            _beat()
        );
        assertEq(sent.message, expected);
    }

    /// @dev Who is let close only is frozen, too, and the hub has to hear that it is obeyed.
    function test_AFreezeIsToldOfAnAccountThatWasNeverLentCredit() public {
        ISpokeVault.ReportKeys memory keys;
        keys.creditStates = _accounts(alice);
        _refused(keys, ISpokeVault.Vault_NothingToReport.selector, AccountId.unwrap(alice));
        command(freezeMessage(alice, true, 3));
        bytes memory message = _report(keys, false).message;
        bytes memory item = ReportCodec.encodeCreditState(ReportCodec.CreditState(2, 0, 3, true, 0));
        assertEq(keccak256(_slice(message, message.length - BEAT - item.length, item.length)), keccak256(item));
    }

    /// @dev Also of one that was never used: its lease ends only at the hub when that is told.
    function test_CLR06_APairTravelsWithTheStateOfItsClosingAllowance() public {
        openMarket();
        uint40 end = uint40(block.timestamp + 60);
        command(closingMessage(CommandCodec.ClosingAllowance(alice, btcPerp, false, 3e8, 1e10, 4, end)));
        ISpokeVault.ReportKeys memory keys;
        keys.pairs = _pairs(alice);
        assertEq(vault.quoteReport(keys, false).nativeFee, 0);
        bytes memory names = bytes.concat(
            SectionCodec.header(ReportCodec.ACCOUNT, 1),
            ReportCodec.encodeAccount(2, alice),
            SectionCodec.header(ReportCodec.INSTRUMENT, 1),
            ReportCodec.encodeInstrument(1, btcPerp)
        );
        ScriptedEndpoint.Packet memory sent = _report(keys, false);
        assertEq(sent.message, _withClosing(names, 4, 0, 0));
        assertEq(vault.heartbeat().digest, 0, "a pair without trades is none");
        uint256 gas = ReportCodec.BASE_GAS + _gasOf(ReportCodec.ACCOUNT) + _gasOf(ReportCodec.INSTRUMENT)
            + _gasOf(ReportCodec.PAIR) + ReportCodec.NEW_PAIR_GAS + _gasOf(ReportCodec.CLOSING_STATE)
            + _gasOf(ReportCodec.HEARTBEAT);
        assertEq(sent.gas, _bought(gas));

        trade(bob, alice, 2e8, PRICE);
        vm.warp(end);
        // 0.5 % of 120,000, and the fee of 24.
        assertEq(_report(keys, false).message, _withClosing("", 4, 2e8, 624_00), "with what was used");
        assertEq(_report(keys, true).message, _withClosing(names, 4, 2e8, 624_00), "CLR-04");
        keys.pairs = _pairs(bob);
        _report(keys, false);
    }

    function test_CLR04_EveryReportSaysTheTotalsAndCountsOn() public {
        openMarket();
        ISpokeVault.ReportKeys memory keys;
        keys.creditStates = _accounts(alice);
        for (uint64 i = 1; i <= 3; ++i) {
            trade(alice, bob, 1e8, PRICE);
            vm.warp(block.timestamp + 1);
            bytes memory message = _report(keys, false).message;
            bytes memory header = ReportCodec.encodeHeader(ReportCodec.Header(i, uint40(block.timestamp)));
            bytes memory item =
                ReportCodec.encodeCreditState(ReportCodec.CreditState(2, 1, 0, false, vault.creditOf(alice).used));
            assertEq(keccak256(_slice(message, 0, header.length)), keccak256(header));
            assertEq(keccak256(_slice(message, message.length - BEAT - item.length, item.length)), keccak256(item));
        }
    }

    /// @dev A report of the largest size that crosses LayerZero stays affordable to build.
    function test_FullReportIsAffordable() public {
        openMarket();
        trade(alice, bob, 1e8, PRICE);
        ISpokeVault.ReportKeys memory keys;
        keys.pairs = new ISpokeVault.PairKey[](2);
        (keys.pairs[0], keys.pairs[1]) = (ISpokeVault.PairKey(alice, btcPerp), ISpokeVault.PairKey(bob, btcPerp));
        vault.report(keys, false);
        keys.pairs = new ISpokeVault.PairKey[](195);
        for (uint256 i; i < 195; ++i) {
            keys.pairs[i] = ISpokeVault.PairKey(i % 2 == 0 ? alice : bob, btcPerp);
        }
        uint256 before = gasleft();
        vault.quoteReport(keys, false);
        assertLt(before - gasleft(), 3_000_000);
    }

    /// @dev Whatever anyone asks for, a report can be executed in one transaction of any chain.
    function test_CLR11_RevertWhen_AReportNeedsMoreGasThanATransactionMayHave() public {
        openMarket();
        trade(alice, bob, 1e8, PRICE);
        ISpokeVault.ReportKeys memory keys;
        keys.pairs = new ISpokeVault.PairKey[](130);
        for (uint256 i; i < keys.pairs.length; ++i) {
            keys.pairs[i] = ISpokeVault.PairKey(i % 2 == 0 ? alice : bob, btcPerp);
        }
        uint256 gas = ReportCodec.BASE_GAS + 2 * _gasOf(ReportCodec.ACCOUNT) + _gasOf(ReportCodec.INSTRUMENT)
            + 130 * (_gasOf(ReportCodec.PAIR) + ReportCodec.NEW_PAIR_GAS) + _gasOf(ReportCodec.HEARTBEAT);
        assertGt(gas, ReportCodec.MAX_GAS);
        vm.expectRevert(
            abi.encodeWithSelector(ISpokeVault.Vault_ReportTooLarge.selector, gas, ReportCodec.MAX_GAS)
        );
        vault.report(keys, true);
        assertLt(_bought(ReportCodec.MAX_GAS), 2 ** 24);
    }

    function test_RevertWhen_KeysHaveNoRecord() public {
        openMarket();
        ISpokeVault.ReportKeys memory keys;
        AccountId nobody = AccountId.wrap(bytes32(uint256(1)));
        keys.creditStates = _accounts(nobody);
        _refused(keys, ISpokeVault.Vault_NothingToReport.selector, AccountId.unwrap(nobody));

        delete keys.creditStates;
        keys.deposits = new ISpokeVault.DepositKey[](1);
        keys.deposits[0] = ISpokeVault.DepositKey(alice, USDC, 0);
        _refused(keys, ISpokeVault.Vault_NothingToReport.selector, AccountId.unwrap(alice));

        delete keys.deposits;
        keys.pairs = _pairs(alice);
        _refused(keys, ISpokeVault.Vault_NothingToReport.selector, AccountId.unwrap(alice));

        delete keys.pairs;
        keys.withdrawals = new uint64[](1);
        _refused(keys, ISpokeVault.Vault_NothingToReport.selector, 0);
        keys.withdrawals[0] = 1;
        _refused(keys, ISpokeVault.Vault_NothingToReport.selector, bytes32(uint256(1)));

        delete keys.withdrawals;
        keys.payouts = new bytes32[](1);
        keys.payouts[0] = "unknown";
        _refused(keys, ISpokeVault.Vault_UnknownPayout.selector, "unknown");
    }

    /// @dev A known account in an instrument it never traded must not read another pair's slot.
    function test_RevertWhen_OnlyHalfOfThePairKeyIsKnown() public {
        openMarket();
        trade(alice, bob, 1e8, PRICE);
        InstrumentId eth = InstrumentIdLib.perpetual("ETH");
        ISpokeVault.ReportKeys memory keys;
        keys.pairs = new ISpokeVault.PairKey[](1);
        keys.pairs[0] = ISpokeVault.PairKey(alice, eth);
        _refused(keys, ISpokeVault.Vault_NothingToReport.selector, AccountId.unwrap(alice));
        assertEq(vault.pairOf(alice, eth).version, 0);
    }

    function test_CLR04_AReportOfNoKeysIsAHeartbeat() public {
        ISpokeVault.ReportKeys memory keys;
        bytes memory header = ReportCodec.encodeHeader(ReportCodec.Header(1, uint40(block.timestamp)));
        assertEq(_report(keys, false).message, bytes.concat(header, _beat()));
        assertEq(vault.sequence(), 1);
    }

    /// @dev What waits: three pairs a first trade, the oldest first, until each is reported; then the digest covers them.
    function test_CLR04_TheHeartbeatTellsWhatWaits() public {
        openMarket();
        uint256 start = block.timestamp;
        trade(alice, bob, 1e8, PRICE);
        _assertWaiting(3, start);
        vm.warp(start + 5);
        command(priceMessage(BTC, PRICE, block.timestamp));
        trade(alice, bob, 1e8, PRICE);
        _assertWaiting(3, start);
        ISpokeVault.ReportKeys memory keys;
        keys.pairs = _pairs(alice);
        _report(keys, false);
        _assertWaiting(2, start);
        vm.warp(start + 9);
        trade(bob, alice, 1e8, PRICE);
        _assertWaiting(3, start);
        keys.pairs = _pairs(bob);
        _report(keys, false);
        keys.pairs = _pairs(vault.feeAccount());
        _report(keys, false);
        _assertWaiting(1, start + 9);
        keys.pairs = _pairs(alice);
        _report(keys, false);
        _assertWaiting(0, 0);
        _report(keys, true);
        _assertWaiting(0, 0);

        uint256 digest;
        AccountId[3] memory all = [alice, bob, vault.feeAccount()];
        for (uint256 i; i < 3; ++i) {
            unchecked {
                digest += Digest.pair(all[i], btcPerp, vault.pairOf(all[i], btcPerp).pack());
            }
        }
        assertEq(vault.heartbeat().digest, digest);
    }

    /// @dev Whatever is traded and reported in whatever order, the list is what a plain scan finds.
    function testFuzz_CLR04_WhatWaitsIsWhatChangedSinceItWasReported(uint256 seed) public {
        openMarket();
        AccountId[3] memory all = [alice, bob, vault.feeAccount()];
        uint256[3] memory since;
        for (uint256 n; n < 24; ++n) {
            seed = uint256(keccak256(abi.encode(seed)));
            vm.warp(block.timestamp + 1);
            if (seed % 2 == 0) {
                command(priceMessage(BTC, PRICE, block.timestamp));
                trade(alice, bob, 1e6, PRICE);
                for (uint256 i; i < 3; ++i) {
                    if (since[i] == 0) since[i] = block.timestamp;
                }
            } else {
                uint256 i = (seed >> 8) % 3;
                if (vault.pairOf(all[i], btcPerp).version == 0) continue;
                ISpokeVault.ReportKeys memory keys;
                keys.pairs = _pairs(all[i]);
                _report(keys, false);
                since[i] = 0;
            }
            uint256 count;
            uint256 oldest;
            for (uint256 i; i < 3; ++i) {
                if (since[i] == 0) continue;
                ++count;
                if (oldest == 0 || since[i] < oldest) oldest = since[i];
            }
            _assertWaiting(count, oldest);
        }
    }

    /// @dev A report of Alice's pair, whose closing allowance has version `version`.
    function _withClosing(bytes memory names, uint32 version, uint88 usedSells, uint64 usedCredit)
        private
        view
        returns (bytes memory)
    {
        Pair memory pair = vault.pairOf(alice, btcPerp);
        return bytes.concat(
            ReportCodec.encodeHeader(ReportCodec.Header(vault.sequence(), uint40(block.timestamp))),
            names,
            SectionCodec.header(ReportCodec.PAIR, 1),
            ReportCodec.encodePair(ReportCodec.PairItem(2, 1, pair)),
            SectionCodec.header(ReportCodec.CLOSING_STATE, 1),
            ReportCodec.encodeClosingState(
                ReportCodec.ClosingState(2, 1, version, pair.version, 0, usedSells, usedCredit)
            ),
            _beat()
        );
    }

    function _assertWaiting(uint256 count, uint256 since) private view {
        ReportCodec.Heartbeat memory beat = vault.heartbeat();
        assertEq(beat.dirtyPairs, count, "waiting");
        assertEq(beat.oldestDirty, since, "since");
    }

    /// @dev What the report that was just sent ends with.
    function _beat() private view returns (bytes memory) {
        return bytes.concat(
            SectionCodec.header(ReportCodec.HEARTBEAT, 1), ReportCodec.encodeHeartbeat(vault.heartbeat())
        );
    }

    function _gasOf(uint8 kind) private pure returns (uint256) {
        return uint256(uint8(ReportCodec.GAS[kind])) * 1000;
    }

    /// @dev With what `Transport` adds for endpoint and OApp.
    function _bought(uint256 gas) private pure returns (uint256) {
        return gas + gas / 60 + 50_000;
    }

    function _refused(ISpokeVault.ReportKeys memory keys, bytes4 selector, bytes32 key) private {
        vm.expectRevert(abi.encodeWithSelector(selector, key));
        vault.report(keys, false);
        vm.expectRevert(abi.encodeWithSelector(selector, key));
        vault.quoteReport(keys, true);
        assertEq(hubEndpoint.packetCount(), 0);
    }

    function _report(ISpokeVault.ReportKeys memory keys, bool withNames)
        private
        returns (ScriptedEndpoint.Packet memory)
    {
        bytes32 guid = vault.report(keys, withNames);
        ScriptedEndpoint.Packet memory sent = hubEndpoint.packetAt(hubEndpoint.packetCount() - 1);
        assertEq(sent.guid, guid);
        return sent;
    }

    function _accounts(AccountId account) private pure returns (AccountId[] memory list) {
        list = new AccountId[](1);
        list[0] = account;
    }

    function _pairs(AccountId account) private view returns (ISpokeVault.PairKey[] memory list) {
        list = new ISpokeVault.PairKey[](1);
        list[0] = ISpokeVault.PairKey(account, btcPerp);
    }

    function _slice(bytes memory data, uint256 at, uint256 length) private pure returns (bytes memory out) {
        out = new bytes(length);
        for (uint256 i; i < length; ++i) {
            out[i] = data[at + i];
        }
    }
}
