// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {PayoutId} from "../../../contracts/libraries/PayoutId.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {HubTestBase} from "./HubTestBase.sol";

/// @notice What a pause stops, and what it must never stop (CLR-18).
contract PauseTest is HubTestBase {
    function setUp() public override {
        super.setUp();
        nameAll(A_EID);
        deposit(A_EID, 0, USDC, 1_000e6);
        deposit(B_EID, 1, USDC, 1_000e6);
        mandate(0, A_EID, 100_00);
        mandate(0, B_EID, 100_00);
    }

    function test_CLR18_APausedLaneGetsNoCreditAndNoPayouts() public {
        bytes32 toA = requestSigned(0, orderOf(0, USDC, 10e6, A_EID, 1));
        bytes32 toB = requestSigned(0, orderOf(0, USDC, 10e6, B_EID, 2));
        vm.expectEmit(address(hub));
        emit IHubLedger.LanePaused(A_EID, false);
        hub.pauseLane(A_EID);
        hub.pauseLane(A_EID);
        _assertStopped(A_EID, toA, A_EID);
        hub.renewCredit(B_EID, only(0), "");
        hub.process(toB, "");
        hub.unpauseLane(A_EID);
        hub.renewCredit(A_EID, only(0), "");
        hub.process(toA, "");
    }

    function test_CLR18_APausedHubStopsAllLanes() public {
        bytes32 toA = requestSigned(0, orderOf(0, USDC, 10e6, A_EID, 1));
        hub.pauseLane(0);
        _assertStopped(A_EID, toA, 0);
        _assertStopped(B_EID, toA, 0);
        hub.unpauseLane(0);
        hub.process(toA, "");
    }

    /// @dev Reports, margin-call deposits, settlement, results of payouts, freezes, requests and expiry go on.
    function test_CLR18_APauseStopsNoReductionDepositOrClaim() public {
        bytes32 payout = hub.process(requestSigned(0, orderOf(0, USDC, 100e6, B_EID, 1)), "");
        bytes32 expiring = requestSigned(0, orderOf(0, USDC, 1e6, B_EID, 2));
        reportTrade(A_EID, 0, 1, 1e6, 590e6);
        hub.pauseLane(0);
        hub.pauseLane(A_EID);
        hub.pauseLane(B_EID);

        deposit(A_EID, 0, USDC, 77e6);
        assertEq(hub.balanceOf(accounts[0], USDC), 977e6);
        reportPair(A_EID, 0, 0, 5e6, 0, 2);
        assertEq(hub.positionOf(accounts[0], btcPerp).base, 0);
        AccountId[] memory both = new AccountId[](2);
        (both[0], both[1]) = (accounts[0], accounts[1]);
        hub.settle(btcPerp, ascending(both), "");
        deliver(B_EID, report(1, payoutSection(payout, PayoutId.CANCELLED)));
        assertGt(hub.balanceOf(accounts[0], USDC), 977e6);
        hub.setFreeze(accounts[0], true, 1, sign(0, hub.hashFreeze(accounts[0], true, 1)));
        requestSigned(0, orderOf(0, USDC, 1e6, A_EID, 3));
        vm.warp(block.timestamp + 2 days);
        assertEq(hub.process(expiring, ""), 0, "an expired request closes");
        IHubLedger.CommandKeys memory keys;
        keys.payouts = new bytes32[](1);
        keys.payouts[0] = payout;
        hub.push(B_EID, keys);
    }

    function test_CLR22_RevertWhen_TheCallerHasNoRole() public {
        address stranger = makeAddr("stranger");
        vm.startPrank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        hub.pauseLane(A_EID);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        hub.unpauseLane(A_EID);
    }

    function test_RevertWhen_TheLaneIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_UnknownLane.selector, UNLISTED_EID));
        hub.pauseLane(UNLISTED_EID);
    }

    function _assertStopped(uint32 eid, bytes32 request, uint32 paused) private {
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_Paused.selector, paused));
        hub.renewCredit(eid, only(0), "");
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_Paused.selector, paused));
        hub.process(request, "");
    }
}
