// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IPricingModel, OptionTerms, Shock} from "../interfaces/IPricingModel.sol";
import {LogRatio} from "../pricing/LogRatio.sol";
import {PricingLimits} from "../pricing/PricingLimits.sol";
import {RiskArray} from "./RiskArray.sol";
import {Scenarios} from "./Scenarios.sol";

/// @notice Mark and risk array of an option, from the prices of a model (risk model, section 3). Mirrored by
/// `clearing/margin/optionArray.ts` (CLR-20).
/// @dev The model may be anyone's: whatever it answers, this gives a result or a named error.
library OptionArray {
    uint256 private constant WAD = 1e18;
    uint256 private constant PPB = 1e9;
    uint256 private constant DAY = WAD / 365;
    uint256 private constant MONTH = 30 * WAD / 365;
    uint256 private constant PERCENT = 0.01e18;
    uint256 private constant VOL_MOVES = 7;
    /// @dev Marks in 1e-9 of the spot, about 281,000 spots.
    uint256 private constant MAX_MARK = type(uint48).max;
    /// @dev Above what any price in range is worth; below it a change of value is exact.
    uint256 private constant MAX_PRICE = type(uint128).max;

    error OptionArray_MarkOutOfRange(uint256 found, uint256 most);
    error OptionArray_PriceOutOfRange(uint256 found, uint256 most);
    error OptionArray_PriceCount(uint256 found, uint256 expected);

    /// @notice Mark in 1e-9 of the spot, rounded down for long and short alike, and what one unit of base gains by entry of an
    /// array. The whole forward moves; the volatility that moves is the option's own before it. Three calls of the model.
    /// @param spotWad dollars per unit, 1e18, below 2^128
    /// @param moves of the spot, `Scenarios.moves`
    function compute(
        IPricingModel model,
        OptionTerms memory option,
        bytes memory parameters,
        uint256 spotWad,
        int256[32] memory moves
    ) internal view returns (uint256 mark, int256[32] memory entries) {
        uint256[7] memory factors = volFactors(model, option, parameters);
        Shock[] memory shocks = new Shock[](Scenarios.ENTRIES);
        unchecked {
            for (uint256 s; s < Scenarios.ENTRIES; ++s) {
                Shock memory shock = shocks[s];
                shock.forwardFactorWad = uint256(int256(PPB) + moves[s]) * PPB;
                shock.volFactorWad = factors[Scenarios.volMove(s)];
            }
        }
        uint256[] memory prices = model.prices(option, parameters, shocks);
        if (prices.length != Scenarios.ENTRIES) revert OptionArray_PriceCount(prices.length, Scenarios.ENTRIES);
        return _changes(prices, spotWad);
    }

    /// @notice The same of an option that expired: its payoff, whatever the volatility. Needs no model.
    function computePayoff(uint256 strikeWad, bool isCall, uint256 spotWad, int256[32] memory moves)
        internal
        pure
        returns (uint256 mark, int256[32] memory entries)
    {
        uint256[] memory prices = new uint256[](Scenarios.ENTRIES);
        for (uint256 s; s < Scenarios.ENTRIES; ++s) {
            prices[s] = payoff(strikeWad, isCall, spotWad * uint256(int256(PPB) + moves[s]) / PPB);
        }
        return _changes(prices, spotWad);
    }

    /// @notice What an option pays at a settlement price, dollars per unit, 1e18.
    function payoff(uint256 strikeWad, bool isCall, uint256 priceWad) internal pure returns (uint256) {
        return isCall
            ? FixedPointMathLib.zeroFloorSub(priceWad, strikeWad)
            : FixedPointMathLib.zeroFloorSub(strikeWad, priceWad);
    }

    /// @notice By what each move multiplies the volatility of an option, 1e18, in the order of `Scenarios.volMove`. With
    /// r = (30 d / max(T, 1 d))^p, p = 0.30 up to 30 days, else 0.13: up 1 + 0.5·r, at least to 40 % volatility; down 1 − 0.3·r. With
    /// x = k/k*, k = ln(K/F), k* = max(0.01, 2.4·σ·√T), σ at the money: slope 1 ± 0.15·clamp(x, ±1), smile 1 ± 0.15·min(|x|, 1).
    function volFactors(IPricingModel model, OptionTerms memory option, bytes memory parameters)
        internal
        view
        returns (uint256[VOL_MOVES] memory factors)
    {
        PricingLimits.checkPrices(option.forwardWad, option.strikeWad);
        PricingLimits.checkYears(option.yearsWad);
        uint256 own = _vol(model, option, parameters, option.strikeWad);
        uint256 atTheMoney = _vol(model, option, parameters, option.forwardWad);
        unchecked {
            uint256 reach = _reach(option.yearsWad);
            uint256 floor = FixedPointMathLib.divUp(40 * PERCENT * WAD, own);
            int256 wide = int256(
                FixedPointMathLib.max(
                    PERCENT, 24 * atTheMoney * FixedPointMathLib.sqrt(option.yearsWad * WAD) / (10 * WAD)
                )
            );
            int256 moneyness = LogRatio.ln(option.strikeWad, option.forwardWad) * int256(WAD) / wide;
            int256 clamped = FixedPointMathLib.clamp(moneyness, -int256(WAD), int256(WAD));
            int256 slope = clamped * 15 / 100;
            int256 smile = slope < 0 ? -slope : slope;
            factors[0] = WAD;
            factors[1] = FixedPointMathLib.max(WAD + reach / 2, floor);
            factors[2] = WAD - reach * 3 / 10;
            factors[3] = uint256(int256(WAD) + slope);
            factors[4] = uint256(int256(WAD) - slope);
            factors[5] = uint256(int256(WAD) + smile);
            factors[6] = uint256(int256(WAD) - smile);
        }
    }

    /// @dev (30 d / max(T, 1 d))^p, 1e18: at most 2.78, at 1 day.
    function _reach(uint256 yearsWad) private pure returns (uint256) {
        int256 power = int256((yearsWad <= MONTH ? 30 : 13) * PERCENT);
        int256 ratio = LogRatio.ln(MONTH, FixedPointMathLib.max(yearsWad, DAY));
        return uint256(FixedPointMathLib.expWad(ratio * power / int256(WAD)));
    }

    /// @dev Volatility at a strike, within the range that engines take.
    function _vol(IPricingModel model, OptionTerms memory option, bytes memory parameters, uint256 strikeWad)
        private
        view
        returns (uint256 volWad)
    {
        uint256 own = option.strikeWad;
        option.strikeWad = strikeWad;
        volWad = model.vol(option, parameters);
        option.strikeWad = own;
        PricingLimits.checkVol(volWad);
    }

    /// @dev Mark and changes against the price where nothing moves.
    function _changes(uint256[] memory prices, uint256 spotWad)
        private
        pure
        returns (uint256 mark, int256[32] memory entries)
    {
        if (spotWad == 0) revert RiskArray.RiskArray_NoPrice();
        uint256 unmoved = prices[Scenarios.UNMOVED];
        unchecked {
            for (uint256 s; s < Scenarios.ENTRIES; ++s) {
                uint256 moved = prices[s];
                if (moved > MAX_PRICE) revert OptionArray_PriceOutOfRange(moved, MAX_PRICE);
                entries[s] = RiskArray.entryOf(int256(moved - unmoved), spotWad);
            }
            mark = unmoved * PPB / spotWad;
        }
        if (mark > MAX_MARK) revert OptionArray_MarkOutOfRange(mark, MAX_MARK);
    }
}
