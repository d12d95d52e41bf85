// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {IPricingModel} from "../../../contracts/interfaces/IPricingModel.sol";
import {Epoch} from "../../../contracts/interfaces/IRiskArrays.sol";
import {Black76Model} from "../../../contracts/pricing/models/Black76Model.sol";
import {AccountParameters, UnderlyingLimits, UnderlyingParameters} from "../../../contracts/risk/MarginParameters.sol";
import {RiskEntry} from "../../../contracts/risk/RiskEntry.sol";
import {ScenarioMarginEngine} from "../../../contracts/risk/ScenarioMarginEngine.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {DeployParts} from "../support/Deploy.sol";
import {DeployEngine} from "../support/DeployEngine.sol";
import {StubExpiryPrices} from "../support/StubExpiryPrices.sol";
import {StubNumbers, StubSurfaces} from "../support/StubOptionMarket.sol";
import {StubOracle} from "../support/StubOracle.sol";

/// @notice The scenario margin engine over BTC at 60,000 and ETH at 3,000, with options as a test lists them.
abstract contract EngineTestBase is Test {
    bytes16 internal constant BTC = "BTC";
    bytes16 internal constant ETH = "ETH";
    uint256 internal constant NOW = 1_900_000_000;
    uint40 internal constant WEEK = uint40(NOW + 7 days);
    uint40 internal constant MONTH = uint40(NOW + 30 days);

    StubOracle internal oracle = new StubOracle();
    StubNumbers internal registry = new StubNumbers();
    StubExpiryPrices internal expiryPrices = new StubExpiryPrices();
    StubSurfaces internal surfaces = new StubSurfaces();
    IPricingModel internal black76 = new Black76Model();
    ScenarioMarginEngine internal engine;

    function setUp() public virtual {
        vm.warp(NOW);
        engine = DeployEngine.engine(
            address(DeployParts.manager(address(this))), oracle, registry, expiryPrices, surfaces, account()
        );
        oracle.set(BTC, 60_000e18, NOW);
        oracle.set(ETH, 3_000e18, NOW);
        registry.register(InstrumentIdLib.perpetual(BTC));
        registry.register(InstrumentIdLib.perpetual(ETH));
        engine.setUnderlyingParameters(BTC, parameters(0.15e9), limits());
        engine.setUnderlyingParameters(ETH, parameters(0.18e9), limits());
        slice(BTC, WEEK, 0.5e18);
        slice(BTC, MONTH, 0.5e18);
        slice(ETH, WEEK, 0.7e18);
    }

    function slice(bytes16 underlying, uint40 expiry, uint256 volWad) internal {
        surfaces.set(underlying, expiry, black76, 1.001e18, 0.999e18, abi.encode(volWad));
    }

    /// @dev An option with a strike in whole dollars.
    function list(bytes16 underlying, uint40 expiry, uint256 strike, bool isPut) internal returns (uint32) {
        return registry.register(InstrumentIdLib.option(underlying, expiry, uint72(strike * 1e8), isPut));
    }

    /// @dev So many calls and puts of a week and a month about 60,000.
    function listMany(uint256 count) internal {
        for (uint256 i; i < count; ++i) {
            list(BTC, i % 2 == 0 ? WEEK : MONTH, 40_000 + i * 40_000 / count, i % 3 == 0);
        }
    }

    /// @dev Until the epoch is live.
    function refreshAll(bytes16 underlying, uint256 perCall) internal {
        while (!engine.refresh(underlying, perCall)) {}
    }

    /// @dev The entry of a number in the live epoch, read as a client does.
    function entryOf(bytes16 underlying, uint256 place) internal view returns (bytes memory entry) {
        (Epoch memory e, address[] memory chunks) = engine.epochOf(underlying);
        bytes memory code = chunks[(place - 1) / e.perChunk].code;
        entry = new bytes(RiskEntry.SIZE);
        for (uint256 i; i < entry.length; ++i) {
            entry[i] = code[1 + (place - 1) % e.perChunk * RiskEntry.SIZE + i];
        }
    }

    function account() internal pure returns (AccountParameters memory) {
        return AccountParameters({maintenanceRatio: 0.8e9, crossCredit: 0.5e9, bufferRatio: 0.15e9});
    }

    function limits() internal pure returns (UnderlyingLimits memory) {
        return UnderlyingLimits({gainsCap: 10_000, maxEpochAge: 1 hours, maxMove: 0.125e9});
    }

    function parameters(uint32 scanRange) internal pure returns (UnderlyingParameters memory) {
        return UnderlyingParameters({
            scanRange: scanRange,
            optionMinimumInitial: 0.01e9,
            optionMinimumMaintenance: 0.005e9,
            perpMinimumInitial: 0.02e9,
            perpMinimumMaintenance: 0.015e9,
            venueRate: 0.005e9,
            oracleAllowance: 0.001e9,
            dailyVolatility: 0.04e9,
            depth: type(uint48).max,
            openInterestFrom: type(uint48).max - 1,
            openInterestTo: type(uint48).max,
            basisFlat: 0.5e9,
            basisPerYear: 2e9,
            concentrationCap: 3e9
        });
    }
}
