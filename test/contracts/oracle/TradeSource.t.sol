// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {NoPrice} from "../../../contracts/interfaces/IPriceSource.sol";
import {SignerQuorum} from "../../../contracts/oracle/SignerQuorum.sol";
import {ObservedTrade, TradeBatch, TradeSource} from "../../../contracts/oracle/sources/TradeSource.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {StubOracle} from "../support/StubOracle.sol";
import {SignersTestBase} from "./support/SignersTestBase.sol";

contract TradeSourceTest is SignersTestBase {
    uint48 private constant PERIOD = 60;
    /// @dev One BTC.
    uint88 private constant ALLOWANCE = 1e8;
    uint256 private constant ANCHOR = 60_000e18;
    /// @dev One percent.
    uint256 private constant BAND_BPS = 100;
    uint256 private constant BAND = 600e18;
    uint32 private constant EID = 40_001;

    uint256 private start = 1_800_000_000;
    StubOracle private router;
    TradeSource private trades;

    function setUp() public override {
        super.setUp();
        router = new StubOracle();
        router.set("BTC", ANCHOR, start);
        trades = new TradeSource(signers, router, "BTC", PERIOD, BAND_BPS, ALLOWANCE);
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
        bytes memory data = _signedData(_batch(0, 1, 50e8, 60_000e18));
        vm.expectEmit(address(trades));
        emit TradeSource.TradeCounted(_account(0), _account(1), 1e8, 60_000e18);
        trades.push(data);
        // Both sides are used up, whoever the other is.
        vm.recordLogs();
        _record(0, 2, 1e8, 60_000e18);
        _record(2, 1, 1e8, 60_000e18);
        _assertNothingCounted(2);
        vm.warp(start + PERIOD);
        data = _signedData(_batch(0, 2, 5e7, 60_000e18));
        vm.expectEmit(address(trades));
        emit TradeSource.TradeCounted(_account(0), _account(2), 5e7, 60_000e18);
        trades.push(data);
    }

    function test_NothingIsCountedOfOneself() public {
        vm.recordLogs();
        _record(0, 0, 1e8, 60_000e18);
        _record(0, 1, 0, 60_000e18);
        _assertNothingCounted(2);
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

    function test_ABatchCountsOnceAndBlocksRise() public {
        TradeBatch memory b = _batch(1, 2, 1e8, 60_000e18);
        (b.fromBlock, b.toBlock) = (10, 20);
        bytes memory data = _signedData(b);
        vm.expectEmit(address(trades));
        emit TradeSource.BatchRecorded(EID, 10, 20, 1);
        trades.push(data);
        assertEq(trades.lastBlock(EID), 20);
        _refuses(data, TradeSource.Trades_BadBlocks.selector, abi.encode(10, 20, 20));
        (b.fromBlock, b.toBlock) = (20, 30);
        _refuses(_signedData(b), TradeSource.Trades_BadBlocks.selector, abi.encode(20, 30, 20));
        (b.fromBlock, b.toBlock) = (30, 29);
        _refuses(_signedData(b), TradeSource.Trades_BadBlocks.selector, abi.encode(30, 29, 20));
        // Another chain has its own; a gap is trades that do not count.
        (b.eid, b.fromBlock, b.toBlock) = (EID + 1, 1, 1);
        trades.push(_signedData(b));
        (b.eid, b.fromBlock, b.toBlock) = (EID, 31, 31);
        trades.push(_signedData(b));
        assertEq(trades.lastBlock(EID), 31);
    }

    function test_CLR13_ABatchIsOfItsTime() public {
        TradeBatch memory b = _batch(1, 2, 1e8, 60_000e18);
        b.time = uint48(start + 16);
        _refuses(_signedData(b), TradeSource.Trades_TimeAhead.selector, abi.encode(start + 16, start + 15));
        b.time = uint48(start - 5 * PERIOD - 1);
        _refuses(
            _signedData(b), TradeSource.Trades_TooOld.selector, abi.encode(start - 5 * PERIOD - 1, start - 5 * PERIOD)
        );
        // The price is as old as the newest batch.
        _fill(0, 20, 1e8, 60_000e18);
        b = _batch(100, 101, 1e8, 60_000e18);
        b.time = uint48(start - 5 * PERIOD);
        trades.push(_signedData(b));
        (,, uint256 publishedAt,) = trades.read();
        assertEq(publishedAt, start);
    }

    function test_CLR13_RevertWhen_NoQuorumSigned() public {
        TradeBatch memory b = _batch(1, 2, 1e8, 60_000e18);
        bytes[] memory one = new bytes[](1);
        one[0] = sign(keys[0], trades.digest(b));
        _refuses(abi.encode(b, one), SignerQuorum.Signers_BelowQuorum.selector, abi.encode(1, 2));
        // Signed by the quorum, but for another source.
        TradeSource other = new TradeSource(signers, router, "ETH", PERIOD, BAND_BPS, ALLOWANCE);
        bytes[] memory foreign = signed(other.digest(b), 0, 1);
        vm.expectPartialRevert(SignerQuorum.Signers_Unknown.selector);
        trades.push(abi.encode(b, foreign));
    }

    function test_RevertWhen_TooManyTradesOrAFee() public {
        TradeBatch memory b = _batch(1, 2, 1e8, 60_000e18);
        b.trades = new ObservedTrade[](65);
        bytes memory data = _signedData(b);
        _refuses(data, TradeSource.Trades_TooMany.selector, abi.encode(65, 64));
        vm.expectRevert(abi.encodeWithSelector(TradeSource.Trades_TakesNoFee.selector, 1));
        trades.push{value: 1}(data);
    }

    function test_GasOfAFullBatch() public {
        TradeBatch memory b = _batch(1, 2, 1e8, 60_000e18);
        b.trades = new ObservedTrade[](64);
        for (uint256 i; i < 64; ++i) {
            b.trades[i] = ObservedTrade(_account(2 * i), _account(2 * i + 1), 1e8, 60_000e18);
        }
        bytes memory data = _signedData(b);
        uint256 before = gasleft();
        trades.push(data);
        uint256 used = before - gasleft();
        emit log_named_uint("64 trades of 128 new accounts, gas", used);
        assertLt(used, 5_000_000);
    }

    /// @dev What an off-chain signer computes.
    function test_TheDigestIsEip712s() public view {
        TradeBatch memory b = _batch(1, 2, 1e8, 60_000e18);
        ObservedTrade memory t = b.trades[0];
        bytes32 tradesHash = keccak256(
            abi.encode(
                keccak256("ObservedTrade(bytes32 buyer,bytes32 seller,uint88 base,uint128 priceWad)"),
                t.buyer,
                t.seller,
                t.base,
                t.priceWad
            )
        );
        bytes32 structHash = keccak256(
            abi.encode(
                trades.BATCH_TYPEHASH(),
                b.eid,
                b.fromBlock,
                b.toBlock,
                b.time,
                keccak256(abi.encodePacked(tradesHash))
            )
        );
        assertEq(trades.digest(b), digestByHand("CausewayTradeSource", address(trades), structHash));
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
        new TradeSource(signers, router, "BTC", period, bandBps, allowance);
    }

    /// @dev `count` trades between accounts that trade with nobody else.
    function _fill(uint256 from, uint256 count, uint256 base, uint256 priceWad) private {
        for (uint256 i; i < count; ++i) {
            _record(from + 2 * i, from + 2 * i + 1, base, priceWad);
        }
    }

    function _record(uint256 buyer, uint256 seller, uint256 base, uint256 priceWad) private {
        bytes memory data = _signedData(_batch(buyer, seller, base, priceWad));
        trades.push(data);
    }

    /// @dev Of one trade, in the block after the last; sizes and prices as large as their types hold.
    function _batch(uint256 buyer, uint256 seller, uint256 base, uint256 priceWad)
        private
        view
        returns (TradeBatch memory b)
    {
        uint64 next = trades.lastBlock(EID) + 1;
        (b.eid, b.fromBlock, b.toBlock, b.time) = (EID, next, next, uint48(block.timestamp));
        b.trades = new ObservedTrade[](1);
        b.trades[0] = ObservedTrade(
            _account(buyer),
            _account(seller),
            uint88(FixedPointMathLib.min(base, type(uint88).max)),
            uint128(FixedPointMathLib.min(priceWad, type(uint128).max))
        );
    }

    function _signedData(TradeBatch memory b) private view returns (bytes memory) {
        return abi.encode(b, signed(trades.digest(b), 0, 1));
    }

    function _refuses(bytes memory data, bytes4 selector, bytes memory arguments) private {
        vm.expectRevert(bytes.concat(selector, arguments));
        trades.push(data);
    }

    function _account(uint256 number) private pure returns (AccountId) {
        return AccountId.wrap(bytes32(number + 1));
    }

    /// @dev The batches that were brought since logs are recorded said nothing else.
    function _assertNothingCounted(uint256 batches) private {
        assertEq(vm.getRecordedLogs().length, batches);
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
