// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

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
    }

    function test_CLR20_EveryTrade() public {
        load("charge.json");
        TradeCase[] memory all = abi.decode(
            cases(
                ".trades",
                "Case(uint88 base,uint128 priceWad,uint128 referencePriceWad,uint32 ratePpm,uint32 feePpm,uint256 feeEach,int256 buyerQuote,int256 sellerQuote,int256 feeAccountQuote,uint256 buyerCents,uint256 sellerCents)"
            ),
            (TradeCase[])
        );
        assertGe(all.length, 500);
        for (uint256 i; i < all.length; ++i) {
            TradeCase memory c = all[i];
            (uint256 paid, uint256 received, uint256 fee) = TradeMath.amounts(c.base, c.priceWad, c.feePpm);
            assertEq(fee, c.feeEach);
            assertEq(-int256(paid + fee), c.buyerQuote);
            assertEq(int256(received) - int256(fee), c.sellerQuote);
            assertEq(c.buyerQuote + c.sellerQuote + c.feeAccountQuote, 0);
            assertEq(
                TradeMath.charge(c.base, c.referencePriceWad, c.ratePpm, paid, fee, true), c.buyerCents
            );
            assertEq(
                TradeMath.charge(c.base, c.referencePriceWad, c.ratePpm, received, fee, false), c.sellerCents
            );
        }
    }
}
