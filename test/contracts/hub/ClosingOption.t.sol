// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {ClosingTestBase} from "./ClosingTestBase.sol";

/// @notice A closing trade in an option that is told after the option has settled, as its spoke was silent.
/// @dev Trader 0 has 2 calls from trader 1 at 2,000 each, which pay 3,000 at expiry.
contract ClosingOptionTest is ClosingTestBase {
    uint16 private constant CALL_INDEX = 3;

    uint40 private _expiry;
    InstrumentId private _call;

    function setUp() public override {
        super.setUp();
        _expiry = uint40(block.timestamp + 7 days);
        _call = InstrumentIdLib.option(BTC, _expiry, 60_000e8, false);
        hub.listInstrument(_call, 150_000, 200, 1_000e8);
        engine.setMark(_call, 2_000e18);
        bytes memory name = ReportCodec.encodeInstrument(CALL_INDEX, _call);
        deliver(A_EID, report(block.timestamp, section(ReportCodec.INSTRUMENT, 1, name)));
        for (uint256 i; i < 3; ++i) {
            deposit(A_EID, i, USDC, 40_000e6);
        }
    }

    function test_CLR06_NothingIsDecidedUntilAnExpiredAllowanceIsTold() public {
        _trade(2e8, -4_000e6, 1, 1);
        _expire(3_000e18);
        IHubLedger.MarginState memory m = hub.marginOf(accounts[0]);
        assertEq(m.equityMaintenanceWad, 42_000e18, "as far as is known");
        bytes memory untold = abi.encodeWithSelector(IHubLedger.Hub_ClosingUntold.selector, accounts[0], A_EID, _call);
        vm.expectRevert(untold);
        hub.renewCredit(B_EID, only(0), "");
        vm.prank(wallet);
        vm.expectRevert(untold);
        hub.renewClosing(B_EID, _keys(btcPerp), "");
        bytes32 request = requestSigned(0, orderOf(0, USDC, 1e6, A_EID, 1));
        vm.expectRevert(untold);
        hub.process(request, "");

        // The loser pays; what trader 0 seems to have gained stays where it is.
        hub.settle(_call, _all(), "");
        assertEq(hub.balanceOf(accounts[1], USDC), 38_000e6);
        assertEq(hub.balanceOf(accounts[0], USDC), 40_000e6);
        assertEq(hub.variationPoolOf(_call), 2_000e6);
        assertEq(hub.positionOf(accounts[0], _call).place, 2);

        // He sold both to trader 2 for 1 dollar, long before.
        _trade(0, -3_999e6, 2, 2);
        _tell(0, 2e8);
        hub.settle(_call, _all(), "");
        assertEq(hub.balanceOf(accounts[0], USDC), 36_001e6);
        assertEq(hub.balanceOf(accounts[2], USDC), 45_999e6);
        assertEq(hub.variationPoolOf(_call), 0);
        assertEq(hub.positionOf(accounts[0], _call).place, 0);
        hub.process(request, "");
        hub.renewCredit(B_EID, only(0), "");
        assertGt(outstanding(0, B_EID), 0);
    }

    function test_NoGainIsPaidBetweenExpiryAndItsPrice() public {
        _trade(2e8, -4_000e6, 1, 1);
        vm.prank(wallet);
        hub.renewClosing(A_EID, _keys(_call), "");
        engine.setMark(_call, 3_000e18);
        vm.warp(_expiry);
        setPrices(BTC_PRICE, ETH_PRICE);
        hub.settle(_call, _all(), "");
        assertEq(hub.balanceOf(accounts[0], USDC), 40_000e6);
    }

    /// @dev What was short looks as if it were owed no more.
    function test_CLR06_NorForWhoMayHaveBoughtWhatExpiredWorthless() public {
        _trade(-2e8, 4_000e6, 1, 1);
        _expire(0);
        hub.settle(_call, _all(), "");
        assertEq(hub.balanceOf(accounts[0], USDC), 40_000e6);
        vm.expectPartialRevert(IHubLedger.Hub_ClosingUntold.selector);
        hub.freshMarginOf(accounts[0]);
        assertFalse(_mayBorrow());
        // He bought none. The gain is his now.
        _tell(0, 0);
        assertTrue(_mayBorrow());
        hub.settle(_call, _all(), "");
        assertEq(hub.balanceOf(accounts[0], USDC), 44_000e6);
        assertEq(hub.positionOf(accounts[0], _call).place, 0);
        assertEq(hub.freshMarginOf(accounts[0]).closingWad, 0);
    }

    function _mayBorrow() private view returns (bool) {
        try hub.mayBorrow(accounts[0], 1e6) returns (bool may) {
            return may;
        } catch {
            return false;
        }
    }

    /// @dev Trader 0's pair becomes (base, quote); trader `other` has the rest of the trade.
    function _trade(int256 base, int256 quote, uint256 other, uint32 version) private {
        IHubLedger.NetPosition memory before = hub.positionOf(accounts[0], _call);
        bytes memory items = bytes.concat(
            pairItem(indexOf(0), CALL_INDEX, base, quote, 0, version),
            pairItem(indexOf(other), CALL_INDEX, before.base - base, _pairQuote - quote, 0, 1)
        );
        _pairQuote = quote;
        deliver(A_EID, report(block.timestamp, section(ReportCodec.PAIR, 2, items)));
    }

    int256 private _pairQuote;

    /// @dev Trader 0 is let close all on A, which falls silent until the option has settled.
    function _expire(uint256 payoffWad) private {
        vm.prank(wallet);
        hub.renewClosing(A_EID, _keys(_call), "");
        assertEq(hub.closingOf(accounts[0], A_EID, _call).version, 1);
        vm.warp(_expiry);
        setPrices(BTC_PRICE, ETH_PRICE);
        expiryPrices.set(BTC, _expiry, 60_000e18 + payoffWad);
        engine.setMark(_call, payoffWad);
    }

    function _tell(uint88 usedBuys, uint88 usedSells) private {
        uint32 version = usedSells == 0 ? 1 : 2;
        bytes memory state = ReportCodec.encodeClosingState(
            ReportCodec.ClosingState(indexOf(0), CALL_INDEX, 1, version, usedBuys, usedSells, 0)
        );
        deliver(A_EID, report(block.timestamp, section(ReportCodec.CLOSING_STATE, 1, state)));
    }

    function _all() private view returns (AccountId[] memory list) {
        list = new AccountId[](3);
        for (uint256 i; i < 3; ++i) {
            list[i] = accounts[i];
        }
        return ascending(list);
    }
}
