// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FundingIndex} from "../../../contracts/funding/FundingIndex.sol";
import {FundingMath, FundingParameters} from "../../../contracts/funding/FundingMath.sol";
import {InterestCurve, UtilisationCurve} from "../../../contracts/funding/UtilisationCurve.sol";

/// @notice The pure libraries behind calls, so that a test sees what they revert with.
contract FundingHarness {
    function check(FundingParameters calldata p) external pure {
        FundingMath.check(p);
    }

    function premium(uint256 bidWad, uint256 askWad, uint256 indexWad) external pure returns (int256) {
        return FundingMath.premium(bidWad, askWad, indexWad);
    }

    function poolPremium(int256 netBase, uint256 scaleBase, uint256 poolRate) external pure returns (int256) {
        return FundingMath.poolPremium(netBase, scaleBase, poolRate);
    }

    function rateOfHour(int256 sumWad, uint256 count, FundingParameters calldata p) external pure returns (int256) {
        return FundingMath.rateOfHour(sumWad, count, p);
    }

    function hourlyRate(int256 premiumWad, FundingParameters calldata p) external pure returns (int256) {
        return FundingMath.hourlyRate(premiumWad, p);
    }

    function accrue(int256 rateWad, uint256 priceWad, uint256 elapsed, uint256 openLong, uint256 openShort)
        external
        pure
        returns (int256 longDelta, int256 shortDelta, uint256 surplus)
    {
        return FundingIndex.accrue(rateWad, priceWad, elapsed, openLong, openShort);
    }

    function travelLimit(uint256 baseBits) external pure returns (uint256) {
        return FundingIndex.travelLimit(baseBits);
    }

    function checkCurve(InterestCurve calldata c) external pure {
        UtilisationCurve.check(c);
    }

    function utilisation(uint256 debt, uint256 supply) external pure returns (uint256) {
        return UtilisationCurve.utilisation(debt, supply);
    }

    function interestRate(uint256 utilisationWad, InterestCurve calldata c) external pure returns (uint256) {
        return UtilisationCurve.rate(utilisationWad, c);
    }

    function grow(uint256 debt, uint256 rateWad, uint256 elapsed) external pure returns (uint256) {
        return UtilisationCurve.grow(debt, rateWad, elapsed);
    }

    function earned(uint256 interest, InterestCurve calldata c) external pure returns (uint256) {
        return UtilisationCurve.earned(interest, c);
    }
}
