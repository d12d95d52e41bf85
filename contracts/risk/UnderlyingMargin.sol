// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {UnderlyingParameters} from "./MarginParameters.sol";
import {OpenInterestRamp} from "./OpenInterestRamp.sol";
import {RiskBook} from "./RiskBook.sol";
import {Scenarios} from "./Scenarios.sol";

/// @notice What the market of an underlying says.
/// @param priceWad spot, dollars per unit, 1e18, not zero
/// @param confidenceWad half-width of the oracle's confidence interval, dollars, 1e18
/// @param ageSeconds age of the price
/// @param rampPpm share of what is missing to the whole notional that the ramp of open interest charges, `OpenInterestRamp.shareOf`
struct UnderlyingMarket {
    uint128 priceWad;
    uint128 confidenceWad;
    uint40 ageSeconds;
    uint24 rampPpm;
}

/// @notice What an account holds on one underlying, and what values it.
/// @param move of the price since the epoch of the options' arrays, `EpochMove.relative`; 0 if they are of this price
/// @param gained by the options through that move, 1e-17 of the epoch's price: set by `UnderlyingMargin.requirement`
struct UnderlyingHoldings {
    RiskBook.Book book;
    UnderlyingParameters parameters;
    UnderlyingMarket market;
    int256 move;
    int256 gained;
}

/// @notice Every component of the requirement of one underlying, dollars, 1e18, each rounded up once; `concentration` is a factor, 1e18.
/// @param scan the larger of the worst weighted loss and of `basis`
/// @param ramp what open interest between its caps adds
/// @param initialFloor below the floors' sums no credit across underlyings brings the requirement
/// @param worstScenario the first that has the worst weighted loss
struct UnderlyingRequirement {
    uint256 scan;
    uint256 basis;
    uint256 optionMinimumInitial;
    uint256 optionMinimumMaintenance;
    uint256 perpMinimumInitial;
    uint256 perpMinimumMaintenance;
    uint256 venue;
    uint256 concentration;
    uint256 ramp;
    uint256 oracle;
    uint256 initial;
    uint256 maintenance;
    uint256 initialFloor;
    uint256 maintenanceFloor;
    uint256 worstScenario;
}

/// @notice Worst losses of one underlying.
/// @param weighted 1e-26 of the spot; `scenario` has it
/// @param grid worst on the 21 of spot × volatility, 1e-17 of the spot; `gridScenario` has it
struct WorstLoss {
    uint256 weighted;
    uint256 scenario;
    uint256 grid;
    uint256 gridScenario;
}

