// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IClearingHub} from "../../../contracts/interfaces/IClearingHub.sol";
import {IExpiryPrices} from "../../../contracts/interfaces/IExpiryPrices.sol";
import {ExpiryPrices} from "../../../contracts/oracle/ExpiryPrices.sol";
import {VectorFile} from "../codec/VectorFile.sol";
import {StubOracle} from "../support/StubOracle.sol";
import {StubOracleHub} from "../support/StubOracleHub.sol";

contract ExpiryPricesTest is VectorFile {
    struct MeanCase {
        uint40 expiry;
        uint256[] time;
        uint256[] priceWad;
        uint256 samples;
        uint256 priceSumWad;
        uint256 nextMinute;
        uint256 settlementWad;
    }

    bytes16 private constant BTC = "BTC";
    uint40 private constant EXPIRY = 1_800_000_000;
    uint256 private constant START = EXPIRY - 1_800;

    StubOracle private oracle;
    StubOracleHub private hub;
    ExpiryPrices private prices;

    function setUp() public {
        vm.warp(START - 600);
        oracle = new StubOracle();
        hub = new StubOracleHub(oracle);
        prices = new ExpiryPrices(IClearingHub(address(hub)));
    }

    function test_MeanOfAPriceAMinute() public {
        oracle.set(BTC, 60_000e18, START);
        vm.expectEmit(address(prices));
        emit IExpiryPrices.PriceSampled(BTC, EXPIRY, 60_000e18, 0);
        prices.sample(BTC, EXPIRY);
        uint256 sum = 60_000e18;
        for (uint256 minute = 1; minute < 30; ++minute) {
            uint256 price = 60_000e18 + minute * minute * 1e18 + 1;
            sum += price;
            _publish(START + minute * 60 + 59, price);
        }
        vm.warp(EXPIRY + 60);
        vm.expectEmit(address(prices));
        emit IExpiryPrices.PriceFixed(BTC, EXPIRY, sum / 30, 30);
        assertEq(prices.fix(BTC, EXPIRY), sum / 30);
        assertEq(prices.priceOf(BTC, EXPIRY), sum / 30);
    }

    function test_FirstPricePublishedInAMinuteCountsAlone() public {
        _publish(START + 10, 100e18);
        _publish(START + 20, 900e18);
        _publish(START + 59, 900e18);
        _assertMean(1, 100e18);
        // Brought in the second minute, published in the first.
        oracle.set(BTC, 900e18, START + 59);
        vm.warp(START + 65);
        prices.sample(BTC, EXPIRY);
        _assertMean(1, 100e18);
        // Ahead of the clock: a price of the minute in which it says that it was published.
        oracle.set(BTC, 300e18, START + 130);
        vm.warp(START + 115);
        prices.sample(BTC, EXPIRY);
        _assertMean(2, 400e18);
        assertEq(prices.meanOf(BTC, EXPIRY).nextMinute, 3);
        // What goes back in time (another oracle) takes no minute again, or any that was passed.
        _publish(START + 70, 900e18);
        _assertMean(2, 400e18);
    }

    function test_NothingBeforeTheWindowCounts() public {
        prices.sample(BTC, EXPIRY);
        _publish(START - 1, 100e18);
        vm.warp(START + 30);
        prices.sample(BTC, EXPIRY);
        _assertMean(0, 0);
    }

    function test_AfterExpiryOnlyMissingSamplesCount() public {
        _minutes(0, 25, 100e18);
        _publish(EXPIRY, 900e18);
        _assertMean(25, 2_500e18);
        vm.warp(EXPIRY + 60);
        assertEq(prices.fix(BTC, EXPIRY), 100e18);
    }

    function test_SilenceInTheWindowIsMadeUpForAfterwards() public {
        _minutes(0, 5, 100e18);
        vm.warp(EXPIRY + 1 days);
        vm.expectRevert(abi.encodeWithSelector(IExpiryPrices.Expiry_TooFewSamples.selector, 5, 20));
        prices.fix(BTC, EXPIRY);
        _minutes(1_500, 1_514, 200e18);
        _publish(START + 1_514 * 60, 200e18);
        // Twenty: no other counts.
        _publish(START + 1_515 * 60, 900e18);
        _assertMean(20, 3_500e18);
        assertEq(prices.fix(BTC, EXPIRY), 175e18);
    }

    function test_FixTakesTheLastPriceAlong() public {
        _minutes(0, 19, 100e18);
        oracle.set(BTC, 120e18, EXPIRY - 1);
        vm.warp(EXPIRY + 60);
        assertEq(prices.fix(BTC, EXPIRY), 101e18);
    }

    function test_RevertWhen_TheLastMinuteMayStillBeBrought() public {
        _minutes(0, 30, 100e18);
        vm.warp(EXPIRY + 59);
        vm.expectRevert(abi.encodeWithSelector(IExpiryPrices.Expiry_TooEarly.selector, EXPIRY + 59, EXPIRY + 60));
        prices.fix(BTC, EXPIRY);
    }

    function test_FixedIsFixedForEver() public {
        _minutes(0, 20, 100e18);
        vm.warp(EXPIRY + 60);
        assertEq(prices.priceOf(BTC, EXPIRY), 0);
        prices.fix(BTC, EXPIRY);
        // A price of the window that nobody brought, and another oracle.
        StubOracle other = new StubOracle();
        hub.setOracle(other);
        other.set(BTC, 900e18, EXPIRY - 1);
        prices.sample(BTC, EXPIRY);
        assertEq(prices.fix(BTC, EXPIRY), 100e18);
        assertEq(prices.priceOf(BTC, EXPIRY), 100e18);
        _assertMean(20, 2_000e18);
    }

    function test_TheOracleMayChangeInBetween() public {
        _minutes(0, 10, 100e18);
        oracle = new StubOracle();
        hub.setOracle(oracle);
        _minutes(9, 20, 200e18);
        vm.warp(EXPIRY + 60);
        assertEq(prices.fix(BTC, EXPIRY), 150e18);
    }

    /// @dev Perpetuals have expiry zero: one that is fixed would be one that is over.
    function test_RevertWhen_ThereIsNoExpiry() public {
        oracle.set(BTC, 100e18, block.timestamp);
        for (uint40 expiry; expiry < 1_800; expiry += 1_799) {
            vm.expectRevert(abi.encodeWithSelector(IExpiryPrices.Expiry_None.selector, expiry));
            prices.sample(BTC, expiry);
            vm.expectRevert(abi.encodeWithSelector(IExpiryPrices.Expiry_None.selector, expiry));
            prices.fix(BTC, expiry);
            assertEq(prices.priceOf(BTC, expiry), 0);
        }
        prices.sample(BTC, type(uint40).max);
        vm.expectPartialRevert(IExpiryPrices.Expiry_TooEarly.selector);
        prices.fix(BTC, type(uint40).max);
    }

    /// @dev No oracle of ours says such things.
    function test_RevertWhen_TheOracleIsOutOfItsMind() public {
        oracle.set(BTC, 1, type(uint128).max);
        vm.expectPartialRevert(SafeCast.SafeCastOverflowedUintDowncast.selector);
        prices.sample(BTC, EXPIRY);
        oracle.set(BTC, uint256(type(uint144).max) + 1, START);
        vm.expectPartialRevert(SafeCast.SafeCastOverflowedUintDowncast.selector);
        prices.sample(BTC, EXPIRY);
    }

    /// @dev Prices at any times, brought as they rise: a minute counts once, thirty at most, and of what is not of the window
    /// no more than was missing. The mean lies between the prices that count.
    function testFuzz_EachMinuteOnce(uint256 seed, uint8 count, uint16 spread) public {
        bool[500] memory taken;
        (uint256 low, uint256 high, uint256 samples) = (type(uint256).max, 0, 0);
        uint256 time = START - seed % 600;
        for (uint256 i; i < count; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            time += 1 + seed % (1 + spread % 100);
            uint256 price = 1 + (seed >> 64) % 2 ** 127;
            _publish(time, price);
            if (time < START) continue;
            uint256 minute = (time - START) / 60;
            if (taken[minute] || (minute >= 30 && samples >= 20)) continue;
            taken[minute] = true;
            samples += 1;
            if (price < low) low = price;
            if (price > high) high = price;
        }
        assertEq(prices.meanOf(BTC, EXPIRY).samples, samples);
        assertLe(samples, 30);
        if (samples < 20) return;
        vm.warp(block.timestamp > EXPIRY + 60 ? block.timestamp : EXPIRY + 60);
        uint256 settlement = prices.fix(BTC, EXPIRY);
        assertTrue(settlement >= low && settlement <= high);
    }

    function test_CLR20_EveryMean() public {
        load("expiry.json");
        MeanCase[] memory means = abi.decode(
            cases(
                "",
                "Case(uint40 expiry,uint256[] time,uint256[] priceWad,uint256 samples,uint256 priceSumWad,uint256 nextMinute,uint256 settlementWad)"
            ),
            (MeanCase[])
        );
        assertGt(means.length, 50);
        for (uint256 i; i < means.length; ++i) {
            _check(means[i], bytes16(uint128(i + 1)));
        }
    }

    function _check(MeanCase memory c, bytes16 underlying) private {
        for (uint256 i; i < c.time.length; ++i) {
            oracle.set(underlying, c.priceWad[i], c.time[i]);
            prices.sample(underlying, c.expiry);
        }
        IExpiryPrices.Mean memory mean = prices.meanOf(underlying, c.expiry);
        assertEq(mean.samples, c.samples);
        assertEq(mean.priceSumWad, c.priceSumWad);
        assertEq(mean.nextMinute, c.nextMinute);
        vm.warp(c.expiry + 60);
        if (c.settlementWad == 0) vm.expectPartialRevert(IExpiryPrices.Expiry_TooFewSamples.selector);
        uint256 settlement = prices.fix(underlying, c.expiry);
        if (c.settlementWad != 0) assertEq(settlement, c.settlementWad);
    }

    /// @dev A price in each minute from `from` up to `end`.
    function _minutes(uint256 from, uint256 end, uint256 priceWad) private {
        for (uint256 minute = from; minute < end; ++minute) {
            _publish(START + minute * 60 + minute % 60, priceWad);
        }
    }

    /// @dev Publishes, and brings at once.
    function _publish(uint256 time, uint256 priceWad) private {
        vm.warp(time);
        oracle.set(BTC, priceWad, time);
        prices.sample(BTC, EXPIRY);
    }

    function _assertMean(uint256 samples, uint256 priceSumWad) private view {
        IExpiryPrices.Mean memory mean = prices.meanOf(BTC, EXPIRY);
        assertEq(mean.samples, samples);
        assertEq(mean.priceSumWad, priceSumWad);
    }
}
