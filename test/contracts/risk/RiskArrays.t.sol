// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPricingModel, OptionTerms, Shock, Slice} from "../../../contracts/interfaces/IPricingModel.sol";
import {Epoch, IRiskArrays} from "../../../contracts/interfaces/IRiskArrays.sol";
import {MarginSettings} from "../../../contracts/risk/MarginSettings.sol";
import {RiskEntry} from "../../../contracts/risk/RiskEntry.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {DefaultMargin} from "../support/DefaultMargin.sol";
import {EngineTestBase} from "./EngineTestBase.sol";

/// @notice Takes all gas it is given, answers with a bomb, or with what nobody can decode.
contract HostileModel is IPricingModel {
    uint256 private immutable kind;

    constructor(uint256 kind_) {
        kind = kind_;
    }

    function price(OptionTerms calldata, bytes calldata) external pure returns (uint256) {
        return 0;
    }

    function prices(OptionTerms calldata, bytes calldata, Shock[] calldata) external pure returns (uint256[] memory) {
        return new uint256[](0);
    }

    function vol(OptionTerms calldata, bytes calldata) external view returns (uint256) {
        uint256 how = kind;
        if (how == 0) while (true) {}
        assembly ("memory-safe") {
            switch how
            case 1 { revert(0, 300000) }
            case 2 { return(0, 300000) }
            default { return(0, 1) }
        }
        return 0;
    }

    function check(Slice calldata, Slice calldata, Slice calldata) external pure {}
}

