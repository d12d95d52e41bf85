// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPriceRouter} from "../../../contracts/interfaces/IPriceRouter.sol";
import {NoPrice} from "../../../contracts/interfaces/IPriceSource.sol";
import {RouterTestBase} from "./support/RouterTestBase.sol";
import {TestAggregator} from "../../../contracts/mocks/TestAggregator.sol";

/// @notice No price is accepted while the sequencer is down, or too soon after.
contract SequencerTest is RouterTestBase {
    uint32 private constant GRACE = 3_600;
    TestAggregator private feed;

    function setUp() public override {
        super.setUp();
        list(3, 2);
        feed = new TestAggregator(0);
        router.setSequencer(address(feed), GRACE);
        say(100e18, 100e18, 100e18);
    }

    function test_CLR13_Down() public {
        feed.set(1, 1, start - 10 * GRACE, start, 1);
        refuse(NoPrice.SEQUENCER);
    }

    function test_CLR13_GraceAfterComingBackThenResumes() public {
        feed.set(1, 0, start, start, 1);
        vm.warp(start + GRACE);
        say(100e18, 100e18, 100e18);
        refuse(NoPrice.SEQUENCER);
        vm.warp(start + GRACE + 1);
        say(100e18, 100e18, 100e18);
        update();
        assertPrice(100e18);
    }

    function test_CLR13_FeedThatSaysNothingIsDown() public {
        feed.set(1, 0, 0, 0, 1);
        refuse(NoPrice.SEQUENCER);
        feed.set(1, 0, start + 1, start, 1);
        refuse(NoPrice.SEQUENCER);
        feed.setReverts(true);
        refuse(NoPrice.SEQUENCER);
        vm.etch(address(feed), "");
        refuse(NoPrice.SEQUENCER);
        vm.expectEmit(address(router));
        emit IPriceRouter.SequencerSet(address(0), 0);
        router.setSequencer(address(0), 0);
        update();
        assertPrice(100e18);
    }
}
