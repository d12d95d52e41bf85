// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {VectorFile} from "../codec/VectorFile.sol";
import {PricingHarness} from "../pricing/PricingHarness.sol";

/// @notice The pricing engines give, to the bit, what `clearing/pricing` gives.
contract PricingVectorsTest is VectorFile {
    struct FunctionCase {
        int256 exponent;
        int256 exp;
        int256 value;
        int256 ln;
        uint256 distance;
        uint256 tail;
        uint256 secondsToExpiry;
        uint256 yearsWad;
        int256 rateWad;
        uint256 discountWad;
    }

    struct OptionCase {
        uint256 forwardWad;
        uint256 strikeWad;
        uint256 volWad;
        uint256 yearsWad;
        uint256 discountWad;
        bool isCall;
        uint256 deviationWad;
        uint256 callWad;
        uint256 priceWad;
    }

    PricingHarness private harness = new PricingHarness();

    function setUp() public {
        load("pricing.json");
    }

    function test_CLR20_EveryFunction() public view {
        FunctionCase[] memory all = abi.decode(
            cases(
                ".functions",
                "Case(int256 exponent,int256 exp,int256 value,int256 ln,uint256 distance,uint256 tail,uint256 seconds,uint256 yearsWad,int256 rateWad,uint256 discountWad)"
            ),
            (FunctionCase[])
        );
        assertGe(all.length, 200);
        for (uint256 i; i < all.length; ++i) {
            FunctionCase memory c = all[i];
            assertEq(harness.exp(c.exponent), c.exp);
            assertEq(harness.ln(c.value), c.ln);
            assertEq(harness.scaledTail(c.distance), c.tail);
            assertEq(harness.yearsOf(c.secondsToExpiry), c.yearsWad);
            assertEq(harness.discount(c.rateWad, c.yearsWad), c.discountWad);
        }
    }

    function test_CLR20_EveryBlack76Price() public view {
        OptionCase[] memory all = abi.decode(
            cases(
                ".black76",
                "Case(uint256 forwardWad,uint256 strikeWad,uint256 volWad,uint256 yearsWad,uint256 discountWad,bool isCall,uint256 deviationWad,uint256 callWad,uint256 priceWad)"
            ),
            (OptionCase[])
        );
        assertGe(all.length, 500);
        for (uint256 i; i < all.length; ++i) {
            OptionCase memory c = all[i];
            uint256 s = harness.deviation(c.volWad, c.yearsWad);
            assertEq(s, c.deviationWad);
            uint256 callWad = harness.black76(c.forwardWad, c.strikeWad, s);
            assertEq(callWad, c.callWad);
            assertEq(
                harness.discounted(callWad, c.forwardWad, c.strikeWad, c.discountWad, c.isCall), c.priceWad
            );
        }
    }
}
