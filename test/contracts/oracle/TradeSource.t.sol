// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {NoPrice} from "../../../contracts/interfaces/IPriceSource.sol";
import {TradeSource} from "../../../contracts/oracle/sources/TradeSource.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {StubOracle} from "../support/StubOracle.sol";
import {DeployParts} from "../support/Deploy.sol";

contract TradeSourceTest is Test {
    uint48 private constant PERIOD = 60;
    /// @dev One BTC.
    uint88 private constant ALLOWANCE = 1e8;
    uint256 private constant ANCHOR = 60_000e18;
    /// @dev One percent.
    uint256 private constant BAND_BPS = 100;
    uint256 private constant BAND = 600e18;

    uint256 private start = 1_800_000_000;
    AccessManager private manager;
    StubOracle private router;
    TradeSource private trades;

    function setUp() public {
        vm.warp(start);
        manager = DeployParts.manager(address(this));
        router = new StubOracle();
        router.set("BTC", ANCHOR, start);
        trades = new TradeSource(address(manager), router, "BTC", PERIOD, BAND_BPS, ALLOWANCE);
    }

    function test_VolumeWeightedOverTheWindow() public {
        _fill(0, 15, 1e8, 60_000e18);
        vm.warp(start + PERIOD);
        _fill(0, 5, 1e8, 60_400e18);
        (uint256 price, uint256 confidence, uint256 time, NoPrice reason) = trades.read();
        assertEq(uint8(reason), 0);
        assertEq(price, 60_100e18);
        assertEq(confidence, 601e18);
        assertEq(time, start + PERIOD);
        // The first period leaves the window, and too little is left.
        vm.warp(start + 5 * PERIOD - 1);
        _assertReason(NoPrice.NONE);
        vm.warp(start + 5 * PERIOD);
        _assertReason(NoPrice.THIN);
    }

    function test_CLR13_ThinWindowIsNoPrice() public {
        _fill(0, 19, 1e8, 60_000e18);
        _record(100, 101, 1e8 - 1, 60_000e18);
        _assertReason(NoPrice.THIN);
        _record(102, 103, 1, 60_000e18);
        _assertReason(NoPrice.NONE);
    }

    function test_PriceOfATradeIsClampedToTheBand() public {
        _fill(0, 20, 1e8, 1);
        _assertPrice(ANCHOR - BAND);
        vm.warp(start + 5 * PERIOD);
        router.set("BTC", ANCHOR, block.timestamp);
        _fill(0, 20, 1e8, type(uint256).max);
        _assertPrice(ANCHOR + BAND);
    }

    function test_OneAccountCountsForItsAllowanceAPeriod() public {
        vm.expectEmit(address(trades));
        emit TradeSource.TradeCounted(_account(0), _account(1), 1e8, 60_000e18);
        _record(0, 1, 50e8, 60_000e18);
        // Both sides are used up, whoever the other is.
        vm.recordLogs();
        _record(0, 2, 1e8, 60_000e18);
        _record(2, 1, 1e8, 60_000e18);
        assertEq(vm.getRecordedLogs().length, 0);
        vm.warp(start + PERIOD);
        vm.expectEmit(address(trades));
        emit TradeSource.TradeCounted(_account(0), _account(2), 5e7, 60_000e18);
        _record(0, 2, 5e7, 60_000e18);
    }

    function test_NothingIsCountedOfOneself() public {
        vm.recordLogs();
        _record(0, 0, 1e8, 60_000e18);
        _record(0, 1, 0, 60_000e18);
        assertEq(vm.getRecordedLogs().length, 0);
    }

    /// @dev Never a price of its own: without the router's, trades count for nothing.
    function test_CLR13_WithoutTheRoutersPriceNothingCounts() public {
        router.set("BTC", 0, 0);
        _fill(0, 20, 1e8, 60_000e18);
        _assertReason(NoPrice.THIN);
        router.set("BTC", ANCHOR, start - 5 * PERIOD - 1);
        _fill(0, 20, 1e8, 60_000e18);
        _assertReason(NoPrice.THIN);
        router.set("BTC", ANCHOR, start - 5 * PERIOD);
        _fill(0, 20, 1e8, 60_000e18);
        _assertReason(NoPrice.NONE);
    }

    /// @dev One account, trading as it likes in every period of the window, moves the price by at most a quarter of the
    /// band's width from what it is without it.
    function testFuzz_OneAccountMovesItByAQuarterOfTheBand(uint256 seed, bool up) public {
        uint256 priceWad = ANCHOR - BAND + seed % (2 * BAND);
        for (uint256 period; period < 5; ++period) {
            vm.warp(start + period * PERIOD);
            // Its partners too count; here they are different ones each time, so that it has all of its allowance.
            for (uint256 i; i < 4; ++i) {
                _record(1, 1_000 + period * 10 + i, 1e8, up ? type(uint256).max : 1);
            }
            _fill(100 + period * 100, 3, 1e8, priceWad);
        }
        (uint256 price,,, NoPrice reason) = trades.read();
        assertEq(uint8(reason), 0);
        uint256 moved = price > priceWad ? price - priceWad : priceWad - price;
        assertLe(moved, 2 * BAND / 4);
    }

    /// @dev Whatever is recorded, the price is inside the band and nothing reverts.
    function testFuzz_PriceStaysInTheBand(uint256 seed) public {
        for (uint256 i; i < 60; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            _record(seed % 50, (seed >> 32) % 50, (seed >> 64) >> (seed % 190), (seed << 7) >> (seed % 255));
            if (seed % 7 == 0) vm.warp(block.timestamp + (seed >> 200) % 40);
        }
        (uint256 price,,, NoPrice reason) = trades.read();
        if (reason != NoPrice.NONE) return;
        // Each trade's dollars are rounded down to 1e-6.
        assertTrue(price + 1e15 >= ANCHOR - BAND && price <= ANCHOR + BAND);
    }

    function test_CLR22_RevertWhen_AStrangerRecords() public {
        vm.prank(address(7));
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(7)));
        trades.record(_account(0), _account(1), 1, 1);
    }

    function test_RevertWhen_BuiltWithBadParameters() public {
        _refused("periodSeconds", 0, 0, BAND_BPS, ALLOWANCE);
        _refused("bandBps", 0, PERIOD, 0, ALLOWANCE);
        _refused("bandBps", 10_000, PERIOD, 10_000, ALLOWANCE);
        _refused("allowanceBase", 0, PERIOD, BAND_BPS, 0);
        _refused("allowanceBase", type(uint88).max, PERIOD, BAND_BPS, type(uint88).max);
    }

    function _refused(bytes32 name, uint256 value, uint48 period, uint256 bandBps, uint88 allowance) private {
        vm.expectRevert(abi.encodeWithSelector(TradeSource.Trades_BadParameter.selector, name, value));
        new TradeSource(address(manager), router, "BTC", period, bandBps, allowance);
    }

    /// @dev `count` trades between accounts that trade with nobody else.
    function _fill(uint256 from, uint256 count, uint256 base, uint256 priceWad) private {
        for (uint256 i; i < count; ++i) {
            _record(from + 2 * i, from + 2 * i + 1, base, priceWad);
        }
    }

    function _record(uint256 buyer, uint256 seller, uint256 base, uint256 priceWad) private {
        trades.record(_account(buyer), _account(seller), base, priceWad);
    }

    function _account(uint256 number) private pure returns (AccountId) {
        return AccountId.wrap(bytes32(number + 1));
    }

    function _assertPrice(uint256 priceWad) private view {
        (uint256 price,,,) = trades.read();
        assertEq(price, priceWad);
    }

    function _assertReason(NoPrice expected) private view {
        (,,, NoPrice reason) = trades.read();
        assertEq(uint8(reason), uint8(expected));
    }
}
