// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPriceRouter} from "../../../contracts/interfaces/IPriceRouter.sol";
import {IPriceSource, NoPrice} from "../../../contracts/interfaces/IPriceSource.sol";
import {RouterTestBase} from "./support/RouterTestBase.sol";
import {ScriptedSource} from "./support/ScriptedSource.sol";

/// @notice One rule a test.
contract PriceRouterTest is RouterTestBase {
    function test_MedianOfThreeWithConfidenceAndAge() public {
        list(3, 2);
        sources[0].set(60_000e18, 30e18, block.timestamp);
        sources[1].set(60_100e18, 10e18, block.timestamp - 20);
        sources[2].set(60_030e18, 5e18, block.timestamp - 50);
        // Distances with confidence: 30 + 30, 70 + 10, 0 + 5: two sources vouch for 60. Two are no older than 20 s.
        vm.expectEmit(address(router));
        emit IPriceRouter.PriceAccepted(BTC, 60_030e18, 60e18, block.timestamp - 20);
        update();
        vm.warp(start + 10);
        (uint256 price, uint256 confidence, uint256 age) = router.read(BTC);
        assertEq(price, 60_030e18);
        assertEq(confidence, 60e18);
        assertEq(age, 30);
        (price, age) = router.latest(BTC);
        assertEq(price, 60_030e18);
        assertEq(age, start - 20);
    }

    function test_NothingStoredIsZero() public {
        list(3, 2);
        (uint256 price, uint256 confidence, uint256 age) = router.read(BTC);
        assertEq(price + confidence, 0);
        assertEq(age, block.timestamp);
    }

    function test_EmptyProofDoesNothing() public {
        list(3, 2);
        say(100e18, 100e18, 100e18);
        router.update("");
        assertPrice(0);
    }

    /// @dev A slow source takes nothing away while the others stand.
    function test_DeviatingSourceIsDroppedAndTold() public {
        list(3, 2);
        say(100e18, 101e18, 103e18);
        vm.expectEmit(address(router));
        emit IPriceRouter.SourceRefused(BTC, address(sources[2]), NoPrice.DEVIATES);
        update();
        assertPrice(101e18);
        // At the edge it counts: 1.5 % of 101.
        vm.warp(start + 1);
        say(101e18, 101e18, 102.515e18);
        assertReason(2, NoPrice.NONE);
        say(2, 102.515e18 + 1);
        assertReason(2, NoPrice.DEVIATES);
    }

    function test_CLR13_TwoThatDisagreeGiveNoPriceNoMean() public {
        list(2, 2);
        say(0, 100e18);
        say(1, 101.5e18 + 1);
        refuse(NoPrice.DISAGREE);
        say(1, 101.5e18);
        update();
        assertPrice(100.75e18);
    }

    function test_CLR13_TwoCampsGiveNoPrice() public {
        list(4, 2);
        say(100e18, 100e18, 104e18);
        say(3, 104e18);
        refuse(NoPrice.DISAGREE);
    }

    /// @dev The median of five can stand alone.
    function test_CLR13_MedianWithoutQuorumAroundItIsNoPrice() public {
        list(5, 2);
        say(90e18, 95e18, 100e18);
        say(3, 105e18);
        say(4, 110e18);
        refuse(NoPrice.BELOW_QUORUM);
        say(4, 100.5e18);
        update();
        assertPrice(100e18);
    }

    function test_CLR13_BelowQuorumKeepsTheLastPriceWhichAges() public {
        list(3, 2);
        say(100e18, 100e18, 100e18);
        update();
        vm.warp(start + HEARTBEAT + 1);
        say(0, 101e18);
        assertReason(1, NoPrice.TOO_OLD);
        refuse(NoPrice.BELOW_QUORUM);
        (uint256 price,, uint256 age) = router.read(BTC);
        assertEq(price, 100e18);
        assertEq(age, HEARTBEAT + 1);
        // Back: goes on by itself.
        say(1, 101e18);
        update();
        assertPrice(101e18);
    }

    function test_CLR13_HeartbeatBoundary() public {
        list(2, 2);
        say(0, 100e18);
        say(1, 100e18);
        vm.warp(start + HEARTBEAT);
        assertReason(0, NoPrice.NONE);
        vm.warp(start + HEARTBEAT + 1);
        assertReason(0, NoPrice.TOO_OLD);
    }

    function test_CLR13_SourceAheadOfTheClockIsRefused() public {
        list(2, 2);
        say(0, 100e18);
        sources[1].set(100e18, 0, block.timestamp + 16);
        assertReason(1, NoPrice.AHEAD);
        refuse(NoPrice.BELOW_QUORUM);
        sources[1].set(100e18, 0, block.timestamp + 15);
        update();
        assertPrice(100e18);
        sources[1].set(100e18, 0, type(uint256).max);
        assertReason(1, NoPrice.AHEAD);
    }

    function test_CLR13_SourceOutOfBoundsIsRefused() public {
        list(2, 2);
        say(0, 1e18);
        say(1, 1e18 - 1);
        assertReason(0, NoPrice.NONE);
        assertReason(1, NoPrice.OUT_OF_BOUNDS);
        say(0, 10_000_000e18);
        say(1, 10_000_000e18 + 1);
        assertReason(0, NoPrice.NONE);
        assertReason(1, NoPrice.OUT_OF_BOUNDS);
        refuse(NoPrice.BELOW_QUORUM);
    }

    function test_CLR13_UncertainSourceIsRefused() public {
        list(2, 2);
        sources[0].set(100e18, 2e18, block.timestamp);
        sources[1].set(100e18, 2e18 + 1, block.timestamp);
        assertReason(0, NoPrice.NONE);
        assertReason(1, NoPrice.UNCERTAIN);
        refuse(NoPrice.BELOW_QUORUM);
    }

    function test_CLR13_SourcesOwnReasonIsKept() public {
        list(2, 2);
        sources[0].setNone(NoPrice.INCOMPLETE);
        assertReason(0, NoPrice.INCOMPLETE);
    }

    function test_CLR13_PublishTimeStrictlyRises() public {
        list(3, 2);
        say(100e18, 100e18, 100e18);
        update();
        vm.warp(start + 5);
        // Only one is newer: two sources of this time there are none.
        say(0, 100.5e18);
        refuse(NoPrice.NOT_NEWER);
        say(1, 100.5e18);
        update();
        assertPrice(100.5e18);
    }

    /// @dev Against an average of 100, within the first minute: 20 %.
    function test_CLR13_MoveIsBoundedAgainstTheAverage() public {
        list(3, 2);
        say(100e18, 100e18, 100e18);
        update();
        vm.warp(start + 10);
        say(120e18 + 1, 120e18 + 1, 120e18 + 1);
        refuse(NoPrice.TOO_FAST);
        say(80e18 - 1, 80e18 - 1, 80e18 - 1);
        refuse(NoPrice.TOO_FAST);
        say(120e18, 120e18, 120e18);
        update();
        assertPrice(120e18);
        // (100 · 60 + 120 · 10)/70
        assertEq(router.priceOf(BTC).emaWad, uint256(7_200e18) / 70);
        // At once another 20 % is not to be had: from the average it is only 3.4 more.
        vm.warp(start + 11);
        say(123.5e18, 123.5e18, 123.5e18);
        refuse(NoPrice.TOO_FAST);
        say(123.4e18, 123.4e18, 123.4e18);
        update();
        assertPrice(123.4e18);
    }

    /// @dev A true crash of 60 % stops prices for three minutes, not for ever.
    function test_CLR13_TooFastResumesByItself() public {
        list(3, 2);
        say(100e18, 100e18, 100e18);
        update();
        vm.warp(start + 179);
        say(40e18, 40e18, 40e18);
        refuse(NoPrice.TOO_FAST);
        vm.warp(start + 180);
        say(40e18, 40e18, 40e18);
        update();
        assertPrice(40e18);
    }

    /// @dev Nobody acts at two prices in one transaction, whatever he pushes in between.
    function test_OnePriceASecond() public {
        list(3, 2);
        say(100e18, 100e18, 100e18);
        update();
        sources[0].set(101e18, 0, start + 5);
        sources[1].set(101e18, 0, start + 5);
        update();
        assertPrice(100e18);
        vm.warp(start + 1);
        update();
        assertPrice(101e18);
    }

    function test_PushesReachListedSourcesAndMayFail() public {
        list(3, 2);
        IPriceRouter.Push[] memory pushes = new IPriceRouter.Push[](3);
        pushes[0] = IPriceRouter.Push(sources[0], abi.encode(uint256(100e18)));
        pushes[1] = IPriceRouter.Push(sources[1], "junk");
        pushes[2] = IPriceRouter.Push(sources[2], abi.encode(uint256(100e18)));
        vm.expectEmit(address(router));
        emit IPriceRouter.PushFailed(address(sources[1]));
        router.update(proof(pushes));
        assertPrice(100e18);

        pushes[0].source = new ScriptedSource();
        vm.expectRevert(
            abi.encodeWithSelector(IPriceRouter.Router_UnknownSource.selector, address(pushes[0].source))
        );
        router.update(proof(pushes));
    }

    function test_RevertWhen_UnderlyingIsUnknown() public {
        list(2, 2);
        bytes16[] memory names = new bytes16[](1);
        names[0] = "ETH";
        vm.expectRevert(
            abi.encodeWithSelector(IPriceRouter.Router_UnknownUnderlying.selector, bytes16("ETH"))
        );
        router.update(abi.encode(names, new IPriceRouter.Push[](0)));
    }
}
