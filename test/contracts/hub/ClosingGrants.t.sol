// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {WalletRights} from "../../../contracts/hub/WalletRights.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {ClosingTestBase} from "./ClosingTestBase.sol";

/// @notice Which closing allowances the hub grants (CLR-06), whoever asks.
contract ClosingGrantsTest is ClosingTestBase {
    function test_CLR06_BetweenMaintenanceAndInitialThereIsRoomToCloseOnly() public {
        deposit(A_EID, 0, USDC, 8_700e6);
        hub.renewCredit(B_EID, only(0), "");
        assertEq(outstanding(0, B_EID), 0);
        IHubLedger.ClosingLine memory line = _line(0, 1e8, 1_200_00, false, 0, 0, 1, 0);
        vm.expectEmit(address(hub));
        emit IHubLedger.ClosingGranted(accounts[0], B_EID, btcPerp, line);
        vm.prank(wallet);
        hub.renewClosing(B_EID, _keys(btcPerp), "");
        assertEq(abi.encode(_of(B_EID)), abi.encode(line));
        assertEq(endpoint.last().dstEid, B_EID);
        assertEq(endpoint.last().message, _command(false, 1e8, 1_200_00, 1));
        IHubLedger.MarginState memory m = hub.marginOf(accounts[0]);
        assertEq(m.initialWad, 9_000e18);
        assertEq(m.maintenanceWad, 7_200e18);
        assertEq(m.closingWad, 1_200e18);

        IHubLedger.CommandKeys memory again;
        again.closings = _keys(btcPerp);
        hub.push(B_EID, again);
        assertEq(endpoint.last().message, _command(false, 1e8, 1_200_00, 1), "CLR-04");
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_UnknownKey.selector, accounts[0]));
        hub.push(A_EID, again);
    }

    /// @dev 600 are free: half the credit, hence half the base.
    function test_CLR06_AsMuchIsGivenAsEquityCovers() public {
        deposit(A_EID, 0, USDC, 7_800e6);
        _grant(B_EID);
        assertEq(_of(B_EID).unusedSells, 5e7);
        assertEq(_of(B_EID).unusedCredit, 600_00);
        _assertCovered();
    }

    function test_CLR06_WhatIsHeldForClosingIsNotFreeForAnythingElse() public {
        deposit(A_EID, 0, USDC, 10_000e6);
        _grant(B_EID);
        // Now 1,000 are free beyond initial, and 400 beyond maintenance and the credit for closing.
        engine.setRates(BTC, 0.05e18, 0);
        hub.process(requestSigned(0, orderOf(0, USDC, 6_000e6, A_EID, 1)), "");
        hub.renewCredit(A_EID, only(0), "");
        assertEq(outstanding(0, A_EID), 400_00);
        _assertCovered();
        bytes32 request = requestSigned(0, orderOf(0, USDC, 1, A_EID, 2));
        vm.expectRevert(
            abi.encodeWithSelector(
                IHubLedger.Hub_InsufficientMargin.selector, accounts[0], 4_000e18, int256(4_000e18 - 1e12)
            )
        );
        hub.process(request, "");
    }

    function test_CLR06_AnAccountAtItsCreditLimitCanBeLetClose() public {
        deposit(A_EID, 0, USDC, 11_000e6);
        hub.renewCredit(B_EID, only(0), "");
        assertEq(outstanding(0, B_EID), 2_000_00);
        _grant(B_EID);
        // 11,000 − 7,200 − 2,000 = 1,800 were free.
        assertEq(_of(B_EID).unusedSells, 1e8);
        hub.renewCredit(B_EID, only(0), "");
        assertEq(outstanding(0, B_EID), 2_000_00, "nothing more is lent on top");
        _assertCovered();
    }

    /// @dev Thief (b).
    function test_CLR06_TwoSpokesCannotBothCloseTheWholeNet() public {
        deposit(A_EID, 0, USDC, 20_000e6);
        _grant(B_EID);
        _refused(A_EID, btcPerp, "HeldAlready");
        // Of a net that grows the rest is free.
        reportPair(A_EID, 0, 15e7, -90_000e6, 0, 2);
        _grant(A_EID);
        assertEq(_of(A_EID).unusedSells, 5e7);
        assertEq(_of(B_EID).unusedSells, 1e8);
        _assertCovered();
    }

    function test_WhatIsRefusedChangesNothing() public {
        _refused(B_EID, btcPerp, "Margin");
        deposit(A_EID, 0, USDC, 7_200e6);
        // Not a cent for it.
        _refused(B_EID, btcPerp, "Margin");
        deposit(A_EID, 0, USDC, 20_000e6);
        _refused(HUB_EID, btcPerp, "NoMandate");
        _refused(B_EID, ethPerp, "Flat");
        // Until the lease has ended, and as long again for what was traded to be told.
        InstrumentId soon = InstrumentIdLib.option(BTC, uint40(block.timestamp + 2 * LEASE), 60_000e8, true);
        _refused(B_EID, soon, "Expiring");
        _refused(B_EID, InstrumentIdLib.option(BTC, uint40(block.timestamp + 2 * LEASE + 1), 60_000e8, true), "Flat");
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_UnknownLane.selector, UNLISTED_EID));
        hub.renewClosing(UNLISTED_EID, _keys(btcPerp), "");
        _grant(B_EID);
        mandate(0, B_EID, 1_199_99);
        _refused(B_EID, btcPerp, "Mandate");
        mandate(0, B_EID, 1e8);
        vm.warp(block.timestamp + MAX_PRICE_AGE + 1);
        vm.prank(wallet);
        vm.expectPartialRevert(bytes4(keccak256("Margin_StalePrice(bytes16,uint256,uint256)")));
        hub.renewClosing(B_EID, _keys(btcPerp), "");
        setPrices(BTC_PRICE, ETH_PRICE);
        vm.prank(accounts[0].owner());
        hub.setFreeze(accounts[0], true, 1, sign(0, hub.hashFreeze(accounts[0], true, 1)));
        _refused(B_EID, btcPerp, "Frozen");
    }

    /// @dev The mandate's credit is for half the base, and for less of it once the price has risen.
    function test_ARiseOfThePriceDoesNotKeepAnAllowanceFromBeingRenewed() public {
        deposit(A_EID, 0, USDC, 20_000e6);
        mandate(0, B_EID, 600_00);
        _grant(B_EID);
        assertEq(_of(B_EID).unusedSells, 5e7);
        setPrices(BTC_PRICE * 101 / 100, ETH_PRICE);
        _grant(B_EID);
        assertEq(_of(B_EID).unusedSells, 5e7);
        assertEq(_of(B_EID).unusedCredit, 600_00);
        _assertCovered();
    }

    /// @dev Anyone may have it granted: nobody may bring an account near its end by having a leg of its hedge let go.
    function test_WhatCouldRaiseTheRequirementByMoreThanItsCreditIsNoReduction() public {
        deposit(A_EID, 0, USDC, 30_000e6);
        engine.setClosingRate(BTC, 0.0250001e18);
        _refused(B_EID, btcPerp, "NotReducing");
        engine.setClosingRate(BTC, 0.025e18);
        _grant(B_EID);
        assertEq(hub.marginOf(accounts[0]).maintenanceWad, 7_200e18 + 1_200e18);
        // What it takes already is no reason to refuse to renew it.
        _grant(B_EID);
    }

    /// @dev What any part of it raises the requirement by, a part of it may not raise it by.
    function test_APartThatCouldRaiseTheRequirementByMoreThanItsCreditIsNoReduction() public {
        deposit(A_EID, 0, USDC, 30_000e6);
        engine.setClosingCharge(100e18);
        mandate(0, B_EID, 79_99);
        _refused(B_EID, btcPerp, "NotReducing");
        mandate(0, B_EID, 80_00);
        _grant(B_EID);
        assertEq(_of(B_EID).unusedCredit, 80_00);
        assertEq(hub.marginOf(accounts[0]).maintenanceWad, 7_200e18 + 80e18);
    }

    /// @dev Ten options besides. Strangers have eight lines, who may act all that is left.
    function test_StrangersLeaveHalfOfTheLinesToWhoMayAct() public {
        deposit(A_EID, 0, USDC, 200_000e6);
        for (uint16 k; k < 10; ++k) {
            InstrumentId call = InstrumentIdLib.option(BTC, uint40(block.timestamp + 7 days), uint64(60_000 + k) * 1e8, false);
            hub.listInstrument(call, 150_000, 200, 1_000e8);
            engine.setMark(call, 100e18);
            bytes memory name = ReportCodec.encodeInstrument(3 + k, call);
            deliver(A_EID, report(block.timestamp, section(ReportCodec.INSTRUMENT, 1, name)));
            bytes memory pair = pairItem(indexOf(0), 3 + k, 1e7, -10e6, 0, 1);
            deliver(A_EID, report(block.timestamp, section(ReportCodec.PAIR, 1, pair)));
            if (k == 8) _refusedTo(stranger, A_EID, call, "TooMany");
            if (k >= 8) vm.prank(wallet);
            else vm.prank(stranger);
            hub.renewClosing(A_EID, _keys(call), "");
            assertEq(hub.closingOf(accounts[0], A_EID, call).version, 1);
        }
        // What is open they renew.
        vm.prank(stranger);
        hub.renewClosing(A_EID, _keys(InstrumentIdLib.option(BTC, uint40(block.timestamp + 7 days), 60_009e8, false)), "");
    }

    /// @dev So nobody keeps what is to be closed on a spoke where the account does not trade.
    function test_StrangersHaveClosedOnASpokeWhatWasOpenedThere() public {
        deposit(A_EID, 0, USDC, 40_000e6);
        _refusedTo(stranger, B_EID, btcPerp, "OpenedElsewhere");
        reportPair(B_EID, 0, -2e7, 12_000e6, 0, 1);
        _refusedTo(stranger, B_EID, btcPerp, "OpenedElsewhere");
        // Of 1.4 long 0.4 are on B. Neither takes what is the other's.
        reportPair(B_EID, 0, 4e7, -24_000e6, 0, 2);
        _grantTo(stranger, B_EID);
        assertEq(_of(B_EID).unusedSells, 4e7);
        _grantTo(stranger, A_EID);
        assertEq(_of(A_EID).unusedSells, 1e8);
        // More was opened there than is left of the net.
        reportPair(B_EID, 0, -3e7, 18_000e6, 0, 3);
        _refusedTo(stranger, A_EID, btcPerp, "HeldAlready");
        _assertCovered();
    }

    /// @dev What the owner asked for elsewhere nobody else prolongs: it ends with its lease.
    function test_CLR05_WhoMayActHasItGivenAnywhere() public {
        deposit(A_EID, 0, USDC, 40_000e6);
        _refusedTo(accounts[0].owner(), B_EID, btcPerp, "OpenedElsewhere");
        _register(stranger, WalletRights.BE_PAID, 2);
        _refusedTo(stranger, B_EID, btcPerp, "OpenedElsewhere");
        _grant(B_EID);
        assertEq(_of(B_EID).unusedSells, 1e8);
        _refusedTo(stranger, B_EID, btcPerp, "OpenedElsewhere");
        _refusedTo(stranger, A_EID, btcPerp, "HeldAlready");
        vm.warp(block.timestamp + LEASE);
        setPrices(BTC_PRICE, ETH_PRICE);
        deliver(B_EID, report(block.timestamp, _state(B_EID, 1, 0, 0, 0, 0)));
        _grantTo(stranger, A_EID);
        assertEq(_of(A_EID).unusedSells, 1e8);
    }

    /// @dev With ETH besides, for 120 dollars of credit: 2 % of 3 at 2,000.
    function test_TheMandateBoundsAllCreditOnASpokeTogether() public {
        deposit(A_EID, 0, USDC, 60_000e6);
        bytes memory eth = pairItem(indexOf(0), ETH_INDEX, 3e8, -6_000e6, 0, 1);
        deliver(A_EID, report(block.timestamp, section(ReportCodec.PAIR, 1, eth)));
        mandate(0, A_EID, 2_000_00);
        hub.renewCredit(A_EID, only(0), "");
        assertEq(outstanding(0, A_EID), 2_000_00);
        _refused(A_EID, btcPerp, "Mandate");
        // Half of it was used: 1,000 are left to close, and ETH takes its part of them.
        reportPair(A_EID, 0, 1e8, -60_000e6, 1_000_00, 2);
        vm.prank(wallet);
        hub.renewClosing(A_EID, _keys(ethPerp), "");
        _grant(A_EID);
        assertEq(_of(A_EID).unusedCredit, 880_00);
        assertEq(hub.marginOf(accounts[0]).closingWad, 1_000e18);
        hub.renewCredit(A_EID, only(0), "");
        assertEq(outstanding(0, A_EID), 1_000_00, "renewed, and no more lent");
        mandate(0, A_EID, 1_999_99);
        hub.renewCredit(A_EID, only(0), "");
        assertEq(outstanding(0, A_EID), 1_000_00);
        assertEq(hub.creditLineOf(accounts[0], A_EID).version, 3, "what was lent once");
        mandate(0, A_EID, 999_99);
        hub.renewCredit(A_EID, only(0), "");
        assertEq(hub.creditLineOf(accounts[0], A_EID).version, 3);
        _refused(A_EID, btcPerp, "Mandate");
        _refused(A_EID, ethPerp, "Mandate");
        // Another spoke has its own.
        hub.renewCredit(B_EID, only(0), "");
        assertGt(outstanding(0, B_EID), 2_000_00);
    }

    function test_NobodyKeepsAnAccountFromOpeningByLettingItClose() public {
        deposit(A_EID, 0, USDC, 60_000e6);
        mandate(0, A_EID, 1_000_01);
        _grantTo(stranger, A_EID);
        assertEq(_of(A_EID).unusedCredit, 500_00);
        hub.renewCredit(A_EID, only(0), "");
        assertEq(outstanding(0, A_EID), 500_01);
        _grantTo(stranger, A_EID);
        assertEq(_of(A_EID).unusedCredit, 500_00);
        reportPair(A_EID, 0, 1e8, -60_000e6, 500_01, 2);
        _grant(A_EID);
        assertEq(_of(A_EID).unusedCredit, 1_000_01);
        _refusedTo(stranger, A_EID, btcPerp, "Mandate");
    }

    /// @dev All of the mandate was lent, and came back unused: then equity was short, and a stranger had a part of it to close.
    function test_WhatWasLentOnceIsLentAgain_WhateverMayBeClosed() public {
        deposit(A_EID, 0, USDC, 60_000e6);
        mandate(0, A_EID, 1_000_00);
        hub.renewCredit(A_EID, only(0), "");
        vm.warp(block.timestamp + LEASE);
        setPrices(BTC_PRICE, ETH_PRICE);
        deliver(A_EID, report(block.timestamp, creditStateSection(0, 0)));
        assertEq(outstanding(0, A_EID), 0);
        _grantTo(stranger, A_EID);
        assertEq(_of(A_EID).unusedCredit, 500_00);
        hub.renewCredit(A_EID, only(0), "");
        assertEq(outstanding(0, A_EID), 1_000_00);
        _assertCovered();
    }

    function test_CLR18_APauseDoesNotStopClosing() public {
        deposit(A_EID, 0, USDC, 20_000e6);
        hub.pauseLane(B_EID);
        hub.pauseLane(0);
        _grant(B_EID);
        assertEq(_of(B_EID).unusedSells, 1e8);
    }

    function test_ARefusalSendsNothingAndTheQuotedFeeIsTheFee() public {
        endpoint.setFee(0.01 ether);
        vm.deal(address(this), 1 ether);
        hub.renewClosing{value: 0.01 ether}(A_EID, _keys(btcPerp), "");
        assertEq(address(this).balance, 1 ether);
        deposit(A_EID, 0, USDC, 20_000e6);
        hub.renewClosing{value: hub.quoteRenewClosing(A_EID, 1).nativeFee}(A_EID, _keys(btcPerp), "");
        assertEq(address(endpoint).balance, 0.01 ether);
    }

    receive() external payable {}
}