contract RiskArraysTest is EngineTestBase {
    address private alice = makeAddr("alice");
    address private bob = makeAddr("bob");

    /// @dev One call, and every entry is what the option's price says.
    function test_OneCallMakesAnEpoch() public {
        listMany(5);
        assertTrue(engine.refresh(BTC, 5));
        (Epoch memory e, address[] memory chunks) = engine.epochOf(BTC);
        assertEq(abi.encode(e), abi.encode(Epoch(60_000e18, uint40(NOW), 0.15e9, 5, 5, 5)));
        assertEq(chunks.length, 1);
        _checkEntries(e);
    }

    /// @dev The last chunk is shorter; what the first call asked for stays, whatever later ones ask for.
    function test_SplitsOverCalls() public {
        listMany(25);
        assertFalse(engine.refresh(BTC, 10));
        (Epoch memory draft,) = engine.draftOf(address(this), BTC);
        assertEq(draft.done, 10);
        (Epoch memory e,) = engine.epochOf(BTC);
        assertEq(e.priceWad, 0);
        assertFalse(engine.refresh(BTC, 1));
        assertTrue(engine.refresh(BTC, 999));
        address[] memory chunks;
        (e, chunks) = engine.epochOf(BTC);
        assertEq(chunks.length, 3);
        assertEq(chunks[2].code.length, 1 + 5 * RiskEntry.SIZE);
        _checkEntries(e);
    }

    /// @dev Small chunks would make every margin check dear.
    function test_AChunkHasA24thAtLeast() public {
        listMany(49);
        engine.refresh(BTC, 0);
        (Epoch memory draft,) = engine.draftOf(address(this), BTC);
        assertEq(draft.perChunk, 3);
    }

    function test_WithoutOptionsAnEpochIsEmpty() public {
        assertTrue(engine.refresh(ETH, 10));
        (Epoch memory e, address[] memory chunks) = engine.epochOf(ETH);
        assertEq(e.places, 0);
        assertEq(chunks.length, 0);
    }

    /// @dev Each has a draft of his own; the first to complete wins, unless the other's price is newer.
    function test_NobodyDisturbsAnothersDraft() public {
        listMany(20);
        vm.prank(alice);
        engine.refresh(BTC, 10);
        vm.warp(NOW + 10);
        oracle.set(BTC, 60_100e18, NOW + 10);
        vm.prank(bob);
        engine.refresh(BTC, 10);
        vm.prank(alice);
        assertTrue(engine.refresh(BTC, 10));
        (Epoch memory e,) = engine.epochOf(BTC);
        assertEq(e.priceWad, 60_000e18);
        vm.prank(bob);
        assertTrue(engine.refresh(BTC, 10));
        (e,) = engine.epochOf(BTC);
        assertEq(e.priceWad, 60_100e18);
        _checkEntries(e);
    }

    /// @dev A draft that another's epoch has overtaken begins anew, at the newer price.
    function test_AnOvertakenDraftBeginsAnew() public {
        listMany(20);
        vm.prank(alice);
        engine.refresh(BTC, 10);
        oracle.set(BTC, 60_100e18, NOW + 1);
        refreshAll(BTC, 20);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IRiskArrays.RiskArrays_NotNewer.selector, BTC, NOW + 1, NOW + 1));
        engine.refresh(BTC, 10);
        oracle.set(BTC, 60_200e18, NOW + 2);
        vm.prank(alice);
        assertFalse(engine.refresh(BTC, 10));
        (Epoch memory draft,) = engine.draftOf(alice, BTC);
        assertEq(draft.priceWad, 60_200e18);
        assertEq(draft.done, 10);
    }

    /// @dev An eighth of 15 % is 1.875 %: 58,875 to 61,125.
    function test_ADraftWhosePriceIsTooFarBeginsAnew() public {
        listMany(20);
        engine.refresh(BTC, 10);
        oracle.set(BTC, 61_125e18, NOW + 1);
        assertTrue(engine.refresh(BTC, 10));
        oracle.set(BTC, 61_125e18, NOW + 2);
        engine.refresh(BTC, 10);
        oracle.set(BTC, 61_125e18 * 101_876 / 100_000, NOW + 3);
        assertFalse(engine.refresh(BTC, 10));
        (Epoch memory draft,) = engine.draftOf(address(this), BTC);
        assertEq(draft.time, NOW + 3);
    }

    function test_ADraftThatIsTooOldBeginsAnew() public {
        listMany(20);
        engine.refresh(BTC, 10);
        vm.warp(NOW + 1 hours + 1);
        oracle.set(BTC, 60_000e18, NOW + 1 hours);
        assertFalse(engine.refresh(BTC, 10));
        (Epoch memory draft,) = engine.draftOf(address(this), BTC);
        assertEq(draft.time, NOW + 1 hours);
    }

    function test_RevertWhen_ThereIsNothingToRefreshWith() public {
        vm.expectRevert(abi.encodeWithSelector(MarginSettings.Margin_NoParameters.selector, 0));
        engine.refresh("SOL", 1);
        oracle.set(BTC, 0, NOW);
        vm.expectRevert(
            abi.encodeWithSelector(IRiskArrays.RiskArrays_PriceOutOfRange.selector, BTC, 0, type(uint112).max)
        );
        engine.refresh(BTC, 1);
        oracle.set(BTC, 2 ** 112, NOW);
        vm.expectRevert(
            abi.encodeWithSelector(IRiskArrays.RiskArrays_PriceOutOfRange.selector, BTC, 2 ** 112, type(uint112).max)
        );
        engine.refresh(BTC, 1);
        oracle.set(BTC, 60_000e18, NOW - 1 hours - 1);
        vm.expectRevert(abi.encodeWithSelector(IRiskArrays.RiskArrays_PriceTooOld.selector, BTC, 3601, 3600));
        engine.refresh(BTC, 1);
    }

    /// @dev No surface, a model that reverts, burns gas, bombs or babbles: the others have arrays; it has none, then the one of before.
    function test_OneOptionWithoutAnArrayStopsNoOther() public {
        uint32 good = list(BTC, WEEK, 60_000, false);
        uint40 odd = uint40(NOW + 14 days);
        uint32 bad = list(BTC, odd, 60_000, true);
        vm.expectEmit(address(engine));
        emit IRiskArrays.ArrayMissing(bad, false, IRiskArrays.RiskArrays_NoSurface.selector);
        engine.refresh(BTC, 9);
        assertEq(keccak256(entryOf(BTC, 2)), keccak256(new bytes(RiskEntry.SIZE)));
        assertEq(entryOf(BTC, 1), _fresh(good, 60_000e18, NOW));
        for (uint256 kind; kind < 4; ++kind) {
            surfaces.set(BTC, odd, new HostileModel(kind), 1e18, 1e18, "");
            oracle.set(BTC, 60_000e18, NOW + 1 + 2 * kind);
            engine.refresh(BTC, 9);
            assertEq(keccak256(entryOf(BTC, 2)), keccak256(new bytes(RiskEntry.SIZE)));
            assertEq(entryOf(BTC, 1), _fresh(good, 60_000e18, NOW + 1 + 2 * kind));
        }
        slice(BTC, odd, 0.5e18);
        oracle.set(BTC, 60_000e18, NOW + 20);
        engine.refresh(BTC, 9);
        bytes memory last = entryOf(BTC, 2);
        assertEq(last, _fresh(bad, 60_000e18, NOW + 20));

        surfaces.set(BTC, odd, new HostileModel(0), 1e18, 1e18, "");
        oracle.set(BTC, 60_000e18, NOW + 30);
        vm.expectEmit(address(engine));
        emit IRiskArrays.ArrayMissing(bad, true, 0);
        engine.refresh(BTC, 9);
        bytes memory carried = entryOf(BTC, 2);
        assertEq(uint8(carried[13]), RiskEntry.PUT | RiskEntry.CARRIED);
        carried[13] = bytes1(uint8(RiskEntry.PUT));
        assertEq(carried, last);
    }

    /// @dev What is carried over is in the unit of the new price, and near what pricing says: a put a percent further in the money.
    function test_ACarriedEntryMovesWithThePrice() public {
        list(BTC, MONTH, 60_000, true);
        engine.refresh(BTC, 9);
        surfaces.set(BTC, MONTH, new HostileModel(1), 1e18, 1e18, "");
        oracle.set(BTC, 59_400e18, NOW + 1);
        engine.refresh(BTC, 9);
        bytes memory carried = entryOf(BTC, 1);
        slice(BTC, MONTH, 0.5e18);
        bytes memory fresh = _fresh(registry.numbersOf(BTC)[1], 59_400e18, NOW + 1);
        assertApproxEqAbs(_mark(carried), _mark(fresh), 20_000);
        for (uint256 s; s < 32; ++s) {
            assertApproxEqAbs(_entry(carried, s), _entry(fresh, s), s < 24 && s % 8 != 7 || s > 29 ? 400_000 : 10_000_000);
        }
    }

    /// @dev An epoch says at which scan range its entries stand, those too that were taken over from one that had another: what lies
    /// beyond the old points is taken straight on.
    function test_ACarriedEntryStandsAtTheScanRangeOfItsEpoch() public {
        list(BTC, MONTH, 30_000, false);
        engine.refresh(BTC, 9);
        surfaces.set(BTC, MONTH, new HostileModel(1), 1e18, 1e18, "");
        oracle.set(BTC, 60_600e18, NOW + 1);
        for (uint256 i; i < 2; ++i) {
            uint32 scanRange = i == 0 ? 0.25e9 : 0.1e9;
            engine.setUnderlyingParameters(BTC, DefaultMargin.parameters(scanRange), DefaultMargin.limits());
            oracle.set(BTC, 60_600e18, NOW + 1 + i);
            engine.refresh(BTC, 9);
            bytes memory carried = entryOf(BTC, 1);
            assertEq(uint8(carried[13]), RiskEntry.CARRIED);
            slice(BTC, MONTH, 0.5e18);
            bytes memory fresh = engine.entryOf(registry.instrumentOf(registry.numbersOf(BTC)[1]), 1, 60_600e18, NOW + 1 + i, scanRange);
            surfaces.set(BTC, MONTH, new HostileModel(1), 1e18, 1e18, "");
            for (uint256 s; s < 32; ++s) {
                assertApproxEqAbs(_entry(carried, s), _entry(fresh, s), s < 24 && s % 8 != 7 || s > 29 ? 1_000_000 : 10_000_000);
            }
        }
    }

    /// @dev An entry that does not fit: this call gains more than 2.147 spots in the tail of +200 %.
    function test_AnOptionWhoseEntryDoesNotFitHasNone() public {
        surfaces.set(BTC, WEEK, black76, 1.2e18, 0.999e18, abi.encode(0.5e18));
        list(BTC, WEEK, 1_000, false);
        list(BTC, MONTH, 60_000, false);
        engine.refresh(BTC, 9);
        assertEq(_mark(entryOf(BTC, 1)), 0);
        assertGt(_mark(entryOf(BTC, 2)), 0);
    }

    function test_RevertWhen_GasIsTooLittleToTell() public {
        listMany(1);
        vm.expectPartialRevert(IRiskArrays.RiskArrays_TooLittleGas.selector);
        engine.refresh{gas: 1_000_000}(BTC, 1);
    }

    /// @dev Expired: its payoff, without a surface; with a settlement price it leaves.
    function test_ExpiredOptionsStayUntilTheirPriceIsFixed() public {
        list(BTC, WEEK, 59_000, false);
        list(BTC, MONTH, 59_000, false);
        vm.warp(WEEK + 60);
        surfaces.set(BTC, WEEK, IPricingModel(address(0)), 0, 0, "");
        oracle.set(BTC, 60_000e18, WEEK + 60);
        engine.refresh(BTC, 9);
        assertEq(_mark(entryOf(BTC, 1)), uint256(1_000) * 1e9 / 60_000);
        assertEq(_entry(entryOf(BTC, 1), 4), 0.05e9);
        assertEq(_entry(entryOf(BTC, 1), 12), 0.05e9);
        expiryPrices.set(BTC, WEEK, 60_000e18);
        oracle.set(BTC, 60_000e18, WEEK + 61);
        engine.refresh(BTC, 9);
        assertEq(_mark(entryOf(BTC, 1)), 0);
        assertGt(_mark(entryOf(BTC, 2)), 0);
    }

    /// @dev Options that come while a draft is under way are not in it; a place that is taken again has another generation.
    function test_ADraftKnowsWhatItBeganWith() public {
        listMany(12);
        engine.refresh(BTC, 6);
        uint32 first = registry.numbersOf(BTC)[1];
        registry.replace(InstrumentIdLib.option(BTC, MONTH, 61_000e8, false), first);
        list(BTC, MONTH, 62_000, false);
        engine.refresh(BTC, 6);
        (Epoch memory e,) = engine.epochOf(BTC);
        assertEq(e.places, 12);
        assertEq(_generation(entryOf(BTC, 1)), 0);
        oracle.set(BTC, 60_000e18, NOW + 1);
        refreshAll(BTC, 13);
        (e,) = engine.epochOf(BTC);
        assertEq(e.places, 13);
        assertEq(_generation(entryOf(BTC, 1)), 1);
        _checkEntries(e);
    }

    /// @dev Alice has computed place 5; then another option takes it, and Bob's epoch has that one. Hers is of a newer price and would drop it, though
    /// it is held since: she begins anew.
    function test_ADraftThatARegistrationAndAnEpochOvertookBeginsAnew() public {
        listMany(12);
        vm.prank(bob);
        engine.refresh(BTC, 3);
        oracle.set(BTC, 60_000e18, NOW + 1);
        vm.prank(alice);
        engine.refresh(BTC, 6);
        registry.replace(InstrumentIdLib.option(BTC, MONTH, 61_000e8, false), registry.numbersOf(BTC)[5]);
        for (uint256 i; i < 3; ++i) {
            vm.prank(bob);
            engine.refresh(BTC, 3);
        }
        (Epoch memory e,) = engine.epochOf(BTC);
        assertEq(e.time, NOW);
        assertEq(_generation(entryOf(BTC, 5)), 1);
        vm.prank(alice);
        assertFalse(engine.refresh(BTC, 6), "begun anew");
        vm.prank(alice);
        assertTrue(engine.refresh(BTC, 6));
        (e,) = engine.epochOf(BTC);
        assertEq(e.time, NOW + 1);
        assertEq(_generation(entryOf(BTC, 5)), 1, "not lost");
        _checkEntries(e);
    }

    /// @dev Two callers in any order, prices that come and go: what is live is complete, newer than before, and right.
    function testFuzz_WhatIsLiveIsWhole(uint256 seed) public {
        listMany(7);
        uint256 liveTime;
        for (uint256 i; i < 24; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            if (seed % 3 == 0) {
                vm.warp(block.timestamp + seed % 1500);
                oracle.set(BTC, 55_000e18 + (seed >> 16) % 10_000e18, block.timestamp);
            }
            vm.prank(seed >> 8 & 1 == 0 ? alice : bob);
            try engine.refresh(BTC, (seed >> 32) % 8) returns (bool isLive) {
                (Epoch memory e,) = engine.epochOf(BTC);
                if (!isLive) {
                    assertEq(e.time, liveTime);
                    continue;
                }
                assertGt(e.time, liveTime);
                liveTime = e.time;
                (uint256 price,) = oracle.latest(BTC);
                assertLe(price > e.priceWad ? price - e.priceWad : e.priceWad - price, uint256(e.priceWad) * 1_875 / 100_000);
                _checkEntries(e);
            } catch (bytes memory reason) {
                assertEq(bytes4(reason), IRiskArrays.RiskArrays_NotNewer.selector);
            }
        }
    }

    function _checkEntries(Epoch memory e) private view {
        uint32[] memory numbers = registry.numbersOf(BTC);
        for (uint256 place = 1; place <= e.places; ++place) {
            assertEq(entryOf(BTC, place), _fresh(numbers[place], e.priceWad, e.time));
        }
    }

    function _fresh(uint32 number, uint256 priceWad, uint256 time) private view returns (bytes memory) {
        return engine.entryOf(registry.instrumentOf(number), number % 2 ** 14, priceWad, time, 0.15e9);
    }

    function _mark(bytes memory entry) private pure returns (uint256) {
        return uint48(bytes6(entry));
    }

    function _generation(bytes memory entry) private pure returns (uint256) {
        return uint256(uint8(entry[11])) << 8 | uint8(entry[12]);
    }

    function _entry(bytes memory entry, uint256 s) private pure returns (int256) {
        uint32 word;
        for (uint256 i; i < 4; ++i) {
            word = word << 8 | uint8(entry[16 + 4 * s + i]);
        }
        return int32(word);
    }
}
