// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {console} from "forge-std/Test.sol";
import {Exposure} from "../../../contracts/interfaces/IMarginEngine.sol";
import {UnderlyingLimits, UnderlyingParameters} from "../../../contracts/risk/MarginParameters.sol";
import {DefaultMargin} from "../support/DefaultMargin.sol";
import {EngineTestBase} from "./EngineTestBase.sol";

/// @notice What a margin check takes of the engine, everything cold: call, calldata and its encoding, prices, parameters, arrays. The hub's
/// reading of positions comes on top. The limits are what it took plus a few percent, well within what the whole check may take.
/// `-vv` prints it.
contract ScenarioMarginEngineGasTest is EngineTestBase {
    uint256 private constant OPTIONS = 160;

    function setUp() public override {
        super.setUp();
        for (uint256 i; i < OPTIONS; ++i) {
            uint40 expiry = uint40(NOW + (1 + i % 8) * 7 days);
            slice(BTC, expiry, 0.5e18);
            list(BTC, expiry, 40_000 + 250 * i, i % 3 == 0);
        }
        UnderlyingParameters memory p = DefaultMargin.parameters(0.15e9);
        (p.openInterestFrom, p.openInterestTo) = (1_000_000, 4_000_000);
        UnderlyingLimits memory limits = DefaultMargin.limits();
        limits.rampPerDay = 1000e9;
        engine.setUnderlyingParameters(BTC, p, limits);
        engine.updateOpenInterest(BTC);
        refreshAll(BTC, 80);
        vm.warp(NOW + 60);
        // Everything charged: the price moved since the epoch, and is uncertain; open interest is a third of the way between its caps.
        oracle.set(BTC, 60_300e18, NOW + 30);
        oracle.setConfidence(BTC, 60e18);
        engine.updateOpenInterest(BTC);
    }

    /// @dev As the hub that the registry knows.
    function openInterestOf(bytes16) external pure returns (uint256) {
        return 33e8;
    }

    function test_Gas1Option() public view {
        _options(1, 88_000);
    }

    function test_Gas8Options() public view {
        _options(8, 99_000);
    }

    function test_Gas16Options() public view {
        _options(16, 121_000);
    }

    function test_Gas32Options() public view {
        _options(32, 152_000);
    }

    function test_Gas64Options() public view {
        _options(64, 214_000);
    }

    function test_Gas128Options() public view {
        _options(128, 340_000);
    }

    function test_GasOfAPerpetual() public view {
        Exposure[] memory held = new Exposure[](1);
        held[0] = Exposure(registry.numbersOf(BTC)[0], 1e8, -50_000e6, 0, 0);
        _measure(held, "perpetual", 45_000);
    }

    function test_GasOfTwoPerpetuals() public view {
        Exposure[] memory held = new Exposure[](2);
        held[0] = Exposure(registry.numbersOf(BTC)[0], 1e8, -50_000e6, 0, 0);
        held[1] = Exposure(registry.numbersOf(ETH)[0], -10e8, 30_000e6, 1e8, 0);
        _measure(held, "perpetuals", 86_000);
    }

    /// @dev What an option costs in a full chunk, and a whole chunk in one block.
    function test_GasOfAFullChunk() public {
        listMany(170 - OPTIONS);
        oracle.set(BTC, 60_000e18, NOW + 60);
        uint256 gas = gasleft();
        engine.refresh(BTC, 170);
        gas -= gasleft();
        console.log("refresh of 170", gas, gas / 170);
        assertLe(gas / 170, 245_000);
    }

    /// @dev Up to 64 grouped by expiry; 128 in the order of their places, where each is of another expiry than the one before, over both
    /// chunks.
    function _options(uint256 count, uint256 most) private view {
        uint32[] memory numbers = registry.numbersOf(BTC);
        Exposure[] memory held = new Exposure[](count);
        for (uint256 i; i < count; ++i) {
            uint256 place = count > 80 ? 1 + i : 1 + 8 * (i % 16) + i / 16;
            held[i] = Exposure(numbers[place], int88(int256(1e8 + i * 1e6)) * (i % 3 == 0 ? -1 : int88(1)), 1e6, uint96(i), 0);
        }
        _measure(held, "options", most);
    }

    function _measure(Exposure[] memory held, string memory what, uint256 most) private view {
        uint256 gas = gasleft();
        engine.assess(held, 300);
        gas -= gasleft();
        console.log(what, held.length, gas);
        assertLe(gas, most);
    }
}
