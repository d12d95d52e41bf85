// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ChargeLogic} from "../../../contracts/spoke/ChargeLogic.sol";
import {TradeMath} from "../../../contracts/spoke/TradeMath.sol";
import {VectorFile} from "../codec/VectorFile.sol";

/// @notice A trade moves and charges, to the bit, what `clearing/tradeCharge.ts` says.
contract TradeVectorsTest is VectorFile {
    struct TradeCase {
        uint88 base;
        uint128 priceWad;
        uint128 referencePriceWad;
        uint32 ratePpm;
        uint32 feePpm;
        uint256 feeEach;
        int256 buyerQuote;
        int256 sellerQuote;
        int256 feeAccountQuote;
        uint256 buyerCents;
        uint256 sellerCents;
        uint256 buyerClosingCents;
        uint256 sellerClosingCents;
    }

    struct OptionCase {
        uint88 base;
        uint128 priceWad;
        uint32 ratePpm;
        uint32 feePpm;
        uint128 referencePriceWad;
        uint128 markWad;
        int32 deltaPpb;
        uint128 spotWad;
        uint32 optionRatePpm;
        uint256 floorWad;
        uint256 ceilWad;
        uint256 feeEach;
        int256 buyerQuote;
        int256 sellerQuote;
        int256 feeAccountQuote;
        uint256 buyerCents;
        uint256 sellerCents;
        uint256 buyerClosingCents;
        uint256 sellerClosingCents;
    }

    /// @dev What both kinds of cases say alike.
    struct Charges {
        uint256 feeEach;
        int256 buyerQuote;
        int256 sellerQuote;
        int256 feeAccountQuote;
        uint256[4] cents;
    }

    function test_CLR20_EveryTrade() public {
        load("charge.json");
        TradeCase[] memory all = abi.decode(
            cases(
                ".trades",
                "Case(uint88 base,uint128 priceWad,uint128 referencePriceWad,uint32 ratePpm,uint32 feePpm,uint256 feeEach,int256 buyerQuote,int256 sellerQuote,int256 feeAccountQuote,uint256 buyerCents,uint256 sellerCents,uint256 buyerClosingCents,uint256 sellerClosingCents)"
            ),
            (TradeCase[])
        );
        assertGe(all.length, 500);
        for (uint256 i; i < all.length; ++i) {
            TradeCase memory c = all[i];
            uint256[4] memory cents = [c.buyerCents, c.sellerCents, c.buyerClosingCents, c.sellerClosingCents];
            Charges memory expected = Charges(c.feeEach, c.buyerQuote, c.sellerQuote, c.feeAccountQuote, cents);
            uint256[2] memory fair = [uint256(c.referencePriceWad), c.referencePriceWad];
            _check(expected, c.base, c.priceWad, c.feePpm, fair, c.referencePriceWad, c.ratePpm);
        }
    }

    function test_CLR20_EveryTradeOfAnOption() public {
        load("charge.json");
        OptionCase[] memory all = abi.decode(
            cases(
                ".optionTrades",
                "Case(uint88 base,uint128 priceWad,uint32 ratePpm,uint32 feePpm,uint128 referencePriceWad,uint128 markWad,int32 deltaPpb,uint128 spotWad,uint32 optionRatePpm,uint256 floorWad,uint256 ceilWad,uint256 feeEach,int256 buyerQuote,int256 sellerQuote,int256 feeAccountQuote,uint256 buyerCents,uint256 sellerCents,uint256 buyerClosingCents,uint256 sellerClosingCents)"
            ),
            (OptionCase[])
        );
        assertGe(all.length, 500);
        for (uint256 i; i < all.length; ++i) {
            OptionCase memory c = all[i];
            uint256[2] memory fair;
            (fair[0], fair[1]) = TradeMath.fair(c.markWad, c.deltaPpb, c.spotWad, c.referencePriceWad);
            assertEq(fair[0], c.floorWad);
            assertEq(fair[1], c.ceilWad);
            uint32 ratePpm = c.ratePpm > c.optionRatePpm ? c.ratePpm : c.optionRatePpm;
            uint256[4] memory cents = [c.buyerCents, c.sellerCents, c.buyerClosingCents, c.sellerClosingCents];
            Charges memory expected = Charges(c.feeEach, c.buyerQuote, c.sellerQuote, c.feeAccountQuote, cents);
            _check(expected, c.base, c.priceWad, c.feePpm, fair, c.referencePriceWad, ratePpm);
        }
    }

    function _check(
        Charges memory expected,
        uint88 base,
        uint128 priceWad,
        uint32 feePpm,
        uint256[2] memory fair,
        uint128 referenceWad,
        uint32 ratePpm
    ) private pure {
        (uint256 paid, uint256 received, uint256 fee) = TradeMath.amounts(base, priceWad, feePpm);
        assertEq(fee, expected.feeEach);
        assertEq(-int256(paid + fee), expected.buyerQuote);
        assertEq(int256(received) - int256(fee), expected.sellerQuote);
        assertEq(expected.buyerQuote + expected.sellerQuote + expected.feeAccountQuote, 0);
        paid = TradeMath.cost(base, fair[0], paid, fee, true);
        received = TradeMath.cost(base, fair[1], received, fee, false);
        assertEq(TradeMath.charge(base, referenceWad, ratePpm, paid), expected.cents[0]);
        assertEq(TradeMath.charge(base, referenceWad, ratePpm, received), expected.cents[1]);
        assertEq(TradeMath.charge(base, referenceWad, ChargeLogic.VENUE_RATE_PPM, paid), expected.cents[2]);
        assertEq(TradeMath.charge(base, referenceWad, ChargeLogic.VENUE_RATE_PPM, received), expected.cents[3]);
    }
}
