// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILoopbackReceiver} from "../../../contracts/interfaces/ILoopback.sol";
import {ILoopback} from "../../../contracts/interfaces/ILoopback.sol";
import {Transport} from "../../../contracts/transport/Transport.sol";
import {HubTestBase} from "./HubTestBase.sol";

/// @notice Reports of the vault on the hub's own chain, through the queue.
contract LoopbackReceiveTest is HubTestBase {
    uint256 private constant GAS = 200_000;

    function test_AQueuedReportIsAppliedByALaterCall() public {
        bytes memory message = report(1, depositSection(accounts[3], USDC, 50e6));
        uint64 nonce = _queueAs(vaultOf(HUB_EID), message);
        assertEq(hub.balanceOf(accounts[3], USDC), 0, "never inside the sender's call");
        loopback.deliver(nonce, vaultOf(HUB_EID), address(hub), GAS, message);
        assertEq(hub.balanceOf(accounts[3], USDC), 50e6);
        assertEq(hub.liquidityOf(HUB_EID, USDC).total, 50e6);

        vm.expectRevert(abi.encodeWithSelector(ILoopback.Loopback_UnknownMessage.selector, nonce));
        loopback.deliver(nonce, vaultOf(HUB_EID), address(hub), GAS, message);
        assertConserved();
    }

    function test_CLR05_RevertWhen_AnotherThanTheLoopbackCalls() public {
        bytes memory message = report(1, depositSection(accounts[3], USDC, 50e6));
        vm.prank(vaultOf(HUB_EID));
        vm.expectRevert(abi.encodeWithSelector(Transport.Transport_NotLoopback.selector, vaultOf(HUB_EID)));
        ILoopbackReceiver(address(hub)).receiveLoopback(vaultOf(HUB_EID), 1, message);
        vm.prank(address(endpoint));
        vm.expectRevert(abi.encodeWithSelector(Transport.Transport_NotLoopback.selector, address(endpoint)));
        ILoopbackReceiver(address(hub)).receiveLoopback(vaultOf(HUB_EID), 1, message);
        assertEq(hub.balanceOf(accounts[3], USDC), 0);
    }

    /// @dev Anyone may queue anything for the hub, and try to pass it off as the vault's.
    function test_CLR05_RevertWhen_ANonPeerQueues() public {
        bytes memory message = report(1, depositSection(accounts[3], USDC, 50e6));
        address stranger = makeAddr("stranger");
        uint64 nonce = _queueAs(stranger, message);
        vm.expectRevert(abi.encodeWithSignature("OnlyPeer(uint32,bytes32)", HUB_EID, toBytes32(stranger)));
        loopback.deliver(nonce, stranger, address(hub), GAS, message);
        vm.expectRevert(abi.encodeWithSelector(ILoopback.Loopback_UnknownMessage.selector, nonce));
        loopback.deliver(nonce, vaultOf(HUB_EID), address(hub), GAS, message);
        assertTrue(loopback.queued(nonce) != 0, "a refused message stays queued");
        assertEq(hub.balanceOf(accounts[3], USDC), 0);
    }

    function test_CLR11_TooLittleGasLeavesTheMessageQueued() public {
        bytes memory message = report(1, depositSection(accounts[3], USDC, 50e6));
        uint64 nonce = _queueAs(vaultOf(HUB_EID), message);
        (bool ok,) = address(loopback).call{gas: 150_000}(
            abi.encodeCall(loopback.deliver, (nonce, vaultOf(HUB_EID), address(hub), GAS, message))
        );
        assertFalse(ok);
        assertTrue(loopback.queued(nonce) != 0);
        loopback.deliver(nonce, vaultOf(HUB_EID), address(hub), GAS, message);
        assertEq(hub.balanceOf(accounts[3], USDC), 50e6);
    }

    /// @dev Commands to the hub's own chain are queued too, and bought with what the vault needs.
    function test_CommandsToTheOwnChainAreQueued() public {
        deposit(HUB_EID, 3, USDC, 1_000e6);
        mandate(3, HUB_EID, 100_00);
        vm.deal(address(this), 1 ether);
        hub.renewCredit{value: 1 ether}(HUB_EID, only(3), "");
        assertTrue(loopback.queued(1) != 0);
        assertEq(endpoint.sent(), 0);
        assertEq(address(this).balance, 1 ether, "the queue is free");
    }

    function _queueAs(address from, bytes memory message) private returns (uint64) {
        vm.prank(from);
        return loopback.send(address(hub), message, GAS);
    }

    receive() external payable {}
}
