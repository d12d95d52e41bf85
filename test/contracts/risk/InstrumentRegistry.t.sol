// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {IInstrumentRegistry, InstrumentNumber} from "../../../contracts/interfaces/IInstrumentRegistry.sol";
import {InstrumentRegistry} from "../../../contracts/risk/InstrumentRegistry.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {StubExpiryPrices} from "../support/StubExpiryPrices.sol";

contract InstrumentRegistryTest is Test {
    bytes16 private constant BTC = "BTC";
    bytes16 private constant ETH = "ETH";
    uint40 private constant SOON = 1_800_000_000;
    uint40 private constant LATER = SOON + 30 days;

    StubExpiryPrices private _prices;
    InstrumentRegistry private _registry;

    function setUp() public {
        vm.warp(SOON - 1);
        _prices = new StubExpiryPrices();
        _registry = new InstrumentRegistry(address(this), _prices);
    }

    function test_NumbersAreUnderlyingPlaceAndGeneration() public {
        vm.expectEmit(address(_registry));
        emit IInstrumentRegistry.InstrumentRegistered(_call(BTC, SOON, 1), InstrumentNumber.pack(1, 1, 0));
        assertEq(_registry.register(_call(BTC, SOON, 1)), InstrumentNumber.pack(1, 1, 0));
        assertEq(_registry.register(_put(BTC, SOON, 1)), InstrumentNumber.pack(1, 2, 0));
        assertEq(_registry.register(InstrumentIdLib.perpetual(ETH)), InstrumentNumber.pack(2, 0, 0));
        assertEq(_registry.register(_call(ETH, SOON, 1)), InstrumentNumber.pack(2, 1, 0));
        uint32[] memory numbers = _registry.numbersOf(BTC);
        assertEq(numbers.length, 3);
        assertEq(numbers[0], 0, "no perpetual yet");
        // The perpetual's place is kept for it.
        assertEq(_registry.register(InstrumentIdLib.perpetual(BTC)), InstrumentNumber.pack(1, 0, 0));
        assertEq(_registry.numbersOf(BTC)[0], InstrumentNumber.pack(1, 0, 0));
        // Again is the same.
        assertEq(_registry.register(_put(BTC, SOON, 1)), InstrumentNumber.pack(1, 2, 0));
        assertEq(_registry.numbersOf(BTC).length, 3);

        assertTrue(_registry.instrumentOf(InstrumentNumber.pack(1, 2, 0)) == _put(BTC, SOON, 1));
        assertEq(_registry.numberOf(_call(ETH, SOON, 1)), InstrumentNumber.pack(2, 1, 0));
        assertEq(_registry.underlyingAt(1), BTC);
        assertEq(_registry.underlyingAt(2), ETH);
        assertEq(_registry.underlyingAt(0), bytes16(0));
        assertEq(_registry.underlyingAt(3), bytes16(0));
        assertEq(_registry.underlyingIndexOf(ETH), 2);
        assertEq(_registry.underlyingIndexOf("SOL"), 0);
        assertEq(_registry.numberOf(_call("SOL", SOON, 1)), 0);
    }

    function test_APlaceIsTakenAgainOnlyOnceItsSettlementPriceIsFixed() public {
        InstrumentId first = _call(BTC, SOON, 1);
        uint32 old = _registry.register(first);
        _registry.register(_call(BTC, LATER, 1));
        vm.warp(SOON + 1);
        // Expired, but not settled: its holders still need the number in what is kept by place.
        assertEq(InstrumentNumber.place(_registry.register(_call(BTC, LATER, 2))), 3);
        assertFalse(_registry.isFinal(first));
        _prices.set(BTC, SOON, 60_000e18);
        assertTrue(_registry.isFinal(first));
        assertFalse(_registry.isFinal(_call(BTC, LATER, 1)));
        assertFalse(_registry.isFinal(InstrumentIdLib.perpetual(BTC)));

        uint32 next = _registry.register(_call(BTC, LATER, 3));
        assertEq(next, InstrumentNumber.pack(1, 1, 1));
        assertEq(_registry.numbersOf(BTC)[1], next);
        assertEq(_registry.numbersOf(BTC).length, 4);
        // No number ever means two instruments, and what had one keeps it.
        assertTrue(_registry.instrumentOf(old) == first);
        assertEq(_registry.register(first), old);
        assertEq(InstrumentNumber.place(_registry.register(_call(BTC, LATER, 4))), 4);
    }

    /// @dev However many settle at once, and wherever the search stands, their places are all taken before those of the living grow
    /// by more than a quarter of them.
    function test_PlacesOfTheDeadAreFoundWithoutAnyoneClearingThem() public {
        for (uint72 i = 1; i <= 100; ++i) {
            _registry.register(_call(BTC, i % 2 == 0 ? SOON : LATER, i));
        }
        vm.warp(SOON + 1);
        _prices.set(BTC, SOON, 60_000e18);
        for (uint72 i = 101; i <= 150; ++i) {
            _registry.register(_call(BTC, LATER, i));
        }
        assertLe(_registry.numbersOf(BTC).length, 114);
    }

    function test_RevertWhen_EveryPlaceIsTaken() public {
        for (uint72 i = 1; i < InstrumentNumber.MAX_PLACES; ++i) {
            _registry.register(_call(BTC, i == 700 ? SOON : LATER, i));
        }
        bytes memory full = abi.encodeWithSelector(
            IInstrumentRegistry.Registry_Full.selector, BTC, InstrumentNumber.MAX_PLACES
        );
        vm.expectRevert(full);
        _registry.register(_put(BTC, LATER, 1));
        // The perpetual has a place of its own, other underlyings have theirs.
        _registry.register(InstrumentIdLib.perpetual(BTC));
        _registry.register(_call(ETH, LATER, 1));
        vm.warp(SOON + 1);
        _prices.set(BTC, SOON, 60_000e18);
        assertEq(_registry.register(_put(BTC, LATER, 1)), InstrumentNumber.pack(1, 700, 1));
        vm.expectRevert(full);
        _registry.register(_put(BTC, LATER, 2));
    }

    /// @dev After its last generation a place stays with the last one: a number must not mean two instruments.
    function test_AGenerationNeverComesAgain() public {
        uint40 expiry = SOON;
        for (uint256 generation; generation <= InstrumentNumber.MAX_GENERATION; ++generation) {
            assertEq(_registry.register(_call(BTC, expiry, 1)), InstrumentNumber.pack(1, 1, generation));
            _prices.set(BTC, expiry, 1);
            vm.warp(expiry);
            ++expiry;
        }
        assertEq(_registry.register(_call(BTC, expiry, 1)), InstrumentNumber.pack(1, 2, 0));
    }

    function test_RevertWhen_ThereAreTooManyUnderlyings() public {
        for (uint128 i = 1; i <= InstrumentNumber.MAX_UNDERLYINGS; ++i) {
            assertEq(_registry.register(InstrumentIdLib.perpetual(bytes16(i))) >> 24, i);
        }
        vm.expectRevert(abi.encodeWithSelector(IInstrumentRegistry.Registry_Full.selector, BTC, 255));
        _registry.register(InstrumentIdLib.perpetual(BTC));
        _registry.register(_call(bytes16(uint128(255)), SOON, 1));
    }

    function test_RevertWhen_TheInstrumentIsMalformedOrExpired() public {
        InstrumentId[4] memory malformed = [
            InstrumentId.wrap(0),
            InstrumentIdLib.perpetual(0),
            _call(BTC, SOON, 0),
            InstrumentId.wrap(InstrumentId.unwrap(_call(BTC, SOON, 1)) | bytes32(uint256(2) << 240))
        ];
        for (uint256 i; i < malformed.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IInstrumentRegistry.Registry_Malformed.selector, malformed[i]));
            _registry.register(malformed[i]);
        }
        vm.warp(SOON);
        vm.expectRevert(abi.encodeWithSelector(IInstrumentRegistry.Registry_Expired.selector, _call(BTC, SOON, 1), SOON));
        _registry.register(_call(BTC, SOON, 1));
        assertEq(_registry.underlyingIndexOf(BTC), 0, "nothing of it is kept");
    }

    function test_RevertWhen_SomebodyElseRegisters() public {
        address stranger = makeAddr("stranger");
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IInstrumentRegistry.Registry_NotHub.selector, stranger));
        _registry.register(_call(BTC, SOON, 1));
    }

    function _call(bytes16 underlying, uint40 expiry, uint72 strike) private pure returns (InstrumentId) {
        return InstrumentIdLib.option(underlying, expiry, strike, false);
    }

    function _put(bytes16 underlying, uint40 expiry, uint72 strike) private pure returns (InstrumentId) {
        return InstrumentIdLib.option(underlying, expiry, strike, true);
    }
}