/// @title Requirement of one underlying (risk model, section 4)
/// @dev Mirrored by `clearing/margin/underlyingRequirement.ts` (CLR-20); `docs/margin.md` has every formula with its rounding. Where a
/// product may exceed 256 bits `Math.mulDiv` takes 512, so that nothing that the types hold overflows. The rest is unchecked: bases add up to 2^94 at
/// the most (`RiskBook.totals`), a price is below 2^128, so the largest amount of dollars (scan / price scan range) is below 2^230.
library UnderlyingMargin {
    uint256 private constant WAD = 1e18;
    uint256 private constant PPB = 1e9;
    /// @dev base 1e-8 · entry or rate 1e-9 is 1e-17 of the spot.
    uint256 private constant PER_SPOT = 1e17;
    uint256 private constant PER_BASE = 1e8;
    uint256 private constant YEAR = 31_536_000;
    uint256 private constant DAY = 86_400;
    /// @dev (2 · 4 − 1)²: from so many times the depth on, the largest cap there may be is reached.
    uint256 private constant FAR_BEYOND_DEPTH = 49;

    error Margin_NoPrice();
    error Margin_UnknownUnderlying();

    /// @notice Requirement of what is held, and by scenario of the grid (21 of the first 24 places) what it loses, exact but for what
    /// `EpochMove` does to options.
    /// @param h parameters within the bounds of `MarginParameters.check`
    /// @param maintenanceRatio maintenance as a share of initial, 1e-9
    /// @param time now, unix seconds
    /// @return r the components
    /// @return loss by scenario, not weighted, 1e-17 of the spot, the rounding of entries charged
    /// @return worst the worst of them, weighted and on the grid
    function requirement(UnderlyingHoldings memory h, uint256 maintenanceRatio, uint256 time)
        internal
        pure
        returns (UnderlyingRequirement memory r, int256[32] memory loss, WorstLoss memory worst)
    {
        unchecked {
            UnderlyingParameters memory p = h.parameters;
            if (p.scanRange == 0) revert Margin_UnknownUnderlying();
            uint256 price = h.market.priceWad;
            if (price == 0) revert Margin_NoPrice();

            RiskBook.Book memory book = h.book;
            RiskBook.Totals memory t = RiskBook.totals(book, p.scanRange / 3, p.basisFlat, p.basisPerYear, time);
            (loss, h.gained) = RiskBook.losses(book, t, p.scanRange, h.move);
            worst = book.first == 0 && !book.closing.any
                ? _worstOfPerpetual(book.perpetual, p.scanRange)
                : worstLoss(loss, p.scanRange);
            r.worstScenario = worst.scenario;
            r.basis = up(t.basisLoss * 9, price, 10 * YEAR * PPB * PER_SPOT);
            r.scan = Math.max(up(worst.weighted, price, PER_SPOT * PPB), r.basis);
            if (t.naked != 0) {
                r.optionMinimumInitial = up(t.naked * p.optionMinimumInitial, price, PER_SPOT);
                r.optionMinimumMaintenance = up(t.naked * p.optionMinimumMaintenance, price, PER_SPOT);
            }
            if (t.perpetual != 0) {
                r.perpMinimumInitial = up(t.perpetual * p.perpMinimumInitial, price, PER_SPOT);
                r.perpMinimumMaintenance = up(t.perpetual * p.perpMinimumMaintenance, price, PER_SPOT);
            }
            if (book.offset != 0) r.venue = up(book.offset * p.venueRate, price, PER_SPOT);
            r.oracle = _oracle(t.gross, p, h.market);

            uint256 notional = Math.max(
                up(_delta(book, loss), price, 2 * (p.scanRange / 3) * PER_BASE), up(r.scan, PPB, p.scanRange)
            );
            r.concentration = concentration(notional, p);
            _combine(r, notional, h.market.rampPpm, maintenanceRatio);
        }
    }

    /// @notice The worst losses; of equal ones the first, where tails come last. Unmoved loses the rounding, so never less than nothing.
    function worstLoss(int256[32] memory loss, uint256 scanRange) internal pure returns (WorstLoss memory worst) {
        unchecked {
            (int256 most, uint256 scenario) = worstOnGrid(loss);
            (worst.grid, worst.gridScenario) = (uint256(most), scenario);
            for (uint256 s = 26; s < Scenarios.COUNT; ++s) {
                if (loss[s] > most) (most, scenario) = (loss[s], s);
            }
            most *= int256(PPB);
            for (uint256 i; i < Scenarios.TAILS; ++i) {
                (uint256 s, int256 move) = Scenarios.tail(i);
                if (loss[s] <= 0) continue;
                int256 weighted = loss[s] * int256(Scenarios.weight(move, scanRange));
                if (weighted > most) (most, scenario) = (weighted, s);
            }
            (worst.weighted, worst.scenario) = (uint256(most), scenario);
        }
    }

    /// @notice The worst of the 21 places of the grid, and the first that has it; unmoved before all others.
    function worstOnGrid(int256[32] memory loss) internal pure returns (int256 most, uint256 scenario) {
        scenario = Scenarios.UNMOVED;
        most = loss[Scenarios.UNMOVED];
        // In assembly since Solidity would check each place that is read.
        assembly ("memory-safe") {
            for { let s := 0 } lt(s, 23) { s := add(s, 1) } {
                let lost := mload(add(loss, shl(5, s)))
                if sgt(lost, most) {
                    if iszero(eq(and(s, 7), 7)) {
                        most := lost
                        scenario := s
                    }
                }
            }
        }
    }

    /// @dev Without options the worst is the whole scan range: a tail weighs at most three quarters of it, and what its weight is rounded up
    /// by is less than the rest, since a scan range is at least a thousandth.
    function _worstOfPerpetual(int256 base, uint256 scanRange) private pure returns (WorstLoss memory) {
        uint256 lost = SignedMath.abs(base) * scanRange;
        uint256 scenario = base > 0 ? 2 : base < 0 ? 6 : Scenarios.UNMOVED;
        return WorstLoss({weighted: lost * PPB, scenario: scenario, grid: lost, gridScenario: scenario});
    }

    /// @notice β = 3 · confidence / price + daily volatility · √(age in days), 1e18, each term rounded up.
    function oracleUncertainty(uint256 priceWad, uint256 confidenceWad, uint256 ageSeconds, uint256 dailyVolatility)
        internal
        pure
        returns (uint256)
    {
        unchecked {
            uint256 rootDays = ageSeconds == 0 ? 0 : Math.sqrt(Math.ceilDiv(ageSeconds * WAD * WAD, DAY), Math.Rounding.Ceil);
            return Math.ceilDiv(3 * confidenceWad * WAD, priceWad) + Math.ceilDiv(dailyVolatility * rootDays, PPB);
        }
    }

    function _combine(
        UnderlyingRequirement memory r,
        uint256 notional,
        uint256 rampPpm,
        uint256 maintenanceRatio
    ) private pure {
        unchecked {
            uint256 factor = r.concentration;
            uint256 minimum = Math.max(r.optionMinimumInitial, r.perpMinimumInitial);
            uint256 base = up(Math.max(r.scan, minimum), factor, WAD);
            if (rampPpm != 0 && notional > base) r.ramp = up(notional - base, rampPpm, OpenInterestRamp.FULL_PPM);
            r.initialFloor = minimum + r.venue + r.oracle;
            r.initial = base + r.ramp + r.venue + r.oracle;

            minimum = Math.max(r.optionMinimumMaintenance, r.perpMinimumMaintenance);
            uint256 venue = up(r.venue, maintenanceRatio, PPB);
            r.maintenanceFloor = minimum + venue;
            r.maintenance = up(Math.max(up(r.scan, maintenanceRatio, PPB), minimum), factor, WAD) + venue;
        }
    }

    /// @dev |loss(+1/3) − loss(−1/3)|, whatever part of the closing allowances is used.
    function _delta(RiskBook.Book memory book, int256[32] memory loss) private pure returns (uint256) {
        unchecked {
            int256 delta = loss[4] - loss[0];
            RiskBook.Closing memory c = book.closing;
            if (!c.any) return SignedMath.abs(delta);
            delta -= int256(c.lost[4] - c.lost[0]);
            return Math.max(SignedMath.abs(delta + int256(c.rise)), SignedMath.abs(delta - int256(c.fall)));
        }
    }

    /// @notice min(cap, max(1, 1 + (√(notional / depth) − 1) / 2)), 1e18.
    function concentration(uint256 notional, UnderlyingParameters memory p) internal pure returns (uint256) {
        unchecked {
            uint256 depthWad = p.depth * WAD;
            if (notional <= depthWad) return WAD;
            uint256 cap = p.concentrationCap * PPB;
            if (notional >= FAR_BEYOND_DEPTH * depthWad) return cap;
            uint256 root = Math.sqrt(Math.ceilDiv(notional * WAD * WAD, depthWad), Math.Rounding.Ceil);
            return Math.min(cap, Math.ceilDiv(WAD + root, 2));
        }
    }

    /// @dev Gross notional times what the price's uncertainty exceeds the allowance by, the whole notional at the most.
    function _oracle(uint256 gross, UnderlyingParameters memory p, UnderlyingMarket memory market) private pure returns (uint256) {
        unchecked {
            uint256 uncertainty =
                oracleUncertainty(market.priceWad, market.confidenceWad, market.ageSeconds, p.dailyVolatility);
            uint256 allowance = p.oracleAllowance * PPB;
            if (uncertainty <= allowance) return 0;
            return up(up(gross, market.priceWad, PER_BASE), Math.min(WAD, uncertainty - allowance), WAD);
        }
    }

    /// @notice ceil(a · b / d).
    function up(uint256 a, uint256 b, uint256 d) internal pure returns (uint256) {
        unchecked {
            // 512 bits only where 256 may not do: the shorter way costs a quarter, and is taken twelve times for each underlying.
            if ((a | b) >> 128 != 0) return Math.mulDiv(a, b, d, Math.Rounding.Ceil);
            uint256 product = a * b;
            return product / d + (product % d == 0 ? 0 : 1);
        }
    }
}
