// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Black76} from "../../../contracts/pricing/Black76.sol";
import {Discount} from "../../../contracts/pricing/Discount.sol";
import {LogRatio} from "../../../contracts/pricing/LogRatio.sol";
import {OptionValue} from "../../../contracts/pricing/OptionValue.sol";
import {PricingLimits} from "../../../contracts/pricing/PricingLimits.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {VectorFile} from "../codec/VectorFile.sol";
import {PricingHarness} from "./PricingHarness.sol";

contract Black76Test is VectorFile {
    struct Group {
        uint256 forwardWad;
        uint256 yearsWad;
        uint256 volWad;
        uint256[] strikeWad;
        uint256[] callWad;
    }

    uint256 private constant MONTH = uint256(30e18) / 365;

    PricingHarness private harness = new PricingHarness();

    /// @dev Risk model, section 10; Solady's own tests.
    function test_ExpAndLogarithmAreSoladys() public view {
        assertEq(harness.exp(1e18), 2718281828459045235);
        assertEq(harness.ln(1), -41446531673892822313);
    }

    /// @dev Haug, via QuantLib's European option test: F = K = 19, T = 0.75, r = 0.1, σ = 0.28.
    function test_GoldenHaug() public pure {
        uint256 price = _price(19e18, 19e18, 0.28e18, 0.75e18, Discount.factor(0.1e18, 0.75e18), true);
        assertApproxEqRel(price, 1.701050725236267139e18, 1e6);
    }

    /// @dev Lyra utils' test data, recomputed at 50 digits.
    function test_GoldenLyra() public pure {
        uint256 discount = 0.9991784198737006e18;
        assertApproxEqRel(
            _price(1_000e18, 1_200e18, 0.25e18, MONTH, discount, true), 0.137082128426573646e18, 7.3e6
        );
        assertApproxEqRel(
            _price(1_000e18, 1_200e18, 0.25e18, MONTH, discount, false), 199.972766103166693646e18, 1e6
        );
    }

    /// @dev `scripts/generate/pricingReferences.py`. Asked for is 1e-15 of the forward; what is reached is held.
    function test_WithinSixUnitsOfFiftyDigitReferences() public {
        load("pricingReferences.json");
        Group[] memory groups = abi.decode(
            cases(
                ".black76",
                "Group(uint256 forwardWad,uint256 yearsWad,uint256 volWad,uint256[] strikeWad,uint256[] callWad)"
            ),
            (Group[])
        );
        assertEq(groups.length, 64);
        for (uint256 i; i < groups.length; ++i) {
            Group memory g = groups[i];
            uint256 s = Black76.deviation(g.volWad, g.yearsWad);
            for (uint256 j; j < g.strikeWad.length; ++j) {
                uint256 found = Black76.call(g.forwardWad, g.strikeWad[j], s);
                assertApproxEqAbs(found, g.callWad[j], g.forwardWad * 6 / 1e18 + 2);
            }
        }
    }

    /// @dev At every scale of price, moneyness and deviation: what no arbitrage allows, and more for more volatility.
    function testFuzz_BoundedAndMonotoneInVol(uint256 seed, uint256 k, uint256 s1, uint256 s2) public pure {
        (uint256 forward, uint256 strike) = _pair(seed, k);
        s1 = _spread(s1, 1e25);
        s2 = _spread(s2, 1e25);
        if (s1 > s2) (s1, s2) = (s2, s1);
        uint256 less = Black76.call(forward, strike, s1);
        uint256 more = Black76.call(forward, strike, s2);
        assertGe(less, FixedPointMathLib.zeroFloorSub(forward, strike));
        assertLe(more, forward);
        assertGe(more + _units(forward), less);
    }

    /// @dev Discounted, each of the two rounded down by itself.
    function testFuzz_PutCallParityToRounding(uint256 seed, uint256 k, uint256 s, uint256 discount) public pure {
        (uint256 forward, uint256 strike) = _pair(seed, k);
        uint256 callWad = Black76.call(forward, strike, _spread(s, 1e25));
        discount = bound(discount, 1, 10e18);
        int256 call_ = int256(OptionValue.discounted(callWad, forward, strike, discount, true));
        int256 put = int256(OptionValue.discounted(callWad, forward, strike, discount, false));
        int256 forwardValue = (int256(forward) - int256(strike)) * int256(discount) / 1e18;
        assertApproxEqAbs(call_ - put, forwardValue, 1);
        assertGe(put, 0);
    }

    /// @dev C(F, K) = F − K + C(K, F): a call is a put seen from the other currency.
    function testFuzz_CallIsThePutOfTheOtherSide(uint256 seed, uint256 k, uint256 s) public pure {
        (uint256 forward, uint256 strike) = _pair(seed, k);
        s = _spread(s, 16e18);
        uint256 one = Black76.call(forward, strike, s) + strike;
        uint256 other = Black76.call(strike, forward, s) + forward;
        assertApproxEqAbs(one, other, _units(forward > strike ? forward : strike));
    }

    /// @dev Two roads to one number: Solady's, which the rest of the world uses, and ours.
    function testFuzz_LogarithmOfARatioIsSoladys(uint256 a, uint256 b) public view {
        a = _spread(a, 1 << 119);
        b = FixedPointMathLib.clamp(_spread(b, 1 << 119), a / 6e17 + 1, a * 6e17);
        int256 ratio = int256(a > b ? a * 1e18 / b : b * 1e18 / a);
        int256 expected = FixedPointMathLib.lnWad(ratio);
        assertApproxEqAbs(harness.logRatio(a, b), a > b ? expected : -expected, 1);
        assertEq(harness.logRatio(a, a), 0);
        assertGe(harness.logRatio(a > b ? a : b, a > b ? b : a), 0);
    }

    function testFuzz_LessForAHigherStrike(uint256 seed, uint256 k, uint256 s, uint256 more) public pure {
        (uint256 forward, uint256 strike) = _pair(seed, k);
        s = _spread(s, 16e18);
        uint256 higher = strike + bound(more, 0, strike / 2);
        if (higher >> 120 != 0) higher = strike;
        uint256 low = Black76.call(forward, strike, s);
        uint256 high = Black76.call(forward, higher, s);
        assertLe(high, low + _units(forward));
        assertLe(low, high + (higher - strike) + _units(forward));
    }

    /// @dev Whatever is given: a price or a named error, never a panic.
    function testFuzz_AnyNumberHasAResultOrANamedError(uint256 f, uint256 k, uint256 s, uint256 t, uint256 cut)
        public
        view
    {
        // Of any length, so that not every draw ends at the first check.
        f >>= cut & 0xff;
        k >>= cut >> 8 & 0xff;
        s >>= cut >> 16 & 0xff;
        t >>= cut >> 24 & 0xff;
        try harness.black76(f, k, s) returns (uint256 price) {
            assertLe(price, f);
            assertGe(price, FixedPointMathLib.zeroFloorSub(f, k));
        } catch (bytes memory reason) {
            _named(reason);
        }
        try harness.deviation(s, t) {}
        catch (bytes memory reason) {
            _named(reason);
        }
        try harness.discount(int256(s), t) {}
        catch (bytes memory reason) {
            _named(reason);
        }
    }

    function test_ExpiredIsWorthItsPayoffAtTheForward() public pure {
        assertEq(Black76.deviation(0.5e18, 0), 0);
        assertEq(Black76.call(120e18, 100e18, 0), 20e18);
        assertEq(Black76.call(80e18, 100e18, 0), 0);
        assertEq(Black76.call(100e18, 100e18, 0), 0);
    }

    function test_Extremes() public pure {
        // A move of next to nothing and one without end; a wei of forward; the dearest that there may be.
        assertLe(Black76.call(100e18, 100e18, 1), 600);
        assertEq(Black76.call(100e18, 120e18, 1e25), 100e18);
        assertEq(Black76.call(1, 1, 1e25), 1);
        assertEq(Black76.call(1 << 120, 1 << 120, 1e25), 1 << 120);
        assertEq(Black76.call(100e18, 1e3, 0.1e18), 100e18 - 1e3);
        assertEq(Black76.call(1e18, 1e35, 1e18), 0);
        assertEq(Black76.call(1e35, 1e18, 1e18), 1e35 - 1e18);
    }

    function test_RevertWhen_APriceIsOutOfRange() public {
        uint256[2][4] memory wrong = [[uint256(0), 1], [uint256(1), 0], [uint256((1 << 120) + 1), 1], [1, type(uint256).max]];
        for (uint256 i; i < wrong.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(PricingLimits.Pricing_PriceOutOfRange.selector, wrong[i][0], wrong[i][1])
            );
            harness.black76(wrong[i][0], wrong[i][1], 1e17);
        }
    }

    function test_RevertWhen_TheDeviationIsOutOfRange() public {
        uint256[2] memory wrong = [uint256(1) << 120, type(uint256).max];
        for (uint256 i; i < wrong.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(PricingLimits.Pricing_DeviationOutOfRange.selector, wrong[i])
            );
            harness.black76(1e18, 1e18, wrong[i]);
        }
        assertEq(harness.black76(1e18, 1e18, wrong[0] - 1), 1e18);
    }

    function test_RevertWhen_MoneynessIsBeyondAnyUse() public {
        vm.expectPartialRevert(LogRatio.Pricing_MoneynessOutOfRange.selector);
        harness.black76(1, 1e18, 1e17);
        vm.expectPartialRevert(LogRatio.Pricing_MoneynessOutOfRange.selector);
        harness.black76(1e36, 1, 1e17);
    }

    function test_RevertWhen_VolYearsOrDiscountAreOutOfRange() public {
        uint256[3] memory vols = [0, uint256(1e24) + 1, type(uint256).max];
        for (uint256 i; i < vols.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(PricingLimits.Pricing_VolOutOfRange.selector, vols[i]));
            harness.deviation(vols[i], 1e18);
        }
        vm.expectRevert(abi.encodeWithSelector(PricingLimits.Pricing_YearsOutOfRange.selector, 100e18 + 1));
        harness.deviation(1e18, 100e18 + 1);
        vm.expectRevert(abi.encodeWithSelector(PricingLimits.Pricing_DiscountOutOfRange.selector, 0));
        harness.discounted(1, 1, 1, 0, true);
        vm.expectRevert(abi.encodeWithSelector(PricingLimits.Pricing_DiscountOutOfRange.selector, 10e18 + 1));
        harness.discounted(1, 1, 1, 10e18 + 1, true);
        vm.expectRevert(abi.encodeWithSelector(Discount.Pricing_RateOutOfRange.selector, 10e18 + 1));
        harness.discount(10e18 + 1, 1e18);
        vm.expectRevert(abi.encodeWithSelector(PricingLimits.Pricing_DiscountOutOfRange.selector, 0));
        harness.discount(10e18, 100e18);
        vm.expectRevert(abi.encodeWithSelector(Discount.Pricing_RateOutOfRange.selector, -10e18));
        harness.discount(-10e18, 100e18);
        vm.expectRevert(abi.encodeWithSelector(Discount.Pricing_ExpiryOutOfRange.selector, type(uint256).max));
        harness.yearsOf(type(uint256).max);
    }

    function _price(uint256 f, uint256 k, uint256 vol, uint256 t, uint256 discount, bool isCall)
        private
        pure
        returns (uint256)
    {
        return OptionValue.discounted(Black76.call(f, k, Black76.deviation(vol, t)), f, k, discount, isCall);
    }

    /// @dev A forward of any size and a strike within a factor of e^40 either way, mostly near.
    function _pair(uint256 seed, uint256 k) private pure returns (uint256 forward, uint256 strike) {
        forward = _spread(seed, (1 << 119));
        uint256 half = bound(k >> 8, 0, (1 << 57) - 1);
        uint256 ratio = FixedPointMathLib.max(half >> (k % 57), 1);
        strike = k & 1 == 0 ? forward / ratio : FixedPointMathLib.min(forward, (1 << 119) / ratio) * ratio;
        strike = k & 2 == 0 ? FixedPointMathLib.max(strike, 1) : forward - forward / (ratio + 1);
        if (strike == 0) strike = 1;
        if (strike > forward && strike / forward > 1e17) strike = forward;
    }

    /// @dev From 1 to `limit`, of random length as well as value.
    function _spread(uint256 seed, uint256 limit) private pure returns (uint256) {
        return bound(seed >> 8, 0, (limit >> (seed % FixedPointMathLib.log2(limit)))) + 1;
    }

    /// @dev Eight units of 1e-18 of the price, and what rounding takes.
    function _units(uint256 priceWad) private pure returns (uint256) {
        return priceWad * 8 / 1e18 + 3;
    }

    /// @dev A named error starts with four bytes that are not those of a panic or of a text.
    function _named(bytes memory reason) private pure {
        assertGe(reason.length, 4);
        bytes4 selector = bytes4(reason);
        assertTrue(selector != 0x4e487b71 && selector != 0x08c379a0);
    }
}
