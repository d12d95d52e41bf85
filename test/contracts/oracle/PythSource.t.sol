// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {IPriceSource, NoPrice} from "../../../contracts/interfaces/IPriceSource.sol";
import {IPyth} from "../../../contracts/interfaces/IPyth.sol";
import {PythSource} from "../../../contracts/oracle/sources/PythSource.sol";
import {RouterTestBase} from "./support/RouterTestBase.sol";
import {IPriceRouter} from "../../../contracts/interfaces/IPriceRouter.sol";
import {TestPyth} from "../../../contracts/mocks/TestPyth.sol";

contract PythSourceTest is RouterTestBase {
    bytes32 private constant ID = keccak256("BTC/USD");
    uint256 private constant TIME = 1_800_000_000;
    uint256 private constant FEE = 3 gwei;

    TestPyth private pyth;
    PythSource private source;

    function setUp() public override {
        super.setUp();
        pyth = new TestPyth(FEE);
        source = new PythSource(pyth, ID);
    }

    function test_ScalesEveryExponent() public {
        _expect(6_000_012_345_678, 1_000_001, -8, 60_000.12345678e18, 0.01000001e18);
        _expect(3, 1, 0, 3e18, 1e18);
        _expect(3, 1, 2, 300e18, 100e18);
        // Price down, confidence up.
        _expect(1_999, 1, -21, 1, 1);
        _expect(5, 0, -18, 5, 0);
    }

    function test_CLR13_NoPrice() public {
        vm.expectRevert("PriceFeedNotFound");
        source.read();
        pyth.set(ID, 0, 1, -8, TIME);
        _none(NoPrice.NOT_POSITIVE);
        pyth.set(ID, type(int64).min, 1, -8, TIME);
        _none(NoPrice.NOT_POSITIVE);
        pyth.set(ID, 999, 1, -21, TIME);
        _none(NoPrice.NOT_POSITIVE);
        pyth.set(ID, 1, 1, 19, TIME);
        _none(NoPrice.OUT_OF_SCALE);
        pyth.set(ID, 1, 1, type(int32).min, TIME);
        _none(NoPrice.OUT_OF_SCALE);
    }

    /// @dev Nothing that the feed's types can hold makes it panic.
    function testFuzz_AnythingThatFitsTheTypes(int64 price, uint64 conf, int32 expo, uint256 time) public {
        time = bound(time, 1, type(uint256).max);
        pyth.set(ID, price, conf, expo, time);
        (uint256 priceWad,,, NoPrice reason) = source.read();
        assertEq(priceWad == 0, reason != NoPrice.NONE);
    }

    function test_PushPaysTheFeeAndReturnsTheRest() public {
        bytes memory data = _data(6_000_000_000_000, TIME - 3);
        deal(address(this), 1 ether);
        source.push{value: 1 gwei + FEE}(data);
        assertEq(address(this).balance, 1 ether - FEE);
        assertEq(address(source).balance, 0);
        (uint256 price,, uint256 time,) = source.read();
        assertEq(price, 60_000e18);
        assertEq(time, TIME - 3);
        // An older update changes nothing.
        source.push{value: FEE}(_data(1, TIME - 4));
        (price,,,) = source.read();
        assertEq(price, 60_000e18);
    }

    function test_RevertWhen_TheFeeIsShort() public {
        vm.expectRevert(abi.encodeWithSelector(PythSource.Pyth_FeeNotCovered.selector, FEE - 1, FEE));
        source.push{value: FEE - 1}(_data(1, TIME));
    }

    /// @dev The hub passes no fee on: a feed that is free is pushed to in the proof, another beforehand.
    function test_RouterPushesToAFreeFeedOnly() public {
        list(2, parameters(2), source);
        IPriceRouter.Push[] memory pushes = new IPriceRouter.Push[](1);
        pushes[0] = IPriceRouter.Push(source, _data(6_000_000_000_000, TIME));
        vm.expectEmit(address(router));
        emit IPriceRouter.PushFailed(address(source));
        router.update(proof(pushes));

        PythSource free = new PythSource(new TestPyth(0), ID);
        list(2, parameters(2), free);
        pushes[0].source = IPriceSource(free);
        router.update(proof(pushes));
        (uint256 price,,,) = free.read();
        assertEq(price, 60_000e18);
    }

    receive() external payable {}

    function _data(int64 price, uint256 time) private pure returns (bytes memory) {
        bytes[] memory updates = new bytes[](1);
        updates[0] = abi.encode(ID, IPyth.Price(price, 1, -8, time));
        return abi.encode(updates);
    }

    function _expect(int64 price, uint64 conf, int32 expo, uint256 priceWad, uint256 confidenceWad) private {
        pyth.set(ID, price, conf, expo, TIME);
        (uint256 foundPrice, uint256 foundConfidence, uint256 time, NoPrice reason) = source.read();
        assertEq(uint8(reason), 0);
        assertEq(foundPrice, priceWad);
        assertEq(foundConfidence, confidenceWad);
        assertEq(time, TIME);
    }

    function _none(NoPrice expected) private view {
        (,,, NoPrice reason) = source.read();
        assertEq(uint8(reason), uint8(expected));
    }
}
