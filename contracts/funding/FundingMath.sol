// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {FundingLimits} from "./FundingLimits.sol";

/// @notice How the funding rate of an underlying is made, one slot. Rates in 1e-9.
/// @param interest of eight hours: what longs pay when the perpetual trades at the index
/// @param band by how much the rate of eight hours may differ from the premium, towards `interest`
/// @param hourlyCap most that an hour can cost, in either direction
/// @param minSamples an hour with fewer has no rate
/// @param poolRate premium when the pool's position is at `poolScale`: κ. Only without a book
/// @param poolScale net open interest against the pool at which the premium is all of `poolRate`, 1e-8; zero with a book
struct FundingParameters {
    uint32 interest;
    uint32 band;
    uint32 hourlyCap;
    uint8 minSamples;
    uint32 poolRate;
    uint88 poolScale;
}

/// @title From prices in the book to an hourly rate
/// @notice Pure; `clearing/funding/fundingRate.ts` mirrors it to the bit (CLR-20). Rates are shares of the index price, 1e18, positive if
/// longs pay. Every division truncates towards zero: the direction has no favourite, and payments are rounded where they are made.
/// @dev Source: risk model, section 7.
library FundingMath {
    int256 private constant WAD = FundingLimits.WAD;

    /// @notice Reverts with `Funding_OutOfRange` unless every parameter is within its bounds.
    function check(FundingParameters memory p) internal pure {
        FundingLimits.requireRange("interest", uint256(p.interest), 0, 0.01e9);
        FundingLimits.requireRange("band", uint256(p.band), 0, 0.1e9);
        FundingLimits.requireRange(
            "hourlyCap", uint256(p.hourlyCap), 1, uint256(FundingLimits.MAX_HOURLY_RATE / FundingLimits.PPB_TO_WAD)
        );
        FundingLimits.requireRange("minSamples", uint256(p.minSamples), 1, 60);
        FundingLimits.requireRange("poolRate", uint256(p.poolRate), 0, FundingLimits.PPB);
    }

    /// @notice Whether `premium` takes these: prices below 2^128, an index, and a book that is not crossed.
    function isBook(uint256 bidWad, uint256 askWad, uint256 indexWad) internal pure returns (bool) {
        return indexWad != 0 && askWad != 0 && bidWad <= askWad && (askWad | indexWad) <= FundingLimits.MAX_AMOUNT;
    }

    /// @notice One sample with a book: (max(0, impact bid − I) − max(0, I − impact ask))/I, cut off at ±1.
    /// @dev One sample of an absurd price must not carry the hour; below −1 there is none.
    /// @param bidWad price at which a sale of the impact size executes, dollars 1e18; zero if the book does not hold as much
    /// @param askWad of a purchase; 2^128 − 1 if the book does not hold as much
    /// @param indexWad price of the underlying, dollars 1e18
    function premium(uint256 bidWad, uint256 askWad, uint256 indexWad) internal pure returns (int256 premiumWad) {
        FundingLimits.requireRange("impactBid", bidWad, 0, FundingLimits.MAX_AMOUNT);
        // A crossed book is no book.
        FundingLimits.requireRange("impactAsk", askWad, bidWad == 0 ? 1 : bidWad, FundingLimits.MAX_AMOUNT);
        FundingLimits.requireRange("index", indexWad, 1, FundingLimits.MAX_AMOUNT);
        int256 distance;
        if (bidWad > indexWad) distance = int256(bidWad - indexWad);
        else if (askWad < indexWad) distance = -int256(indexWad - askWad);
        premiumWad = FixedPointMathLib.min(distance * WAD / int256(indexWad), FundingLimits.MAX_PREMIUM);
    }

    /// @notice One sample without a book: κ·clamp(net/scale, ±1).
    /// @param netBase open interest against the pool: the pool's base with its sign changed, 1e-8
    function poolPremium(int256 netBase, uint256 scaleBase, uint256 poolRate) internal pure returns (int256) {
        int256 most = int256(FundingLimits.MAX_AMOUNT);
        FundingLimits.requireRange("poolNet", netBase, -most, most);
        FundingLimits.requireRange("poolScale", scaleBase, 1, FundingLimits.MAX_AMOUNT);
        FundingLimits.requireRange("poolRate", poolRate, 0, FundingLimits.PPB);
        int256 scale = int256(scaleBase);
        int256 net = FixedPointMathLib.clamp(netBase, -scale, scale);
        return int256(poolRate) * FundingLimits.PPB_TO_WAD * net / scale;
    }

    /// @notice The hour's premium: the mean of its samples, one a minute at the most.
    function mean(int256 sumWad, uint256 count) internal pure returns (int256) {
        FundingLimits.requireRange("samples", count, 1, 60);
        int256 most = int256(count) * FundingLimits.MAX_PREMIUM;
        FundingLimits.requireRange("premiumSum", sumWad, -most, most);
        return sumWad / int256(count);
    }

    /// @notice The rate of eight hours: P + clamp(interest − P, ±band).
    function rate8(int256 premiumWad, FundingParameters memory p) internal pure returns (int256) {
        FundingLimits.requireRange("premium", premiumWad, -FundingLimits.MAX_PREMIUM, FundingLimits.MAX_PREMIUM);
        int256 interest = int256(uint256(p.interest)) * FundingLimits.PPB_TO_WAD;
        int256 band = int256(uint256(p.band)) * FundingLimits.PPB_TO_WAD;
        return premiumWad + FixedPointMathLib.clamp(interest - premiumWad, -band, band);
    }

    /// @notice The rate of one hour: an eighth of that of eight, inside ±`hourlyCap`.
    function hourlyRate(int256 premiumWad, FundingParameters memory p) internal pure returns (int256) {
        int256 cap = int256(uint256(p.hourlyCap)) * FundingLimits.PPB_TO_WAD;
        return FixedPointMathLib.clamp(rate8(premiumWad, p) / 8, -cap, cap);
    }

    /// @notice The rate of an hour from its samples. **Zero if there are fewer than `minSamples`**: nobody pays for a premium that too
    /// few minutes vouch for, and whoever holds samples back can stop funding, never choose its sign.
    function rateOfHour(int256 sumWad, uint256 count, FundingParameters memory p) internal pure returns (int256) {
        if (count < p.minSamples) return 0;
        return hourlyRate(mean(sumWad, count), p);
    }
}
