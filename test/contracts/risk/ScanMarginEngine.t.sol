// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Exposure} from "../../../contracts/interfaces/IMarginEngine.sol";
import {ScanMarginEngine} from "../../../contracts/risk/ScanMarginEngine.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {DeployParts} from "../support/Deploy.sol";

contract ScanMarginEngineTest is Test {
    ScanMarginEngine private engine;
    InstrumentId private btc = InstrumentIdLib.perpetual("BTC");
    InstrumentId private eth = InstrumentIdLib.perpetual("ETH");

    function setUp() public {
        engine = new ScanMarginEngine(address(DeployParts.manager(address(this))));
        engine.setParameters("BTC", 0.15e18, 0.005e18);
    }

    /// @dev The row of the risk model: +10 BTC on one chain, −8 on another, at 60,000.
    function test_CLR20_GoldenRow() public view {
        (uint256 initial, uint256 maintenance) = engine.requirement(_one(2e8, 10e8, 8e8, 60_000e18));
        assertEq(initial, 20_400e18);
        assertEq(maintenance, 16_320e18);
    }

    function test_NoExposureNeedsNothing() public view {
        (uint256 initial, uint256 maintenance) = engine.requirement(new Exposure[](0));
        assertEq(initial, 0);
        assertEq(maintenance, 0);
    }

    /// @dev Each term by the inequality that defines a ceil; long and short alike; maintenance likewise.
    function testFuzz_RequirementIsRoundedUpOnce(int88 base, uint88 longs, uint88 shorts, uint112 mark) public view {
        (uint256 initial, uint256 maintenance) = engine.requirement(_one(base, longs, shorts, mark));
        uint256 size = base < 0 ? uint256(-int256(base)) : uint256(int256(base));
        uint256 offset = longs < shorts ? longs : shorts;
        // Rates as fractions, 3/20 and 1/200, at scale 1e26 against wad: 1e8.
        uint256 scan = _ceil(size * mark * 3, 20 * 1e8);
        uint256 venue = _ceil(offset * mark, 200 * 1e8);
        assertEq(initial, scan + venue);
        assertGe(maintenance * 5, initial * 4);
        assertTrue(maintenance == 0 || (maintenance - 1) * 5 < initial * 4);
        (uint256 mirrored,) = engine.requirement(_one(-int256(base), shorts, longs, mark));
        assertEq(mirrored, initial);
    }

    /// @dev What nets inside one venue is free; what nets across venues pays the venue rate; never more than apart.
    function testFuzz_NettingNeverCostsMoreThanApart(uint88 long, uint88 short, uint112 mark) public view {
        (uint256 together,) =
            engine.requirement(_one(int256(uint256(long)) - int256(uint256(short)), long, short, mark));
        (uint256 first,) = engine.requirement(_one(int256(uint256(long)), long, 0, mark));
        (uint256 second,) = engine.requirement(_one(-int256(uint256(short)), 0, short, mark));
        assertLe(together, first + second + 1);
    }

    function test_UnderlyingsAdd() public {
        engine.setParameters("ETH", 0.2e18, 0);
        Exposure[] memory both = new Exposure[](2);
        both[0] = Exposure(btc, 1e8, 1e8, 0, 60_000e18);
        both[1] = Exposure(eth, -10e8, 0, 10e8, 3_000e18);
        (uint256 initial,) = engine.requirement(both);
        assertEq(initial, 9_000e18 + 6_000e18);
    }

    function test_RevertWhen_TheUnderlyingIsUnknown() public {
        Exposure[] memory list = _one(1, 1, 0, 1);
        list[0].instrument = eth;
        vm.expectRevert(abi.encodeWithSelector(ScanMarginEngine.Margin_UnknownUnderlying.selector, bytes16("ETH")));
        engine.requirement(list);
    }

    /// @dev An unknown kind on a known underlying is an unknown risk.
    function test_RevertWhen_TheInstrumentIsNoPerpetual() public {
        Exposure[] memory list = _one(1, 1, 0, 1);
        list[0].instrument = InstrumentId.wrap(InstrumentId.unwrap(btc) ^ bytes32(bytes1(0x03)));
        vm.expectRevert(
            abi.encodeWithSelector(ScanMarginEngine.Margin_UnsupportedInstrument.selector, list[0].instrument)
        );
        engine.requirement(list);
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

    function _one(int256 base, uint256 longs, uint256 shorts, uint256 mark)
        private
        view
        returns (Exposure[] memory list)
    {
        list = new Exposure[](1);
        list[0] = Exposure(btc, base, longs, shorts, mark);
    }

    function _ceil(uint256 a, uint256 b) private pure returns (uint256) {
        return (a + b - 1) / b;
    }
}
