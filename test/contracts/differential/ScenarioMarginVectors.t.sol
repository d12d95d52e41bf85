// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {HeldLegs, RiskLeg, RiskLegs} from "../../../contracts/mocks/RiskLegs.sol";
import {CertificateBound} from "../../../contracts/risk/CertificateBound.sol";
import {AccountParameters, MarginParameters, UnderlyingParameters} from "../../../contracts/risk/MarginParameters.sol";
import {OpenInterestRamp} from "../../../contracts/risk/OpenInterestRamp.sol";
import {PortfolioMargin, PortfolioRequirement} from "../../../contracts/risk/PortfolioMargin.sol";
import {RiskArray} from "../../../contracts/risk/RiskArray.sol";
import {UnderlyingHoldings, UnderlyingMarket} from "../../../contracts/risk/UnderlyingMargin.sol";
import {VectorFile} from "../codec/VectorFile.sol";

/// @notice The scenario margin requires of each portfolio, to the bit and in every component, what `clearing/margin/portfolioMargin.ts`
/// does; and a certificate proves what `certificate.ts` says.
contract ScenarioMarginVectorsTest is VectorFile {
    struct PortfolioCase {
        uint256 account;
        uint256[] parameters;
        uint256[] market;
        int256[] moves;
        uint256[] counts;
        int256[] base;
        uint256[] terms;
        uint256 initialWad;
        uint256 maintenanceWad;
        bytes32 components;
        uint256[] certificate;
        uint256 bound;
        uint256 band;
    }

    struct RampCase {
        uint256 base;
        uint256 priceWad;
        uint256 from;
        uint256 to;
        uint256 ppm;
    }

    struct CeilingCase {
        uint256 toldPpm;
        uint256 rampCeiling;
        uint256 rampPerDay;
        uint256 elapsed;
        uint256 moved;
        uint256 sharePpm;
        uint256 chargedPpm;
    }

    uint256 private time;
    AccountParameters[] private accounts;
    UnderlyingParameters[] private parameters;
    bytes private arrays;

    function setUp() public {
        load("scenarioMargin.json");
        time = vm.parseJsonUintArray(json, ".time")[0];
        AccountParameters[] memory a = abi.decode(
            cases(".accounts", "Case(uint32 maintenanceRatio,uint32 crossCredit,uint32 bufferRatio)"), (AccountParameters[])
        );
        for (uint256 i; i < a.length; ++i) {
            MarginParameters.check(a[i]);
            accounts.push(a[i]);
        }
        UnderlyingParameters[] memory p = abi.decode(
            cases(
                ".parameters",
                "Case(uint32 scanRange,uint32 optionMinimumInitial,uint32 optionMinimumMaintenance,uint32 perpMinimumInitial,uint32 perpMinimumMaintenance,uint32 venueRate,uint32 oracleAllowance,uint32 dailyVolatility,uint48 depth,uint48 openInterestFrom,uint48 openInterestTo,uint32 basisFlat,uint32 basisPerYear,uint32 concentrationCap)"
            ),
            (UnderlyingParameters[])
        );
        for (uint256 i; i < p.length; ++i) {
            MarginParameters.check(p[i]);
            parameters.push(p[i]);
        }
        bytes[] memory all = vm.parseJsonBytesArray(json, ".arrays");
        bytes memory joined;
        for (uint256 i; i < all.length; ++i) {
            joined = bytes.concat(joined, all[i]);
        }
        arrays = joined;
    }

    /// @dev Risk model, section 10: +10 BTC on one chain, −8 on another, at 60,000.
    function test_CLR20_GoldenRow() public view {
        PortfolioRequirement memory r = _check(_portfolios()[0], arrays);
        assertEq(r.underlyings[0].scan, 18_000e18);
        assertEq(r.underlyings[0].venue, 2_400e18);
        assertEq(r.underlyings[0].concentration, 1e18);
        assertEq(r.underlyings[0].oracle, 0);
        assertEq(r.initial, 20_400e18);
        assertEq(r.maintenance, 16_320e18);
    }

    function test_CLR20_EveryPortfolio() public view {
        PortfolioCase[] memory all = _portfolios();
        bytes memory held = arrays;
        assertGt(all.length, 500);
        uint256 free;
        assembly ("memory-safe") {
            free := mload(0x40)
        }
        for (uint256 i; i < all.length; ++i) {
            _check(all[i], held);
            // Nothing of it is used any more: all of them together take more memory than a test has.
            assembly ("memory-safe") {
                mstore(0x40, free)
            }
        }
    }

    function test_CLR20_EveryShareOfOpenInterest() public view {
        RampCase[] memory all =
            abi.decode(cases(".ramps", "Case(uint256 base,uint256 price,uint256 from,uint256 to,uint256 ppm)"), (RampCase[]));
        assertEq(all.length, 200);
        for (uint256 i; i < all.length; ++i) {
            RampCase memory c = all[i];
            assertEq(OpenInterestRamp.shareOf(c.base, c.priceWad, c.from, c.to), c.ppm);
        }
    }

    function test_CLR20_EveryCeilingOfTheRamp() public view {
        CeilingCase[] memory all = abi.decode(
            cases(
                ".ceilings",
                "Case(uint256 toldPpm,uint256 rampCeiling,uint256 rampPerDay,uint256 elapsed,uint256 moved,uint256 sharePpm,uint256 chargedPpm)"
            ),
            (CeilingCase[])
        );
        assertEq(all.length, 200);
        for (uint256 i; i < all.length; ++i) {
            CeilingCase memory c = all[i];
            assertEq(OpenInterestRamp.ceilingOf(c.rampCeiling, c.toldPpm, c.rampPerDay * c.elapsed), c.moved);
            assertEq(OpenInterestRamp.chargedOf(c.sharePpm, c.moved), c.chargedPpm);
        }
    }

    function _check(PortfolioCase memory c, bytes memory held) private view returns (PortfolioRequirement memory r) {
        HeldLegs[] memory underlyings = new HeldLegs[](c.counts.length);
        uint256 next;
        for (uint256 u; u < underlyings.length; ++u) {
            HeldLegs memory h = underlyings[u];
            h.parameters = parameters[c.parameters[u]];
            h.market = UnderlyingMarket({
                priceWad: uint128(c.market[4 * u]),
                confidenceWad: uint128(c.market[4 * u + 1]),
                ageSeconds: uint40(c.market[4 * u + 2]),
                rampPpm: uint24(c.market[4 * u + 3])
            });
            h.arrays = held;
            h.move = c.moves[u];
            h.legs = new RiskLeg[](c.counts[u]);
            for (uint256 i; i < h.legs.length; ++i) {
                h.legs[i] = _leg(c, next++);
            }
        }
        _checkCertificate(c, underlyings);
        r = PortfolioMargin.requirement(RiskLegs.sum(underlyings), accounts[c.account], time);
        assertEq(r.initial, c.initialWad);
        assertEq(r.maintenance, c.maintenanceWad);
        bytes memory components = abi.encode(r.crossCreditInitial, r.crossCreditMaintenance, r.worstScenario);
        for (uint256 u; u < underlyings.length; ++u) {
            components = bytes.concat(components, abi.encode(r.underlyings[u]));
        }
        assertEq(keccak256(components), c.components);
    }

    /// @dev From the entries that are asked for and no others.
    function _checkCertificate(PortfolioCase memory c, HeldLegs[] memory underlyings) private view {
        UnderlyingHoldings[] memory held = RiskLegs.sum(underlyings);
        AccountParameters memory account = accounts[c.account];
        CertificateBound.Sums memory sums;
        for (uint256 u; u < held.length; ++u) {
            _add(sums, c, held[u], underlyings[u], c.certificate[1 + u], account.maintenanceRatio);
        }
        assertEq(CertificateBound.maintenance(sums, account), c.bound);
        assertEq(sums.band, c.band);
        assertLe(c.bound, c.maintenanceWad);
    }

    function _add(
        CertificateBound.Sums memory sums,
        PortfolioCase memory c,
        UnderlyingHoldings memory h,
        HeldLegs memory legs,
        uint256 scenario,
        uint256 maintenanceRatio
    ) private pure {
        uint256 joint = c.certificate[0];
        bool joins = c.counts.length > 1;
        uint256 places = CertificateBound.placesOf(h.move, h.parameters.scanRange, scenario, joint, joins);
        CertificateBound.add(sums, h, _optionsOf(legs, places), scenario, joint, joins, maintenanceRatio);
    }

    function _optionsOf(HeldLegs memory h, uint256 places) private pure returns (CertificateBound.Options memory options) {
        for (uint256 i; i < h.legs.length; ++i) {
            RiskLeg memory leg = h.legs[i];
            if (leg.expiry == 0) continue;
            options.size += SignedMath.abs(leg.base);
            int256[32] memory entries = RiskArray.unpack(h.arrays, leg.array);
            for (uint256 s; s < 32; ++s) {
                if ((places >> s) & 1 == 1) options.gains[s] += leg.base * entries[s];
            }
        }
    }

    function _leg(PortfolioCase memory c, uint256 i) private pure returns (RiskLeg memory) {
        return RiskLeg({
            base: int88(c.base[i]),
            offset: uint96(c.terms[5 * i]),
            expiry: uint40(c.terms[5 * i + 1]),
            isPut: c.terms[5 * i + 2] == 1,
            array: uint16(c.terms[5 * i + 3]),
            closing: uint88(c.terms[5 * i + 4])
        });
    }

    function _portfolios() private view returns (PortfolioCase[] memory) {
        return abi.decode(
            cases(
                ".portfolios",
                "Case(uint256 account,uint256[] parameters,uint256[] market,int256[] moves,uint256[] counts,int256[] base,uint256[] terms,uint256 initial,uint256 maintenance,bytes32 components,uint256[] certificate,uint256 bound,uint256 band)"
            ),
            (PortfolioCase[])
        );
    }
}
