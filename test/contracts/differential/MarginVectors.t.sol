// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IInstrumentRegistry} from "../../../contracts/interfaces/IInstrumentRegistry.sol";
import {Assessment, Exposure} from "../../../contracts/interfaces/IMarginEngine.sol";
import {ScanMarginEngine} from "../../../contracts/risk/ScanMarginEngine.sol";
import {InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {VectorFile} from "../codec/VectorFile.sol";
import {DeployParts, DeployRisk} from "../support/Deploy.sol";
import {StubOracle} from "../support/StubOracle.sol";
import {StubRegistry} from "../support/StubRegistry.sol";

/// @notice The margin engine requires of each portfolio, to the bit, what `clearing/margin/scanMargin.ts` does.
contract MarginVectorsTest is VectorFile {
    struct UnderlyingCase {
        string symbol;
        uint128 scanWad;
        uint128 venueWad;
    }

    struct PortfolioCase {
        string[] underlying;
        int88[] base;
        uint256[] longs;
        uint256[] shorts;
        uint88[] closing;
        uint256[] markWad;
        uint256 initialWad;
        uint256 maintenanceWad;
    }

    StubOracle private oracle;
    StubRegistry private registry;
    ScanMarginEngine private engine;

    function setUp() public {
        load("margin.json");
        oracle = new StubOracle();
        registry = new StubRegistry();
        engine = DeployRisk.scanMarginEngine(
            address(DeployParts.manager(address(this))), oracle, IInstrumentRegistry(address(registry))
        );
        UnderlyingCase[] memory underlyings = abi.decode(
            cases(".underlyings", "Case(string symbol,uint128 scanWad,uint128 venueWad)"), (UnderlyingCase[])
        );
        for (uint256 i; i < underlyings.length; ++i) {
            UnderlyingCase memory u = underlyings[i];
            engine.setParameters(bytes16(bytes(u.symbol)), u.scanWad, u.venueWad);
            registry.set(_numberOf(u.symbol), InstrumentIdLib.perpetual(bytes16(bytes(u.symbol))));
        }
    }

    /// @dev Risk model, section 10: +10 BTC on one chain, −8 on another, at 60,000.
    function test_CLR20_GoldenRow() public {
        PortfolioCase memory golden = _portfolios()[0];
        assertEq(golden.initialWad, 20_400e18);
        assertEq(golden.maintenanceWad, 16_320e18);
        _check(golden);
    }

    function test_CLR20_EveryPortfolio() public {
        PortfolioCase[] memory all = _portfolios();
        assertGt(all.length, 500);
        for (uint256 i; i < all.length; ++i) {
            _check(all[i]);
        }
    }

    function _numberOf(string memory symbol) private pure returns (uint32) {
        return uint32(bytes4(keccak256(bytes(symbol))));
    }

    function _check(PortfolioCase memory c) private {
        Exposure[] memory exposures = new Exposure[](c.base.length);
        for (uint256 i; i < exposures.length; ++i) {
            oracle.set(bytes16(bytes(c.underlying[i])), c.markWad[i], block.timestamp);
            exposures[i] = Exposure({
                number: _numberOf(c.underlying[i]),
                base: c.base[i],
                quote: 0,
                offset: uint96(Math.min(c.longs[i], c.shorts[i])),
                closing: c.closing[i]
            });
        }
        Assessment memory a = engine.assess(exposures, 0);
        assertEq(a.initialWad, c.initialWad);
        assertEq(a.maintenanceWad, c.maintenanceWad);
    }

    function _portfolios() private view returns (PortfolioCase[] memory) {
        return abi.decode(
            cases(
                ".portfolios",
                "Case(string[] underlying,int88[] base,uint256[] longs,uint256[] shorts,uint88[] closing,uint256[] markWad,uint256 initialWad,uint256 maintenanceWad)"
            ),
            (PortfolioCase[])
        );
    }
}
