// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Black76} from "../../../contracts/pricing/Black76.sol";
import {Discount} from "../../../contracts/pricing/Discount.sol";
import {LogRatio} from "../../../contracts/pricing/LogRatio.sol";
import {NormalTail} from "../../../contracts/pricing/NormalTail.sol";
import {OptionValue} from "../../../contracts/pricing/OptionValue.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

/// @notice The pricing libraries by external calls, so that what they revert with can be seen.
contract PricingHarness {
    function exp(int256 x) external pure returns (int256) {
        return FixedPointMathLib.expWad(x);
    }

    function ln(int256 x) external pure returns (int256) {
        return FixedPointMathLib.lnWad(x);
    }

    function logRatio(uint256 a, uint256 b) external pure returns (int256) {
        return LogRatio.ln(a, b);
    }

    function scaledTail(uint256 x) external pure returns (uint256) {
        return NormalTail.scaled(x);
    }

    function yearsOf(uint256 secondsToExpiry) external pure returns (uint256) {
        return Discount.yearsOf(secondsToExpiry);
    }

    function discount(int256 rateWad, uint256 yearsWad) external pure returns (uint256) {
        return Discount.factor(rateWad, yearsWad);
    }

    function deviation(uint256 volWad, uint256 yearsWad) external pure returns (uint256) {
        return Black76.deviation(volWad, yearsWad);
    }

    function black76(uint256 forwardWad, uint256 strikeWad, uint256 deviationWad) external pure returns (uint256) {
        return Black76.call(forwardWad, strikeWad, deviationWad);
    }

    function discounted(uint256 callWad, uint256 forwardWad, uint256 strikeWad, uint256 discountWad, bool isCall)
        external
        pure
        returns (uint256)
    {
        return OptionValue.discounted(callWad, forwardWad, strikeWad, discountWad, isCall);
    }
}
