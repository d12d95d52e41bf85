// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {Exposure} from "../../../contracts/interfaces/IMarginEngine.sol";
import {ScanMarginEngine} from "../../../contracts/risk/ScanMarginEngine.sol";
import {InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {VectorFile} from "../codec/VectorFile.sol";
import {DeployParts} from "../support/Deploy.sol";

/// @notice The margin engine requires of each portfolio, to the bit, what `clearing/margin/scanMargin.ts` does.
contract MarginVectorsTest is VectorFile {
    struct UnderlyingCase {
        string symbol;
        uint128 scanWad;
        uint128 venueWad;
    }

    struct PortfolioCase {
        string[] underlying;
        int256[] base;
        uint256[] longs;
        uint256[] shorts;
        uint256[] markWad;
        uint256 initialWad;
        uint256 maintenanceWad;
    }

    ScanMarginEngine private engine;

    function setUp() public {
        load("margin.json");
        engine = new ScanMarginEngine(address(DeployParts.manager(address(this))));
        UnderlyingCase[] memory underlyings = abi.decode(
            cases(".underlyings", "Case(string symbol,uint128 scanWad,uint128 venueWad)"), (UnderlyingCase[])
        );
        for (uint256 i; i < underlyings.length; ++i) {
            UnderlyingCase memory u = underlyings[i];
            engine.setParameters(bytes16(bytes(u.symbol)), u.scanWad, u.venueWad);
        }
    }

    /// @dev Risk model, section 10: +10 BTC on one chain, −8 on another, at 60,000.
    function test_CLR20_GoldenRow() public view {
        PortfolioCase memory golden = _portfolios()[0];
        assertEq(golden.initialWad, 20_400e18);
        assertEq(golden.maintenanceWad, 16_320e18);
        _check(golden);
    }

    function test_CLR20_EveryPortfolio() public view {
        PortfolioCase[] memory all = _portfolios();
        assertGt(all.length, 500);
        for (uint256 i; i < all.length; ++i) {
            _check(all[i]);
        }
    }

    function _check(PortfolioCase memory c) private view {
        Exposure[] memory exposures = new Exposure[](c.base.length);
        for (uint256 i; i < exposures.length; ++i) {
            exposures[i] = Exposure({
                instrument: InstrumentIdLib.perpetual(bytes16(bytes(c.underlying[i]))),
                base: c.base[i],
                longs: c.longs[i],
                shorts: c.shorts[i],
                markWad: c.markWad[i]
            });
        }
        (uint256 initialWad, uint256 maintenanceWad) = engine.requirement(exposures);
        assertEq(initialWad, c.initialWad);
        assertEq(maintenanceWad, c.maintenanceWad);
    }

    function _portfolios() private view returns (PortfolioCase[] memory) {
        return abi.decode(
            cases(
                ".portfolios",
                "Case(string[] underlying,int256[] base,uint256[] longs,uint256[] shorts,uint256[] markWad,uint256 initialWad,uint256 maintenanceWad)"
            ),
            (PortfolioCase[])
        );
    }
}
