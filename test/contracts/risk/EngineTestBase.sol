// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {Exposure} from "../../../contracts/interfaces/IMarginEngine.sol";
import {IPricingModel} from "../../../contracts/interfaces/IPricingModel.sol";
import {Epoch} from "../../../contracts/interfaces/IRiskArrays.sol";
import {Black76Model} from "../../../contracts/pricing/models/Black76Model.sol";
import {RiskEntry} from "../../../contracts/risk/RiskEntry.sol";
import {ScenarioMarginEngine} from "../../../contracts/risk/ScenarioMarginEngine.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {DefaultMargin} from "../support/DefaultMargin.sol";
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
            address(DeployParts.manager(address(this))), oracle, registry, expiryPrices, surfaces, DefaultMargin.account()
        );
        oracle.set(BTC, 60_000e18, NOW);
        oracle.set(ETH, 3_000e18, NOW);
        registry.register(InstrumentIdLib.perpetual(BTC));
        registry.register(InstrumentIdLib.perpetual(ETH));
        engine.setUnderlyingParameters(BTC, DefaultMargin.parameters(0.15e9), DefaultMargin.limits());
        engine.setUnderlyingParameters(ETH, DefaultMargin.parameters(0.18e9), DefaultMargin.limits());
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

    /// @dev Both refreshed at NOW, then prices up to 1.8 % away, 60 seconds on.
    function refresh(uint256 seed) internal {
        refreshBoth();
        vm.warp(NOW + 60);
        oracle.set(BTC, 60_000e18 * (982 + seed % 37) / 1000, NOW + 60 - seed % 50);
        oracle.set(ETH, 3_000e18 * (982 + (seed >> 8) % 37) / 1000, NOW + 60);
        oracle.setConfidence(BTC, (seed >> 16) % 100e18);
    }

    function refreshBoth() internal {
        refreshAll(BTC, 20);
        refreshAll(ETH, 20);
    }

    /// @dev Some of what is listed, once each.
    function draw(uint256 seed, bool closes) internal view returns (Exposure[] memory held) {
        uint32[] memory btc = registry.numbersOf(BTC);
        uint32[] memory eth = registry.numbersOf(ETH);
        held = new Exposure[](btc.length + eth.length);
        for (uint256 i; i < held.length; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 at = i % 2 == 0 && i / 2 < eth.length ? btc.length + i / 2 : i - (i / 2 < eth.length ? i / 2 + 1 : eth.length);
            held[i].number = at < btc.length ? btc[at] : eth[at - btc.length];
            if (seed % 4 == 0) continue;
            held[i].base = int88(int64(uint64(seed >> 8)) >> (seed % 40));
            held[i].quote = int88(int48(uint48(seed >> 72)));
            held[i].offset = uint96(uint48(seed >> 120) >> (seed % 30));
            if (closes && seed % 16 == 1) held[i].closing = uint88(uint40(seed >> 168));
        }
    }

    function one(uint32 number, int88 base, int88 quote, uint96 offset, uint88 closing)
        internal
        pure
        returns (Exposure[] memory held)
    {
        held = new Exposure[](1);
        held[0] = Exposure(number, base, quote, offset, closing);
    }
}
