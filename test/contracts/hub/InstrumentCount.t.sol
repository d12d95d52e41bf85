// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {IMarginEngine} from "../../../contracts/interfaces/IMarginEngine.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {HubTestBase} from "./HubTestBase.sol";

/// @notice A trade is final at its vault, so the hub must have room for every instrument that an account can trade:
/// a pair refused for want of room would never arrive, neither the loss nor the credit it used. Beyond what margin can be told
/// for, an account gets no credit and is paid nothing; settling what it has closed makes room. The fee account comes to
/// every instrument.
contract InstrumentCountTest is HubTestBase {
    uint256 private constant MARGINED = 128;
    uint256 private constant LISTED = 254;
    uint256 private constant ALL = 255;

    function setUp() public override {
        super.setUp();
        nameAll(A_EID);
        for (uint256 i = 2; i < ALL; ++i) {
            hub.listInstrument(_instrument(i), 150_000, 200, 1e8);
            oracle.set(_instrument(i).underlying(), 1e18, block.timestamp);
        }
    }

    function test_CLR02_WhatAnAccountHoldsBeyondTheMostIsTakenInAndBacksNothing() public {
        deposit(A_EID, 0, USDC, 1_000e6);
        _report(0, MARGINED, -1e6);
        assertEq(hub.instrumentsOf(accounts[0]).length, MARGINED);
        assertEq(hub.marginOf(accounts[0]).equityInitialWad, 872e18);
        mandate(0, A_EID, 100_00);
        hub.renewCredit(A_EID, only(0), "");

        _report(MARGINED, MARGINED + 1, -1e6);
        bytes memory refused = abi.encodeWithSelector(
            IMarginEngine.Margin_TooManyInstruments.selector, MARGINED + 1, MARGINED
        );
        vm.expectRevert(refused);
        hub.renewCredit(A_EID, only(0), "");
        bytes32 id = requestSigned(0, orderOf(0, USDC, 1, A_EID, 1));
        vm.expectRevert(refused);
        hub.process(id, "");
        assertEq(hub.positionOf(accounts[0], _instrument(MARGINED)).quote, -1e6, "but the loss has arrived");

        // It pays what it owes where it holds nothing any more, and has margin again.
        hub.settle(btcPerp, only(0), "");
        assertEq(hub.instrumentsOf(accounts[0]).length, MARGINED);
        assertEq(hub.positionOf(accounts[0], btcPerp).place, 0);
        assertEq(hub.positionOf(accounts[0], _instrument(MARGINED)).place, 1, "the last one took its place");
        assertEq(hub.marginOf(accounts[0]).equityInitialWad, 871e18);
        hub.process(id, "");
    }

    function test_CLR02_MoreThanTheListHoldsIsCountedOffIt() public {
        deposit(A_EID, 0, USDC, 1_000e6);
        _report(0, ALL, -1e6);
        InstrumentId last = _instrument(ALL - 1);
        assertEq(hub.instrumentsOf(accounts[0]).length, LISTED);
        assertEq(hub.positionOf(accounts[0], last).place, 255);
        assertEq(hub.positionOf(accounts[0], last).quote, -1e6);
        vm.expectRevert(
            abi.encodeWithSelector(IHubLedger.Hub_TooManyInstruments.selector, accounts[0], ALL, LISTED)
        );
        hub.marginOf(accounts[0]);

        // A newer version of it changes it where it is; settled, it is no more; then its next pair finds no room again.
        _pair(ALL - 1, 0, -3e6, 2);
        vm.expectEmit(address(hub));
        emit IHubLedger.InstrumentMoved(accounts[0], last, 0);
        hub.settle(last, only(0), "");
        assertEq(hub.balanceOf(accounts[0], USDC), 997e6);
        assertEq(hub.positionOf(accounts[0], last).place, 0);
        _pair(ALL - 1, 1e8, -4e6, 3);
        assertEq(hub.positionOf(accounts[0], last).place, 255);
        hub.settle(last, only(0), "");
        assertEq(hub.positionOf(accounts[0], last).place, 255, "held, and no room");

        // Another one makes room; whoever settles it again gives it the place.
        hub.settle(btcPerp, only(0), "");
        hub.settle(last, only(0), "");
        assertEq(hub.instrumentsOf(accounts[0]).length, LISTED);
        assertEq(hub.positionOf(accounts[0], last).place, LISTED);
        vm.expectPartialRevert(IMarginEngine.Margin_TooManyInstruments.selector);
        hub.marginOf(accounts[0]);
    }

    /// @dev However lanes take turns, and whatever their venues open: what is lent to be opened and what is on the list are together
    /// no more than margin can be told for. Each lane opens what it may, and the next renewal lends it more while there is room.
    function test_CLR06_SpokesAreLetOpenNoMoreThanIsMargined() public {
        deposit(A_EID, 0, USDC, 1_000e6);
        nameAll(B_EID);
        mandate(0, A_EID, 100_00);
        mandate(0, B_EID, 100_00);
        hub.renewCredit(B_EID, only(0), "");
        assertEq(_line(B_EID).instrumentLimit, 16);
        uint256 opened;
        while (opened < MARGINED - 16) {
            hub.renewCredit(A_EID, only(0), "");
            assertEq(_line(A_EID).instrumentLimit, opened + 16);
            for (uint256 i; i < 16; ++i) {
                _open(A_EID, opened++, 1, 1);
            }
            assertEq(_line(A_EID).instrumentsLeft, 0);
        }
        hub.renewCredit(A_EID, only(0), "");
        assertEq(_line(A_EID).instrumentLimit, opened, "the rest is lent to B");
        // What A opened before it trades on; what B opens of the same takes no more room at the hub, and is free for A.
        _open(A_EID, 0, 2, 2);
        _open(B_EID, 0, 1, 1);
        hub.renewCredit(A_EID, only(0), "");
        assertEq(_line(A_EID).instrumentLimit, opened + 1);
        _open(A_EID, opened, 1, 1);
        for (uint256 i = 1; i < 16; ++i) {
            _open(B_EID, opened + i, 1, 1);
        }
        _name(B_EID, MARGINED);
        assertEq(hub.instrumentsOf(accounts[0]).length, MARGINED);
        hub.renewCredit(B_EID, only(0), "");
        assertEq(_line(B_EID).instrumentsLeft, 0);
        assertEq(hub.marginOf(accounts[0]).equityMaintenanceWad, 1_000e18, "and is margined");

        // One more, which no honest vault lets be opened.
        bytes memory pair = pairItem(indexOf(0), uint16(MARGINED + 1), 0, 0, 1, 1);
        vm.expectEmit(true, false, true, true);
        emit IHubLedger.LaneAlarm(B_EID, 0, accounts[0], "TooManyInstruments");
        deliver(B_EID, report(block.timestamp, section(ReportCodec.PAIR, 1, pair)));
        assertEq(hub.instrumentsOf(accounts[0]).length, MARGINED);
        assertEq(_line(B_EID).usedApplied, 16, "nor charged");
    }

    /// @dev Trader 0 holds nothing and owes nothing in the instrument `i`, but has traded there for `used` cents.
    function _open(uint32 eid, uint256 i, uint48 used, uint32 version) private {
        _name(eid, i);
        bytes memory pair = pairItem(indexOf(0), uint16(i + 1), 0, 0, used, version);
        deliver(eid, report(block.timestamp, section(ReportCodec.PAIR, 1, pair)));
    }

    function _name(uint32 eid, uint256 i) private {
        bytes memory name = ReportCodec.encodeInstrument(uint16(i + 1), _instrument(i));
        deliver(eid, report(block.timestamp, section(ReportCodec.INSTRUMENT, 1, name)));
    }

    function _line(uint32 eid) private view returns (IHubLedger.CreditLine memory) {
        return hub.creditLineOf(accounts[0], eid);
    }

    /// @dev What is flat and settled stays on a list that is not crowded: its next pair is cheaper then.
    function test_WhatIsFlatStaysWhereThereIsRoom() public {
        deposit(A_EID, 0, USDC, 1_000e6);
        _report(0, 2, -1e6);
        hub.settle(btcPerp, only(0), "");
        assertEq(hub.positionOf(accounts[0], btcPerp).quote, 0);
        assertEq(hub.positionOf(accounts[0], btcPerp).place, 1);
    }

    /// @dev Trader 0 in the instruments `from` up to `to`: nothing held, `quote` owed.
    function _report(uint256 from, uint256 to, int256 quote) private {
        for (uint256 i = from; i < to; ++i) {
            _name(A_EID, i);
            _pair(i, 0, quote, 1);
        }
    }

    function _pair(uint256 instrument, int256 base, int256 quote, uint32 version) private {
        bytes memory pair = pairItem(indexOf(0), uint16(instrument + 1), base, quote, 0, version);
        deliver(A_EID, report(block.timestamp, section(ReportCodec.PAIR, 1, pair)));
    }

    function _instrument(uint256 i) private view returns (InstrumentId) {
        if (i == 0) return btcPerp;
        if (i == 1) return ethPerp;
        return InstrumentIdLib.perpetual(bytes16(uint128(i)));
    }
}
