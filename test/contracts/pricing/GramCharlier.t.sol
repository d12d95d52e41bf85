// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {Slice} from "../../../contracts/interfaces/IPricingModel.sol";
import {Black76} from "../../../contracts/pricing/Black76.sol";
import {Discount} from "../../../contracts/pricing/Discount.sol";
import {GramCharlier} from "../../../contracts/pricing/GramCharlier.sol";
import {PricingLimits} from "../../../contracts/pricing/PricingLimits.sol";
import {GramCharlierModel} from "../../../contracts/pricing/models/GramCharlierModel.sol";
import {VectorFile} from "../codec/VectorFile.sol";

contract GramCharlierTest is VectorFile {
    struct Group {
        uint256 forwardWad;
        uint256 yearsWad;
        uint256 volWad;
        int256 skewWad;
        int256 excessKurtosisWad;
        uint256[] strikeWad;
        uint256[] callWad;
    }

    /// @dev Risk model, section 10: by quadrature, 1e-49. The years are those of 30 days, to 1e-18.
    function test_Golden() public pure {
        uint256 s = Black76.deviation(0.8e18, uint256(30e18) / 365);
        assertApproxEqRel(GramCharlier.call(100e18, 100e18, s, -0.4e18, 1.2e18), 8.509621641136667896e18, 1e6);
        assertApproxEqRel(GramCharlier.call(100e18, 120e18, s, -0.4e18, 1.2e18), 2.514156221196329978e18, 1e6);
    }

    /// @dev OpenGamma's test of the modified Corrado–Su model: S = K = 100, r = b = 0.07, σ = 0.35, T = 0.25; kurtosis as printed
    /// there is 3 more than the excess.
    function test_GoldenCorradoSu() public pure {
        int256[3][5] memory rows = [
            [int256(-0.2e18), 0, 7.777e18],
            [int256(-0.1e18), 0.5e18, 7.6565e18],
            [int256(0), 1e18, 7.5363e18],
            [int256(0.1e18), 1.5e18, 7.4162e18],
            [int256(0.2e18), 2e18, 7.2963e18]
        ];
        uint256 discount = Discount.factor(0.07e18, 0.25e18);
        uint256 forward = uint256(100e36) / discount;
        uint256 s = Black76.deviation(0.35e18, 0.25e18);
        for (uint256 i; i < 5; ++i) {
            int256 callWad = GramCharlier.unclampedCall(forward, 100e18, s, rows[i][0], rows[i][1]);
            assertApproxEqAbs(callWad * int256(discount) / 1e18, rows[i][2], 1e14);
        }
    }

    /// @dev `scripts/generate/pricingReferences.py`. Asked for is 1e-15 of the forward; what is reached is held.
    function test_WithinSixUnitsOfFiftyDigitReferences() public {
        load("pricingReferences.json");
        Group[] memory groups = abi.decode(
            cases(
                ".gramCharlier",
                "Group(uint256 forwardWad,uint256 yearsWad,uint256 volWad,int256 skewWad,int256 excessKurtosisWad,uint256[] strikeWad,uint256[] callWad)"
            ),
            (Group[])
        );
        assertEq(groups.length, 175);
        for (uint256 i; i < groups.length; ++i) {
            Group memory g = groups[i];
            uint256 s = Black76.deviation(g.volWad, g.yearsWad);
            for (uint256 j; j < g.strikeWad.length; ++j) {
                uint256 found =
                    GramCharlier.call(g.forwardWad, g.strikeWad[j], s, g.skewWad, g.excessKurtosisWad);
                assertApproxEqAbs(found, g.callWad[j], g.forwardWad * 6 / 1e18 + 2);
            }
        }
    }

    function testFuzz_WithoutSkewAndKurtosisItIsBlack(uint256 f, uint256 k, uint256 s) public pure {
        f = bound(f, 1e9, 1e30);
        k = bound(k, f / 1e6, f * 1e6);
        s = bound(s, 1e10, 10e18);
        assertApproxEqAbs(GramCharlier.call(f, k, s, 0, 0), Black76.call(f, k, s), f * 8 / 1e18 + 3);
    }

    /// @dev What the density being one is worth: inside the clamp the formula itself keeps to what no arbitrage allows.
    function testFuzz_InsideTheClampNothingHasToBeCut(uint256 f, uint256 k, uint256 s, int256 skew, int256 kurtosis)
        public
        pure
    {
        f = bound(f, 1e9, 1e30);
        k = bound(k, f / 1e3, f * 1e3);
        s = bound(s, 1e15, 8.7e18);
        (skew, kurtosis) = GramCharlier.clamp(skew, bound(kurtosis, 0, 2.4e18));
        int256 raw = GramCharlier.unclampedCall(f, k, s, skew, kurtosis);
        int256 slack = int256(f * 20 / 1e18 + 3);
        assertGe(raw + slack, int256(FixedPointMathLib.zeroFloorSub(f, k)));
        assertLe(raw, int256(f) + slack);
    }

    function testFuzz_ClampIsTheNearestInside(int256 skew, int256 kurtosis) public pure {
        (int256 a, int256 b) = GramCharlier.clamp(skew, kurtosis);
        uint256 size = FixedPointMathLib.abs(a);
        assertTrue(b >= 0 && b <= 2.4e18);
        assertLe(size * 100, uint256(b) * 98);
        assertLe(size * size, uint256(b) * 0.4225e18);
        assertTrue(a == 0 || a > 0 == skew > 0);
        (int256 c, int256 d) = GramCharlier.clamp(a, b);
        assertTrue(c == a && d == b);
    }

    function test_Clamp() public pure {
        _clamps(-0.4e18, 1.2e18, -0.4e18, 1.2e18);
        _clamps(-0.2e18, 3e18, -0.2e18, 2.4e18);
        _clamps(1e18, 0.1e18, 0.098e18, 0.1e18);
        // 0.65·√1.44.
        _clamps(-3e18, 1.44e18, -0.78e18, 1.44e18);
        _clamps(1e18, -1, 0, 0);
        _clamps(type(int256).min, type(int256).max, -1006975670013928390, 2.4e18);
    }

    function unclamped(uint256 f, uint256 k, uint256 s, int256 skew, int256 kurtosis) external pure returns (int256) {
        return GramCharlier.unclampedCall(f, k, s, skew, kurtosis);
    }

    function test_RevertWhen_OutOfRange() public {
        vm.expectRevert(abi.encodeWithSelector(PricingLimits.Pricing_PriceOutOfRange.selector, 0, 1));
        this.unclamped(0, 1, 1e17, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(PricingLimits.Pricing_DeviationOutOfRange.selector, 16e18 + 1));
        this.unclamped(1e18, 1e18, 16e18 + 1, 0, 0);
        int256[2][5] memory moments = [
            [int256(10e18) + 1, 0],
            [int256(0), 10e18 + 1],
            [type(int256).min, 0],
            [int256(0), type(int256).max],
            // 1 + w would be negative.
            [int256(-10e18), 0]
        ];
        for (uint256 i; i < 5; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    GramCharlier.Pricing_MomentsOutOfRange.selector, moments[i][0], moments[i][1]
                )
            );
            this.unclamped(1e18, 1e18, 2e18, moments[i][0], moments[i][1]);
        }
    }

    function test_RevertWhen_PostedOutsideTheClamp() public {
        GramCharlierModel model = new GramCharlierModel();
        Slice memory none = Slice(0, "");
        model.check(Slice(1e18, abi.encode(0.8e18, -0.4e18, 1.2e18)), none, none);
        vm.expectRevert(abi.encodeWithSelector(GramCharlierModel.Pricing_OutsideClamp.selector, -0.2e18, 3e18));
        model.check(Slice(1e18, abi.encode(0.8e18, -0.2e18, 3e18)), none, none);
        vm.expectRevert(abi.encodeWithSelector(PricingLimits.Pricing_BadParameters.selector, 32, 96));
        model.check(Slice(1e18, abi.encode(0.8e18)), none, none);
    }

    function _clamps(int256 skew, int256 kurtosis, int256 skewAfter, int256 kurtosisAfter) private pure {
        (int256 a, int256 b) = GramCharlier.clamp(skew, kurtosis);
        assertEq(a, skewAfter);
        assertEq(b, kurtosisAfter);
    }
}
