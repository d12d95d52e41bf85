// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {FundingLimits} from "./FundingLimits.sol";

/// @notice Yearly interest on what is lent, by the share that is lent: straight up to the kink, steeper beyond. All 1e-9.
/// @param base rate with nothing lent
/// @param toKink what the rate has risen by at the kink; `beyondKink` what it rises by from there until everything is lent
/// @param kink share lent at the kink, above 0 and below 1
/// @param reserve share of the interest that lenders do not get
struct InterestCurve {
    uint32 base;
    uint32 toKink;
    uint32 beyondKink;
    uint32 kink;
    uint32 reserve;
}

/// @title Interest on negative cash
/// @notice Pure; `clearing/funding/utilisationCurve.ts` mirrors it to the bit (CLR-20). Debtors are rounded up, lenders down.
library UtilisationCurve {
    uint256 private constant WAD = 1e18;
    uint256 private constant PPB_TO_WAD = 1e9;
    /// @notice 400 % a year for each part of the curve.
    uint256 private constant MAX_PART = 4e9;
    uint256 private constant MAX_RATE = 3 * MAX_PART * PPB_TO_WAD;

    /// @notice Reverts with `Funding_OutOfRange` unless every parameter is within its bounds.
    function check(InterestCurve memory c) internal pure {
        FundingLimits.requireRange("base", uint256(c.base), 0, MAX_PART);
        FundingLimits.requireRange("toKink", uint256(c.toKink), 0, MAX_PART);
        FundingLimits.requireRange("beyondKink", uint256(c.beyondKink), 0, MAX_PART);
        FundingLimits.requireRange("kink", uint256(c.kink), 1, FundingLimits.PPB - 1);
        FundingLimits.requireRange("reserve", uint256(c.reserve), 0, FundingLimits.PPB);
    }

    /// @notice Share of what could be lent that is lent, 1e18, rounded up; at most 1.
    /// @param debt Σ of the negative cash, without its sign, 1e-6 dollar
    /// @param supply what lenders put in, lent or not, 1e-6 dollar
    function utilisation(uint256 debt, uint256 supply) internal pure returns (uint256) {
        FundingLimits.requireRange("debt", debt, 0, FundingLimits.MAX_AMOUNT);
        FundingLimits.requireRange("supply", supply, 0, FundingLimits.MAX_AMOUNT);
        if (debt >= supply) return debt == 0 ? 0 : WAD;
        return FixedPointMathLib.divUp(debt * WAD, supply);
    }

    /// @notice Yearly rate at a utilisation, 1e18, rounded up.
    function rate(uint256 utilisationWad, InterestCurve memory c) internal pure returns (uint256) {
        check(c);
        FundingLimits.requireRange("utilisation", utilisationWad, 0, WAD);
        uint256 kinkWad = c.kink * PPB_TO_WAD;
        uint256 baseWad = c.base * PPB_TO_WAD;
        uint256 toKinkWad = c.toKink * PPB_TO_WAD;
        if (utilisationWad <= kinkWad) return baseWad + FixedPointMathLib.divUp(toKinkWad * utilisationWad, kinkWad);
        uint256 beyond = FixedPointMathLib.divUp(
            c.beyondKink * PPB_TO_WAD * (utilisationWad - kinkWad), WAD - kinkWad
        );
        return baseWad + toKinkWad + beyond;
    }

    /// @notice One step of a debt: with its interest, simple within the step, rounded up.
    /// @param debt 1e-6 dollar, or an index of it; `elapsed` seconds, at most a year
    function grow(uint256 debt, uint256 rateWad, uint256 elapsed) internal pure returns (uint256) {
        FundingLimits.requireRange("debt", debt, 0, FundingLimits.MAX_AMOUNT);
        FundingLimits.requireRange("rate", rateWad, 0, MAX_RATE);
        FundingLimits.requireRange("elapsed", elapsed, 0, FundingLimits.YEAR);
        return debt + FixedPointMathLib.divUp(debt * rateWad * elapsed, FundingLimits.YEAR * WAD);
    }

    /// @notice What lenders get of the interest that debtors paid, rounded down; the rest is the reserve's.
    function earned(uint256 interest, InterestCurve memory c) internal pure returns (uint256) {
        check(c);
        FundingLimits.requireRange("interest", interest, 0, FundingLimits.MAX_AMOUNT);
        return interest * (FundingLimits.PPB - c.reserve) / FundingLimits.PPB;
    }
}
