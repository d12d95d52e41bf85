// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {OrderVenue} from "../../../../contracts/spoke/venues/OrderVenue.sol";
import {OrderVenueFixture} from "./OrderVenueFixture.sol";

contract CancelBelowTest is OrderVenueFixture {
    function test_CancelsLowerNoncesOnly() public {
        OrderVenue.Order memory buy = buyOrder();
        vm.prank(alice.owner());
        orders.cancelBelow(alice, buy.nonce);
        fill(buy, sellOrder(), 1e8);

        vm.expectEmit(address(orders));
        emit OrderVenue.OrdersCancelled(alice, buy.nonce + 1);
        vm.prank(alice.owner());
        orders.cancelBelow(alice, buy.nonce + 1);
        bytes32 hash = orders.orderDigest(buy);
        refused(
            abi.encodeWithSelector(OrderVenue.Venue_Cancelled.selector, hash, buy.nonce, buy.nonce + 1),
            buy,
            sellOrder(),
            1e8
        );
        assertEq(orders.remaining(buy), 0);
        buy.nonce += 1;
        fill(buy, sellOrder(), 1e8);
    }

    /// @dev Bob lives on another chain: here his address may be anybody's, only his signature speaks.
    function test_CLR05_SignatureCancelsWhereTheOwnerDoesNotLive() public {
        vm.prank(bob.owner());
        vm.expectRevert(abi.encodeWithSelector(OrderVenue.Venue_NotOwner.selector, bob, bob.owner()));
        orders.cancelBelow(bob, 10);

        bytes memory signature = sign(BOB_KEY, orders.cancelDigest(bob, 10));
        orders.cancelBelowWithSignature(bob, 10, signature);
        assertEq(orders.minNonce(bob), 10);
        assertEq(orders.remaining(sellOrder()), 0);
    }

    function test_RevertWhen_AStrangerCancels() public {
        vm.expectRevert(abi.encodeWithSelector(OrderVenue.Venue_NotOwner.selector, alice, address(this)));
        orders.cancelBelow(alice, 1);
        bytes32 digest = orders.cancelDigest(alice, 1);
        vm.expectRevert(badSignature(alice, digest));
        orders.cancelBelowWithSignature(alice, 1, sign(BOB_KEY, digest));
        assertEq(orders.minNonce(alice), 0);
    }

    /// @dev An order's signature is no cancellation and the other way round.
    function test_RevertWhen_TheSignatureIsForAnOrder() public {
        bytes memory signature = signed(ALICE_KEY, buyOrder());
        bytes memory reason = badSignature(alice, orders.cancelDigest(alice, 1));
        vm.expectRevert(reason);
        orders.cancelBelowWithSignature(alice, 1, signature);
    }

    function test_RevertWhen_TheMinimumWouldNotRise() public {
        bytes memory signature = sign(BOB_KEY, orders.cancelDigest(bob, 10));
        orders.cancelBelowWithSignature(bob, 10, signature);
        vm.expectRevert(abi.encodeWithSelector(OrderVenue.Venue_MinNonceNotRising.selector, bob, 10, 10));
        orders.cancelBelowWithSignature(bob, 10, signature);
        bytes memory lower = sign(BOB_KEY, orders.cancelDigest(bob, 9));
        vm.expectRevert(abi.encodeWithSelector(OrderVenue.Venue_MinNonceNotRising.selector, bob, 9, 10));
        orders.cancelBelowWithSignature(bob, 9, lower);
    }
}
