// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IInstrumentRegistry} from "../../../contracts/interfaces/IInstrumentRegistry.sol";
import {Assessment, Exposure, IMarginEngine} from "../../../contracts/interfaces/IMarginEngine.sol";
import {ScanMarginEngine} from "../../../contracts/risk/ScanMarginEngine.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {DeployParts, DeployRisk} from "../support/Deploy.sol";
import {StubOracle} from "../support/StubOracle.sol";
import {StubRegistry} from "../support/StubRegistry.sol";

contract ScanMarginEngineTest is Test {
    uint32 private constant BTC_NUMBER = 1;
    uint32 private constant ETH_NUMBER = 2;
    uint32 private constant OPTION_NUMBER = 3;
    uint256 private constant ANY_AGE = type(uint256).max;

    StubOracle private oracle;
    ScanMarginEngine private engine;
    InstrumentId private btc = InstrumentIdLib.perpetual("BTC");
    InstrumentId private eth = InstrumentIdLib.perpetual("ETH");
    InstrumentId private option = InstrumentIdLib.option("BTC", 1_800_000_000, 60_000e8, false);

    function setUp() public {
        vm.warp(1_700_000_000);
        oracle = new StubOracle();
        StubRegistry registry = new StubRegistry();
        registry.set(BTC_NUMBER, btc);
        registry.set(ETH_NUMBER, eth);
        registry.set(OPTION_NUMBER, option);
        engine = DeployRisk.scanMarginEngine(
            address(DeployParts.manager(address(this))), oracle, IInstrumentRegistry(address(registry))
        );
        engine.setParameters("BTC", 0.15e18, 0.005e18);
        oracle.set("BTC", 60_000e18, block.timestamp);
    }

    /// @dev The row of the risk model: +10 BTC on one chain, −8 on another, at 60,000.
    function test_CLR20_GoldenRow() public view {
        Assessment memory a = engine.assess(_one(2e8, 8e8, 0), ANY_AGE);
        assertEq(a.initialWad, 20_400e18);
        assertEq(a.maintenanceWad, 16_320e18);
        assertEq(a.valueInitialWad, 120_000e18);
        assertEq(a.valueMaintenanceWad, 120_000e18);
    }

    function test_NothingHeldIsWorthAndNeedsNothing() public view {
        Assessment memory a = engine.assess(new Exposure[](0), 0);
        assertEq(keccak256(abi.encode(a)), keccak256(abi.encode(Assessment(0, 0, 0, 0))));
    }

    /// @dev Each term by the inequality that defines a ceil; long and short alike; maintenance likewise.
    function testFuzz_RequirementIsRoundedUpOnce(int80 base, uint88 offset, uint112 mark) public {
        oracle.set("BTC", uint256(mark) + 1, block.timestamp);
        Assessment memory a = engine.assess(_one(base, offset, 0), ANY_AGE);
        uint256 size = base < 0 ? uint256(-int256(base)) : uint256(int256(base));
        // Rates as fractions, 3/20 and 1/200, at scale 1e26 against wad: 1e8.
        uint256 scan = _ceil(size * (uint256(mark) + 1) * 3, 20 * 1e8);
        uint256 venue = _ceil(offset * (uint256(mark) + 1), 200 * 1e8);
        assertEq(a.initialWad, scan + venue);
        assertGe(a.maintenanceWad * 5, a.initialWad * 4);
        assertTrue(a.maintenanceWad == 0 || (a.maintenanceWad - 1) * 5 < a.initialWad * 4);
        assertEq(engine.assess(_one(-int88(base), offset, 0), ANY_AGE).initialWad, a.initialWad);
    }

    /// @dev What nets inside one venue is free; what nets across venues pays the venue rate; never more than apart.
    function testFuzz_NettingNeverCostsMoreThanApart(uint80 long, uint80 short, uint112 mark) public {
        oracle.set("BTC", uint256(mark) + 1, block.timestamp);
        uint256 together = engine.assess(
            _one(int88(uint88(long)) - int88(uint88(short)), long < short ? long : short, 0), ANY_AGE
        ).initialWad;
        uint256 apart = engine.assess(_one(int88(uint88(long)), 0, 0), ANY_AGE).initialWad
            + engine.assess(_one(-int88(uint88(short)), 0, 0), ANY_AGE).initialWad;
        assertLe(together, apart + 1);
    }

    /// @dev Closing counts in full: never less than without it, and never less than what any part of it leaves.
    function testFuzz_NoPartOfClosingTradesNeedsMore(int80 base, uint80 offset, uint80 closing, uint80 part) public view {
        part = uint80(bound(part, 0, closing));
        uint256 required = engine.assess(_one(base, offset, closing), ANY_AGE).initialWad;
        int88 left = base > 0 ? int88(base) - int88(uint88(part)) : int88(base) + int88(uint88(part));
        uint256 size = base < 0 ? uint256(-int256(base)) : uint256(int256(base));
        // Done on another spoke, it offsets what it closes.
        uint96 offsetLeft = uint96(offset + (part < size ? part : size));
        assertGe(required, engine.assess(_one(left, offsetLeft, 0), ANY_AGE).initialWad);
    }

    function test_UnderlyingsAdd() public {
        engine.setParameters("ETH", 0.2e18, 0);
        oracle.set("ETH", 3_000e18, block.timestamp);
        Exposure[] memory both = new Exposure[](2);
        both[0] = Exposure(BTC_NUMBER, 1e8, -50_000e6, 0, 0);
        both[1] = Exposure(ETH_NUMBER, -10e8, 31_000e6, 0, 0);
        Assessment memory a = engine.assess(both, ANY_AGE);
        assertEq(a.initialWad, 9_000e18 + 6_000e18);
        assertEq(a.valueInitialWad, 10_000e18 + 1_000e18);
    }

    /// @dev Rounded down to 1e-6 dollar each, against the account, as settlement does.
    function test_ValuesAreThoseThatSettlementMoves() public {
        oracle.set("BTC", 1, block.timestamp);
        assertEq(engine.assess(_one(1, 0, 0), ANY_AGE).valueMaintenanceWad, 0);
        assertEq(engine.assess(_one(-1, 0, 0), ANY_AGE).valueMaintenanceWad, -1e12);
    }

    /// @dev What is not held has no risk: neither a price nor parameters are asked for.
    function test_OnlyQuoteIsWorthWhatItIs() public view {
        Exposure[] memory list = new Exposure[](2);
        list[0] = Exposure(ETH_NUMBER, 0, -7e6, 0, 0);
        list[1] = Exposure(OPTION_NUMBER, 0, 5e6, 0, 0);
        Assessment memory a = engine.assess(list, 0);
        assertEq(a.valueInitialWad, -2e18);
        assertEq(a.initialWad, 0);
    }

    function test_CLR13_RevertWhen_ThePriceIsOlderThanAskedOrNone() public {
        vm.warp(block.timestamp + 61);
        vm.expectRevert(abi.encodeWithSelector(IMarginEngine.Margin_StalePrice.selector, bytes16("BTC"), 61, 60));
        engine.assess(_one(1, 0, 0), 60);
        vm.expectRevert(abi.encodeWithSelector(IMarginEngine.Margin_StalePrice.selector, bytes16("BTC"), 61, 60));
        engine.assess(_one(0, 1, 0), 60);
        vm.expectRevert(abi.encodeWithSelector(IMarginEngine.Margin_StalePrice.selector, bytes16("BTC"), 61, 60));
        engine.assess(_one(0, 0, 1), 60);
        engine.assess(_one(1, 0, 0), 61);
        assertEq(engine.markOf(btc, ANY_AGE), 60_000e18);
        vm.expectPartialRevert(IMarginEngine.Margin_StalePrice.selector);
        engine.markOf(eth, ANY_AGE);
    }

    function test_RevertWhen_TheUnderlyingHasNoParameters() public {
        oracle.set("ETH", 1, block.timestamp);
        Exposure[] memory list = _one(1, 0, 0);
        list[0].number = ETH_NUMBER;
        vm.expectRevert(abi.encodeWithSelector(ScanMarginEngine.Margin_UnknownUnderlying.selector, bytes16("ETH")));
        engine.assess(list, ANY_AGE);
    }

    /// @dev An unknown kind on a known underlying is an unknown risk.
    function test_RevertWhen_TheInstrumentIsNoPerpetual() public {
        Exposure[] memory list = _one(1, 0, 0);
        list[0].number = OPTION_NUMBER;
        bytes memory refused = abi.encodeWithSelector(IMarginEngine.Margin_UnsupportedInstrument.selector, option);
        vm.expectRevert(refused);
        engine.assess(list, ANY_AGE);
        vm.expectRevert(refused);
        engine.markOf(option, ANY_AGE);
        vm.expectRevert(refused);
        engine.optionReferenceOf(option);
        list[0].number = 99;
        vm.expectRevert(abi.encodeWithSelector(IMarginEngine.Margin_UnsupportedInstrument.selector, bytes32(0)));
        engine.assess(list, ANY_AGE);
    }

    function test_RevertWhen_ThereAreTooManyInstruments() public {
        engine.assess(new Exposure[](128), 0);
        vm.expectRevert(abi.encodeWithSelector(IMarginEngine.Margin_TooManyInstruments.selector, 129, 128));
        engine.assess(new Exposure[](129), 0);
    }

    function test_RevertWhen_RatesAreOutOfRange() public {
        vm.expectRevert(abi.encodeWithSelector(ScanMarginEngine.Margin_RateOutOfRange.selector, 0, 1, 1e18));
        engine.setParameters("BTC", 0, 0);
        vm.expectRevert(abi.encodeWithSelector(ScanMarginEngine.Margin_RateOutOfRange.selector, 1e18 + 1, 1, 1e18));
        engine.setParameters("BTC", 1e18 + 1, 0);
        vm.expectRevert(abi.encodeWithSelector(ScanMarginEngine.Margin_RateOutOfRange.selector, 1e18 + 1, 0, 1e18));
        engine.setParameters("BTC", 1, 1e18 + 1);
        assertEq(engine.parametersOf("BTC").priceScanRangeWad, 0.15e18);
    }

    function test_CLR22_RevertWhen_AStrangerSetsParameters() public {
        address stranger = makeAddr("stranger");
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        engine.setParameters("BTC", 1, 1);
    }

    function _one(int88 base, uint96 offset, uint88 closing) private pure returns (Exposure[] memory list) {
        list = new Exposure[](1);
        list[0] = Exposure(BTC_NUMBER, base, 0, offset, closing);
    }

    function _ceil(uint256 a, uint256 b) private pure returns (uint256) {
        return (a + b - 1) / b;
    }
}
