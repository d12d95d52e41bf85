// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {IMarginEngine} from "../../../contracts/interfaces/IMarginEngine.sol";
import {PositionValue} from "../../../contracts/libraries/PositionValue.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {HubTestBase} from "./HubTestBase.sol";

/// @notice Variation settlement: no gain becomes cash that a loser has not paid, and order changes no equity.
contract SettleTest is HubTestBase {
    function setUp() public override {
        super.setUp();
        for (uint256 i; i < 3; ++i) {
            nameAll(lanes_()[i]);
        }
    }

    function test_LossesPayGains() public {
        _fund(50_000e6, 50_000e6);
        reportTrade(A_EID, 0, 1, 1e8, 60_000e6);
        setPrices(61_000e18, ETH_PRICE);
        vm.expectEmit(address(hub));
        emit IHubLedger.PositionSettled(accounts[1], btcPerp, -1_000e6, 61_000e18);
        vm.expectEmit(address(hub));
        emit IHubLedger.PositionSettled(accounts[0], btcPerp, 1_000e6, 61_000e18);
        hub.settle(btcPerp, _list(0, 1), "");

        assertEq(hub.balanceOf(accounts[0], USDC), 51_000e6);
        assertEq(hub.balanceOf(accounts[1], USDC), 49_000e6);
        assertEq(hub.variationPoolOf(btcPerp), 0);
        assertEq(_value(0, 61_000e18), 0);
        assertEq(_value(1, 61_000e18), 0);
        assertConserved();
        assertClosed(btcPerp);
    }

    function test_GainsAreOnlyFromThePool() public {
        _fund(50_000e6, 50_000e6);
        reportTrade(A_EID, 0, 1, 1e8, 60_000e6);
        setPrices(61_000e18, ETH_PRICE);
        bytes32 before = ledger();
        hub.settle(btcPerp, only(0), "");
        assertEq(ledger(), before, "no loser has paid");

        hub.settle(btcPerp, only(1), "");
        assertEq(hub.variationPoolOf(btcPerp), 1_000e6);
        assertConserved();
        assertClosed(btcPerp);
        hub.settle(btcPerp, only(0), "");
        assertEq(hub.balanceOf(accounts[0], USDC), 51_000e6);
        hub.settle(btcPerp, only(0), "");
        assertEq(hub.balanceOf(accounts[0], USDC), 51_000e6, "once");
    }

    function test_ALoserPaysWhatItsCashCoversAndGainersShareProRata() public {
        deposit(A_EID, 1, USDC, 400e6);
        // 1 loses 1,000; 0 gains 750 of it, 2 gains 250.
        bytes memory items = bytes.concat(
            pairItem(1, BTC_INDEX, 75e6, -45_000e6, 0, 1),
            pairItem(2, BTC_INDEX, -1e8, 60_000e6, 0, 1),
            pairItem(3, BTC_INDEX, 25e6, -15_000e6, 0, 1)
        );
        deliver(A_EID, report(1, section(ReportCodec.PAIR, 3, items)));
        setPrices(61_000e18, ETH_PRICE);
        AccountId[] memory three = new AccountId[](3);
        (three[0], three[1], three[2]) = (accounts[0], accounts[1], accounts[2]);
        hub.settle(btcPerp, ascending(three), "");

        assertEq(hub.balanceOf(accounts[1], USDC), 0, "never below zero");
        assertEq(hub.balanceOf(accounts[0], USDC), 300e6);
        assertEq(hub.balanceOf(accounts[2], USDC), 100e6);
        assertEq(_value(0, 61_000e18), 450e6, "what is not paid stays in quote");
        assertEq(_value(1, 61_000e18), -600e6);
        assertConserved();
        assertClosed(btcPerp);
    }

    /// @dev A spoke that reports the winning side alone gains nothing from what others have paid in.
    function test_UnmatchedGainsAreNotPaid() public {
        _fund(50_000e6, 50_000e6);
        reportTrade(A_EID, 0, 1, 1e8, 60_000e6);
        setPrices(61_000e18, ETH_PRICE);
        hub.settle(btcPerp, only(1), "");
        assertEq(hub.variationPoolOf(btcPerp), 1_000e6);

        bytes memory winner = pairItem(3, BTC_INDEX, 1e8, -60_000e6, 0, 1);
        deliver(B_EID, report(1, section(ReportCodec.PAIR, 1, winner)));
        assertEq(hub.unmatchedGainOf(B_EID, btcPerp), 1_000e6);
        bytes32 before = ledger();
        hub.settle(btcPerp, only(2), "");
        assertEq(ledger(), before);

        bytes memory loser = pairItem(4, BTC_INDEX, -1e8, 60_000e6, 0, 1);
        deliver(B_EID, report(1, section(ReportCodec.PAIR, 1, loser)));
        assertEq(hub.unmatchedGainOf(B_EID, btcPerp), 0);
        hub.settle(btcPerp, only(2), "");
        assertEq(hub.balanceOf(accounts[2], USDC), 1_000e6, "first come, first served");
        assertConserved();
        assertClosed(btcPerp);
    }

    function test_AnUnmatchedLossOnOneSpokeDoesNotHideAGainOnAnother() public {
        _fund(50_000e6, 50_000e6);
        reportTrade(HUB_EID, 0, 1, 1e8, 60_000e6);
        deliver(A_EID, report(1, section(ReportCodec.PAIR, 1, pairItem(3, BTC_INDEX, 1e8, -60_000e6, 0, 1))));
        deliver(B_EID, report(1, section(ReportCodec.PAIR, 1, pairItem(4, BTC_INDEX, -1e8, 60_000e6, 0, 1))));
        setPrices(61_000e18, ETH_PRICE);
        hub.settle(btcPerp, only(1), "");
        hub.settle(btcPerp, only(2), "");
        assertEq(hub.balanceOf(accounts[2], USDC), 0);
        assertEq(hub.variationPoolOf(btcPerp), 1_000e6);
    }

    function test_CLR13_RevertWhen_TheMarkIsStale() public {
        _fund(50_000e6, 50_000e6);
        reportTrade(A_EID, 0, 1, 1e8, 60_000e6);
        oracle.set(BTC, 61_000e18, block.timestamp);
        vm.warp(block.timestamp + MAX_PRICE_AGE + 1);
        bytes32 before = ledger();
        vm.expectRevert(
            abi.encodeWithSelector(IMarginEngine.Margin_StalePrice.selector, BTC, MAX_PRICE_AGE + 1, MAX_PRICE_AGE)
        );
        hub.settle(btcPerp, _list(0, 1), "");
        assertEq(ledger(), before);
        hub.settle(btcPerp, _list(0, 1), abi.encode(BTC, 61_000e18));
        assertEq(hub.balanceOf(accounts[0], USDC), 51_000e6);
    }

    function test_RevertWhen_AccountsRepeatOrAreUnsorted() public {
        _fund(50_000e6, 50_000e6);
        reportTrade(A_EID, 0, 1, 1e8, 60_000e6);
        setPrices(61_000e18, ETH_PRICE);
        hub.settle(btcPerp, only(1), "");
        bytes32 before = ledger();
        AccountId[] memory twice = new AccountId[](2);
        (twice[0], twice[1]) = (accounts[0], accounts[0]);
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_AccountsNotAscending.selector, accounts[0]));
        hub.settle(btcPerp, twice, "");
        AccountId[] memory two = _list(0, 1);
        (two[0], two[1]) = (two[1], two[0]);
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_AccountsNotAscending.selector, two[1]));
        hub.settle(btcPerp, two, "");
        assertEq(ledger(), before);
    }

    function test_RevertWhen_TheInstrumentIsNotListed() public {
        InstrumentId doge = InstrumentIdLib.perpetual("DOGE");
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_UnknownInstrument.selector, doge));
        hub.settle(doge, only(0), "");
    }

    function test_OneWhoNeverTradedIsLeftAlone() public {
        _fund(1e6, 1e6);
        bytes32 before = ledger();
        hub.settle(btcPerp, _list(0, 1), "");
        assertEq(ledger(), before);
    }

    /// @dev Whatever is settled, in whatever grouping and at whatever marks, leaves every account's cash + quote, the
    /// total of the ledger, and never a negative cash or pool.
    function testFuzz_CLR01_CLR02_SettlingMovesButNeverMakesMoney(uint256 seed) public {
        _randomMarket(seed);
        int256[TRADERS] memory before;
        for (uint256 i; i < TRADERS; ++i) {
            before[i] = _cashAndQuote(i);
        }
        for (uint256 step; step < 12; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            setPrices(bound(seed >> 8, 1e13, 200_000e18), ETH_PRICE);
            hub.settle(btcPerp, _subset(seed % 15 + 1), "");
            for (uint256 i; i < TRADERS; ++i) {
                assertEq(_cashAndQuote(i), before[i], "cash + quote");
                assertGe(hub.balanceOf(accounts[i], USDC), 0, "cash");
            }
            assertConserved();
            assertClosed(btcPerp);
        }
    }

    /// @dev All at once or one by one, losers or gainers first: the same once each has been settled with the losers in.
    function testFuzz_CLR03_OrderOfSettlementsChangesNoEquity(uint256 seed, uint256 mark) public {
        _randomMarket(seed);
        mark = bound(mark, 1e13, 200_000e18);
        setPrices(mark, ETH_PRICE);
        uint256 snapshot = vm.snapshotState();
        hub.settle(btcPerp, _subset(15), "");
        int256[TRADERS] memory together;
        for (uint256 i; i < TRADERS; ++i) {
            together[i] = _cashAndQuote(i);
        }
        vm.revertToState(snapshot);
        for (uint256 i; i < 8; ++i) {
            hub.settle(btcPerp, only((seed >> (8 * i)) % TRADERS), "");
        }
        for (uint256 i; i < TRADERS; ++i) {
            assertEq(_cashAndQuote(i), together[i]);
        }
        assertConserved();
    }

    /// @dev A gain is never paid above what it is worth, and a loser never pays more than it lost.
    function testFuzz_ValueOnlyMovesTowardsZero(uint256 seed, uint256 mark) public {
        _randomMarket(seed);
        mark = bound(mark, 1e13, 200_000e18);
        setPrices(mark, ETH_PRICE);
        int256[TRADERS] memory before;
        for (uint256 i; i < TRADERS; ++i) {
            before[i] = _value(i, mark);
        }
        hub.settle(btcPerp, _subset(15), "");
        for (uint256 i; i < TRADERS; ++i) {
            int256 afterwards = _value(i, mark);
            if (before[i] >= 0) assertTrue(afterwards >= 0 && afterwards <= before[i], "gain");
            else assertTrue(afterwards <= 0 && afterwards >= before[i], "loss");
        }
    }

    /// @dev Trades of uneven sizes at uneven prices on all spokes, both sides applied, cash of any size.
    function _randomMarket(uint256 seed) private {
        int256[TRADERS][3] memory base;
        int256[TRADERS][3] memory quote;
        for (uint256 k; k < 8; ++k) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 lane = seed % 3;
            uint256 buyer = (seed >> 8) % TRADERS;
            uint256 seller = (buyer + 1 + (seed >> 16) % (TRADERS - 1)) % TRADERS;
            int256 q = int256(1 + (seed >> 32) % 3e8);
            int256 paid = q * int256(1 + (seed >> 96) % 90_000e6) / 1e8;
            base[lane][buyer] += q;
            base[lane][seller] -= q;
            quote[lane][buyer] -= paid;
            quote[lane][seller] += paid;
        }
        uint32[3] memory all = lanes_();
        for (uint256 lane; lane < 3; ++lane) {
            bytes memory items;
            for (uint256 i; i < TRADERS; ++i) {
                items = bytes.concat(items, pairItem(indexOf(i), BTC_INDEX, base[lane][i], quote[lane][i], 0, 1));
                uint64 cash = uint64(uint256(keccak256(abi.encode(seed, lane, i))) % 40_000e6);
                deposit(all[lane], i, USDC, cash);
            }
            deliver(all[lane], report(1, section(ReportCodec.PAIR, TRADERS, items)));
        }
        assertClosed(btcPerp);
    }

    function _fund(uint64 first, uint64 second) private {
        deposit(A_EID, 0, USDC, first);
        deposit(B_EID, 1, USDC, second);
    }

    function _list(uint256 i, uint256 j) private view returns (AccountId[] memory list) {
        list = new AccountId[](2);
        (list[0], list[1]) = (accounts[i], accounts[j]);
        return ascending(list);
    }

    /// @dev The traders whose bits are set.
    function _subset(uint256 bits) private view returns (AccountId[] memory list) {
        list = new AccountId[](TRADERS);
        uint256 count;
        for (uint256 i; i < TRADERS; ++i) {
            if (bits & (1 << i) != 0) list[count++] = accounts[i];
        }
        assembly ("memory-safe") {
            mstore(list, count)
        }
        return ascending(list);
    }

    function _value(uint256 trader, uint256 mark) private view returns (int256) {
        IHubLedger.NetPosition memory p = hub.positionOf(accounts[trader], btcPerp);
        return PositionValue.micros(p.base, p.quote, mark);
    }

    function _cashAndQuote(uint256 trader) private view returns (int256) {
        return hub.balanceOf(accounts[trader], USDC) + hub.positionOf(accounts[trader], btcPerp).quote;
    }
}
