// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {NoPrice} from "../../../contracts/interfaces/IPriceSource.sol";
import {AggregatorSource} from "../../../contracts/oracle/sources/AggregatorSource.sol";
import {TestAggregator} from "../../../contracts/mocks/TestAggregator.sol";

contract AggregatorSourceTest is Test {
    uint256 private constant TIME = 1_800_000_000;

    function test_ScalesEveryNumberOfDecimals() public {
        _expect(8, 6_000_012_345_678, 60_000.12345678e18);
        _expect(18, 60_000e18, 60_000e18);
        _expect(0, 3, 3e18);
        _expect(24, 1_999_999e18, 1.999999e18);
    }

    function test_ConfidenceIsTheFeedsThresholdRoundedUp() public {
        TestAggregator feed = new TestAggregator(18);
        feed.set(1, 60_000e18 + 1, TIME, TIME, 1);
        (, uint256 confidence,,) = new AggregatorSource(feed, 50).read();
        assertEq(confidence, 300e18 + 1);
    }

    function test_CLR13_NoPrice() public {
        TestAggregator feed = new TestAggregator(8);
        AggregatorSource source = new AggregatorSource(feed, 50);
        _none(source, NoPrice.NEVER_PRICED);
        feed.set(7, 1e8, TIME, 0, 7);
        _none(source, NoPrice.INCOMPLETE);
        feed.set(7, 1e8, TIME, TIME, 6);
        _none(source, NoPrice.INCOMPLETE);
        feed.set(7, 0, TIME, TIME, 7);
        _none(source, NoPrice.NOT_POSITIVE);
        feed.set(7, -1, TIME, TIME, 7);
        _none(source, NoPrice.NOT_POSITIVE);
        feed.set(7, type(int256).min, TIME, TIME, 7);
        _none(source, NoPrice.NOT_POSITIVE);
        feed.set(7, int256(type(int128).max) + 1, TIME, TIME, 7);
        _none(source, NoPrice.OUT_OF_SCALE);
    }

    function test_CLR13_TooSmallForAWadIsNoPrice() public {
        TestAggregator feed = new TestAggregator(24);
        feed.set(7, 999_999, TIME, TIME, 7);
        _none(new AggregatorSource(feed, 50), NoPrice.NOT_POSITIVE);
    }

    function test_RevertWhen_BuiltOverSomethingOdd() public {
        TestAggregator odd = new TestAggregator(37);
        vm.expectRevert(abi.encodeWithSelector(AggregatorSource.Aggregator_TooManyDecimals.selector, 37, 36));
        new AggregatorSource(odd, 50);
        vm.expectRevert(abi.encodeWithSelector(AggregatorSource.Aggregator_BadThreshold.selector, 10_000));
        new AggregatorSource(odd, 10_000);
    }

    function test_RevertWhen_PushedTo() public {
        AggregatorSource source = new AggregatorSource(new TestAggregator(8), 50);
        vm.expectRevert(AggregatorSource.Aggregator_TakesNothing.selector);
        source.push("");
    }

    function _expect(uint8 decimals, int256 answer, uint256 priceWad) private {
        TestAggregator feed = new TestAggregator(decimals);
        feed.set(9, answer, TIME - 1, TIME, 9);
        (uint256 price,, uint256 time, NoPrice reason) = new AggregatorSource(feed, 50).read();
        assertEq(uint8(reason), 0);
        assertEq(price, priceWad);
        assertEq(time, TIME);
    }

    function _none(AggregatorSource source, NoPrice expected) private view {
        (,,, NoPrice reason) = source.read();
        assertEq(uint8(reason), uint8(expected));
    }
}
