// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {IMarginEngine, OptionReference} from "../../../contracts/interfaces/IMarginEngine.sol";
import {CommandCodec} from "../../../contracts/libraries/CommandCodec.sol";
import {PositionValue} from "../../../contracts/libraries/PositionValue.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {HubTestBase} from "./HubTestBase.sol";

/// @notice Options at the hub: listed, told to vaults, netted, settled at the settlement price and gone, whenever their pairs arrive.
contract OptionSettlementTest is HubTestBase {
    uint16 private constant CALL_INDEX = 3;
    uint256 private constant FIXED = 63_000e18;
    uint256 private constant PAYOFF = 3_000e18;

    uint40 private expiry;
    InstrumentId private call;

    function setUp() public override {
        super.setUp();
        expiry = uint40(block.timestamp + 7 days);
        call = InstrumentIdLib.option(BTC, expiry, 60_000e8, false);
        hub.listInstrument(call, 150_000, 200, 1_000e8);
        engine.setMark(call, 2_000e18);
        uint32[3] memory all = lanes_();
        for (uint256 i; i < all.length; ++i) {
            nameAll(all[i]);
            bytes memory name = ReportCodec.encodeInstrument(CALL_INDEX, call);
            deliver(all[i], report(block.timestamp, section(ReportCodec.INSTRUMENT, 1, name)));
        }
    }

    function test_AnOptionIsNettedAndMarginedAtTheEnginesMark() public {
        _fund(10_000e6, 10_000e6);
        _trade(A_EID, 0, 1, 5e8, 10_000e6);
        _trade(B_EID, 1, 0, 2e8, 4_000e6);
        IHubLedger.NetPosition memory p = hub.positionOf(accounts[0], call);
        assertEq(p.base, 3e8);
        assertEq(p.longs, 5e8);
        assertEq(hub.instrumentsOf(accounts[0]).length, 1);
        assertTrue(hub.instrumentsOf(accounts[0])[0] == call);
        assertEq(hub.marginOf(accounts[0]).initialWad, 920e18, "the venue charge included");
        engine.setMark(call, 2_500e18);
        assertEq(hub.marginOf(accounts[0]).equityInitialWad, 11_500e18);
        hub.settle(call, _both(), "");
        assertEq(hub.balanceOf(accounts[0], USDC), 11_500e6);
        assertEq(hub.instrumentsOf(accounts[0]).length, 1, "it lives on");
    }

    function test_AReferenceIsTheEnginesAndOfWhatIsListed() public {
        OptionReference memory r = OptionReference(2_000e18, -5e8, 60_000e18, 175_000, uint40(block.timestamp - 3));
        engine.setReference(call, r);
        IHubLedger.CommandKeys memory keys;
        keys.optionReferences = new InstrumentId[](1);
        keys.optionReferences[0] = call;
        hub.push(A_EID, keys);
        bytes memory item = CommandCodec.encodeOptionReference(
            CommandCodec.OptionReference(call, r.markWad, r.deltaPpb, r.spotWad, r.ratePpm, r.time)
        );
        bytes memory expected =
            bytes.concat(CommandCodec.encodeHeader(), section(CommandCodec.OPTION_REFERENCE, 1, item));
        assertEq(endpoint.last().message, expected);

        keys.optionReferences[0] = btcPerp;
        vm.expectRevert(abi.encodeWithSelector(IMarginEngine.Margin_UnsupportedInstrument.selector, btcPerp));
        hub.push(A_EID, keys);
        InstrumentId other = InstrumentIdLib.option(BTC, expiry, 1, true);
        keys.optionReferences[0] = other;
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_UnknownInstrument.selector, other));
        hub.push(A_EID, keys);
    }

    /// @dev The expiry rolls off: who was settled holds it no more, and nobody else is touched.
    function test_SettledAtTheSettlementPriceItLeavesTheAccountsList() public {
        _fund(10_000e6, 10_000e6);
        reportTrade(A_EID, 0, 1, 1e6, 600e6);
        engine.setMark(btcPerp, 60_000e18);
        _trade(A_EID, 0, 1, 2e8, 4_000e6);
        _fix();
        vm.expectEmit(address(hub));
        emit IHubLedger.PositionSettled(accounts[1], call, -2_000e6, PAYOFF);
        vm.expectEmit(address(hub));
        emit IHubLedger.InstrumentMoved(accounts[1], call, 0);
        hub.settle(call, only(1), "");
        assertEq(hub.instrumentsOf(accounts[0]).length, 2);
        hub.settle(call, only(0), "");

        assertEq(hub.balanceOf(accounts[0], USDC), 12_000e6);
        assertEq(hub.balanceOf(accounts[1], USDC), 8_000e6);
        for (uint256 i; i < 2; ++i) {
            assertEq(hub.instrumentsOf(accounts[i]).length, 1);
            assertTrue(hub.instrumentsOf(accounts[i])[0] == btcPerp);
            assertEq(hub.positionOf(accounts[i], call).place, 0);
            assertEq(hub.positionOf(accounts[i], btcPerp).place, 1);
        }
        assertEq(hub.variationPoolOf(call), 0);
        // Again changes nothing.
        hub.settle(call, _both(), "");
        assertEq(hub.balanceOf(accounts[0], USDC), 12_000e6);
        _assertClosed();
    }

    function test_WorthlessItLeavesWithoutCash() public {
        _trade(A_EID, 0, 1, 2e8, 0);
        vm.warp(expiry);
        expiryPrices.set(BTC, expiry, 59_000e18);
        engine.setMark(call, 0);
        hub.settle(call, _both(), "");
        assertEq(hub.instrumentsOf(accounts[0]).length, 0);
        assertEq(hub.instrumentsOf(accounts[1]).length, 0);
        assertEq(hub.positionOf(accounts[0], call).base, 2e8);
    }

    /// @dev Who cannot pay keeps his debt, and who is not paid his claim, until there is cash.
    function test_ADebtStaysUntilItIsPaid() public {
        _fund(0, 500e6);
        _trade(A_EID, 0, 1, 2e8, 4_000e6);
        _fix();
        hub.settle(call, _both(), "");
        assertEq(hub.balanceOf(accounts[0], USDC), 500e6);
        assertEq(hub.balanceOf(accounts[1], USDC), 0);
        assertEq(hub.instrumentsOf(accounts[0]).length, 1);
        assertEq(hub.instrumentsOf(accounts[1]).length, 1);
        assertEq(hub.marginOf(accounts[1]).equityInitialWad, -1_500e18);
        deposit(A_EID, 1, USDC, 2_000e6);
        hub.settle(call, _both(), "");
        assertEq(hub.balanceOf(accounts[0], USDC), 2_000e6);
        assertEq(hub.instrumentsOf(accounts[0]).length, 0);
        assertEq(hub.instrumentsOf(accounts[1]).length, 0);
        _assertClosed();
    }

    /// @dev A vault may report an expired option at any time: what arrives settles at the price that the others were settled at.
    function test_CLR03_APairThatArrivesLateSettlesAtTheSettlementPrice() public {
        _fund(10_000e6, 10_000e6);
        _trade(A_EID, 0, 1, 2e8, 4_000e6);
        _fix();
        hub.settle(call, _both(), "");
        engine.setMark(call, PAYOFF);
        vm.warp(expiry + 1 days);
        _trade(B_EID, 1, 0, 3e8, 6_000e6);

        IHubLedger.NetPosition memory p = hub.positionOf(accounts[0], call);
        assertEq(p.place, 1, "back on the list");
        assertEq(p.base, -1e8);
        assertEq(hub.marginOf(accounts[0]).equityInitialWad, 9_000e18, "and in equity before it is settled");
        assertEq(hub.marginOf(accounts[1]).equityInitialWad, 11_000e18);
        assertEq(hub.marginOf(accounts[0]).initialWad, 0, "without a risk");
        hub.settle(call, _both(), "");
        assertEq(hub.balanceOf(accounts[0], USDC), 9_000e6);
        assertEq(hub.balanceOf(accounts[1], USDC), 11_000e6);
        assertEq(hub.instrumentsOf(accounts[0]).length, 0);
        _assertClosed();
    }

    /// @dev One side reported, of an option that has settled: still nobody's loss.
    function test_CLR08_AnUnmatchedGainOfASettledOptionIsNotPaid() public {
        _fund(10_000e6, 10_000e6);
        _trade(A_EID, 0, 1, 2e8, 4_000e6);
        _fix();
        hub.settle(call, only(1), "");
        assertEq(hub.variationPoolOf(call), 2_000e6);
        deliver(B_EID, report(1, section(ReportCodec.PAIR, 1, pairItem(indexOf(2), CALL_INDEX, 2e8, -4_000e6, 0, 1))));
        hub.settle(call, only(2), "");
        assertEq(hub.balanceOf(accounts[2], USDC), 0);
        assertEq(hub.instrumentsOf(accounts[2]).length, 1);
        deliver(B_EID, report(1, section(ReportCodec.PAIR, 1, pairItem(indexOf(3), CALL_INDEX, -2e8, 4_000e6, 0, 1))));
        hub.settle(call, only(2), "");
        assertEq(hub.balanceOf(accounts[2], USDC), 2_000e6);
    }

    function test_RevertWhen_ItHasExpiredAndNothingIsFixed() public {
        _fund(10_000e6, 10_000e6);
        _trade(A_EID, 0, 1, 2e8, 4_000e6);
        vm.warp(expiry);
        engine.removeMark(call);
        bytes32 before = ledger();
        vm.expectPartialRevert(IMarginEngine.Margin_StalePrice.selector);
        hub.settle(call, _both(), "");
        assertEq(ledger(), before);
        assertEq(hub.positionOf(accounts[0], call).place, 1);
    }

    /// @dev The next option in its place is another instrument, for those too who still hold the old one.
    function test_ThePlaceOfASettledOptionIsAnotherInstrument() public {
        _fund(10_000e6, 0);
        _trade(A_EID, 0, 1, 2e8, 4_000e6);
        _fix();
        InstrumentId next = InstrumentIdLib.option(BTC, expiry + 7 days, 60_000e8, false);
        hub.listInstrument(next, 150_000, 200, 1_000e8);
        assertEq(registry.numberOf(next) >> 14, registry.numberOf(call) >> 14, "same place");
        assertEq(hub.positionOf(accounts[0], next).base, 0);
        deliver(A_EID, report(1, section(ReportCodec.INSTRUMENT, 1, ReportCodec.encodeInstrument(4, next))));
        deliver(A_EID, report(1, section(ReportCodec.PAIR, 1, pairItem(indexOf(0), 4, 1e8, -100e6, 0, 1))));
        assertEq(hub.positionOf(accounts[0], next).base, 1e8);
        assertEq(hub.positionOf(accounts[0], call).base, 2e8);
        engine.setMark(next, 100e18);
        hub.settle(call, _both(), "");
        assertEq(hub.marginOf(accounts[0]).equityInitialWad, 12_000e18);
        assertEq(hub.instrumentsOf(accounts[0]).length, 2, "the debtor has not paid");
    }

    /// @dev Whatever arrives and settles in whatever order: equity at the settlement price is what the pairs say, and no money is made.
    function testFuzz_CLR03_NoOrderOfArrivalAndSettlementChangesEquity(uint256 seed, uint256 fixedWad) public {
        fixedWad = bound(fixedWad, 1, 200_000e18);
        _fund(1_000_000e6, 1_000_000e6);
        int256 payoff = int256(fixedWad > 60_000e18 ? fixedWad - 60_000e18 : 0);
        vm.warp(expiry);
        expiryPrices.set(BTC, expiry, fixedWad);
        engine.setMark(call, uint256(payoff));
        int256[2] memory owed;
        uint32[3] memory all = lanes_();
        for (uint256 i; i < 6; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint32 eid = all[seed % 3];
            uint256 who = (seed >> 8) % 2;
            int256 base = int256((seed >> 16) % 20e8) - 10e8;
            int256 quote = int256((seed >> 64) % 40_000e6) - 20_000e6;
            bytes memory item = pairItem(indexOf(who), CALL_INDEX, base, quote, 0, uint32(i + 1));
            deliver(eid, report(1, section(ReportCodec.PAIR, 1, item)));
            if (seed >> 255 == 1) hub.settle(call, (seed >> 254) & 1 == 1 ? only(who) : _both(), "");
        }
        for (uint256 who; who < 2; ++who) {
            IHubLedger.NetPosition memory p = hub.positionOf(accounts[who], call);
            owed[who] = int256(hub.balanceOf(accounts[who], USDC)) + PositionValue.micros(p.base, p.quote, uint256(payoff));
            int256 told = 1_000_000e6;
            int256 base;
            for (uint256 l; l < all.length; ++l) {
                base += hub.pairOf(all[l], indexOf(who), CALL_INDEX).base;
                told += hub.pairOf(all[l], indexOf(who), CALL_INDEX).quote;
            }
            assertEq(owed[who], PositionValue.micros(base, told, uint256(payoff)), "what the pairs say");
            assertEq(hub.marginOf(accounts[who]).equityInitialWad, owed[who] * 1e12, "is its equity");
            bool listed = hub.instrumentsOf(accounts[who]).length == 1;
            bool worthless = PositionValue.micros(p.base, p.quote, uint256(payoff)) == 0;
            assertTrue(listed || worthless, "what is off the list is worth nothing");
        }
        _assertCash();
    }

    function _fund(uint64 first, uint64 second) private {
        if (first != 0) deposit(A_EID, 0, USDC, first);
        if (second != 0) deposit(A_EID, 1, USDC, second);
    }

    /// @dev The first trade of both in the call on `eid`: the buyer pays `quote`.
    function _trade(uint32 eid, uint256 buyer, uint256 seller, int256 base, int256 quote) private {
        bytes memory items = bytes.concat(
            pairItem(indexOf(buyer), CALL_INDEX, base, -quote, 0, 1),
            pairItem(indexOf(seller), CALL_INDEX, -base, quote, 0, 1)
        );
        deliver(eid, report(block.timestamp, section(ReportCodec.PAIR, 2, items)));
    }

    function _fix() private {
        vm.warp(expiry + 120);
        expiryPrices.set(BTC, expiry, FIXED);
        engine.setMark(call, PAYOFF);
    }

    function _both() private view returns (AccountId[] memory list) {
        list = new AccountId[](2);
        (list[0], list[1]) = (accounts[0], accounts[1]);
        return ascending(list);
    }

    function _assertClosed() private view {
        assertClosed(call);
        _assertCash();
    }

    function _assertCash() private view {
        int256 cash = hub.balanceOf(accounts[0], USDC) + hub.balanceOf(accounts[1], USDC)
            + int256(hub.variationPoolOf(call));
        assertEq(cash, int256(uint256(hub.liquidityOf(A_EID, USDC).total)), "CLR-01");
    }
}
