// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {OptionTerms, Slice} from "../../../contracts/interfaces/IPricingModel.sol";
import {SviModel} from "../../../contracts/pricing/models/SviModel.sol";
import {Refusal, SviAcceptance} from "../../../contracts/pricing/SviAcceptance.sol";
import {Svi, SviSlice} from "../../../contracts/pricing/SviSlice.sol";

contract SviTest is Test {
    SviModel private model = new SviModel();
    Slice private none = Slice(0, "");

    /// @dev Lyra utils' test data; printed to 13 digits after the first.
    function test_GoldenVols() public view {
        bytes memory lyra = abi.encode(
            0.027616438356164386e18,
            0.041424657534246574e18,
            0.003452054794520548e18,
            0.001726027397260274e18,
            0.000345205479452055e18,
            0.038356164383561646e18
        );
        model.check(Slice(0.038356164383561646e18, lyra), none, none);
        OptionTerms memory option = OptionTerms(1_805e18, 1_500e18, 0.038356164383561646e18, 1e18, true);
        assertApproxEqRel(model.vol(option, lyra), 0.959724473412013e18, 1e6);
        option.strikeWad = 1_800e18;
        assertApproxEqRel(model.vol(option, lyra), 0.8513856076969522e18, 1e6);
    }

    /// @dev Gatheral and Jacquier, arXiv:1204.0646: A. Vogt's example. Its density is least, −0.03286, at k = 0.88; what is
    /// looked at first where it is negative is k = 8·√w(0).
    function test_RevertWhen_VogtsSliceIsPosted() public {
        Svi memory vogt = Svi(-0.041e18, 0.1331e18, 0.306e18, 0.3586e18, 0.4153e18, 1e18);
        assertApproxEqAbs(SviAcceptance.density(vogt, 0.88e18), -0.03286e18, 1e13);
        vm.expectRevert(
            abi.encodeWithSelector(
                SviModel.Pricing_SliceRefused.selector,
                Refusal.Butterfly,
                1056068257041268992,
                -22868104700493460
            )
        );
        model.check(Slice(1e18, abi.encode(vogt)), none, none);
    }

    function test_RefusesForEachReason() public pure {
        _refused(Svi(0.04e18, 0.1e18, 0, 0, 0.1e18, 1e18), Refusal.None, 0);
        _refused(Svi(0.04e18, 0.1e18, 1e18, 0, 0.1e18, 1e18), Refusal.OutOfRange, 0);
        _refused(Svi(0.04e18, 0.1e18, 0, 0, 0, 1e18), Refusal.OutOfRange, 0);
        _refused(Svi(0.04e18, -1, 0, 0, 0.1e18, 1e18), Refusal.OutOfRange, 0);
        _refused(Svi(0.04e18, 0.1e18, 0, 0, 0.1e18, 0), Refusal.OutOfRange, 0);
        _refused(Svi(type(int256).min, 0.1e18, 0, 0, 0.1e18, 1e18), Refusal.OutOfRange, 0);
        // −0.01 + 0.1·0.1·√(1 − 0.6²).
        _refused(Svi(-0.01e18, 0.1e18, 0.6e18, 0, 0.1e18, 1e18), Refusal.Variance, -0.002e18);
        _refused(Svi(0.04e18, 1.5e18, -0.5e18, 0, 0.1e18, 1e18), Refusal.Wings, 2.25e18);
    }

    /// @dev A flat slice of 20 %: g is 1 everywhere.
    function testFuzz_AFlatSliceIsTakenAndItsDensityIsBlacks(int256 k) public pure {
        Svi memory flat = Svi(0.04e18, 0, 0, 0, 0.1e18, 1e18);
        k = bound(k, -3e18, 3e18);
        _refused(flat, Refusal.None, 0);
        assertEq(SviAcceptance.density(flat, k), 1e18);
        assertEq(SviSlice.vol(flat, k), 0.2e18);
    }

    function test_RevertWhen_TotalVarianceFallsWithTime() public {
        bytes memory own = abi.encode(0.04e18, 0, 0, 0, 0.1e18, 1e18);
        Slice memory dearer = Slice(0.5e18, abi.encode(0.04e18 + 1, 0, 0, 0, 0.1e18, 0.5e18));
        Slice memory cheaper = Slice(2e18, abi.encode(0.04e18 - 1, 0, 0, 0, 0.1e18, 2e18));
        Slice memory equal = Slice(2e18, abi.encode(0.04e18, 0, 0, 0, 0.1e18, 2e18));
        model.check(Slice(1e18, own), none, equal);
        vm.expectRevert(
            abi.encodeWithSelector(SviModel.Pricing_SliceRefused.selector, Refusal.CalendarBefore, 0, 0.04e18)
        );
        model.check(Slice(1e18, own), dearer, equal);
        vm.expectRevert(
            abi.encodeWithSelector(SviModel.Pricing_SliceRefused.selector, Refusal.CalendarLater, 0, 0.04e18)
        );
        model.check(Slice(1e18, own), none, cheaper);
        vm.expectRevert(abi.encodeWithSelector(SviModel.Pricing_SliceRefused.selector, Refusal.Years, 0, 0));
        model.check(Slice(1e18, own), Slice(1e18, own), none);
    }

    function test_RevertWhen_TheSlicesYearsAreNotThoseItIsPostedFor() public {
        bytes memory own = abi.encode(0.04e18, 0, 0, 0, 0.1e18, 1e18);
        vm.expectRevert(abi.encodeWithSelector(SviModel.Pricing_SliceYearsDiffer.selector, 2e18, 1e18));
        model.check(Slice(2e18, own), none, none);
    }

    /// @dev Prices of what nobody accepted: named errors, or what the formula says.
    function test_RevertWhen_AStrikeHasNoVariance() public {
        OptionTerms memory option = OptionTerms(100e18, 100e18, 1e18, 1e18, true);
        vm.expectRevert(abi.encodeWithSelector(SviSlice.Pricing_VarianceNotPositive.selector, 0, -0.03e18));
        model.price(option, abi.encode(-0.04e18, 0.1e18, 0, 0, 0.1e18, 1e18));
        vm.expectRevert(SviSlice.Pricing_SliceOutOfRange.selector);
        model.price(option, abi.encode(0.04e18, 0.1e18, 0, 0, 0, 1e18));
    }

    function _refused(Svi memory slice, Refusal expected, int256 value) private pure {
        (Refusal refusal,, int256 valueWad) = SviAcceptance.refusal(slice);
        assertEq(uint256(refusal), uint256(expected));
        assertEq(valueWad, value);
    }
}
