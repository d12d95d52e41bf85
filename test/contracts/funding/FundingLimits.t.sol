// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {FundingLimits} from "../../../contracts/funding/FundingLimits.sol";
import {FundingParameters} from "../../../contracts/funding/FundingMath.sol";
import {InterestCurve} from "../../../contracts/funding/UtilisationCurve.sol";
import {FundingHarness} from "./FundingHarness.sol";

/// @notice Whatever goes in, a result comes out or a named error: never a panic, never a rate beyond its cap.
contract FundingLimitsTest is Test {
    FundingHarness private harness = new FundingHarness();
    FundingParameters private defaults = FundingParameters(100_000, 500_000, 4_000_000, 30, 0, 0);

    function test_EveryBoundIsNamed() public {
        _refused(abi.encodeCall(harness.premium, (0, 0, 1)), "impactAsk", 0, 1, int256(uint256(type(uint128).max)));
        _refused(abi.encodeCall(harness.premium, (2, 1, 1)), "impactAsk", 1, 2, int256(uint256(type(uint128).max)));
        _refused(abi.encodeCall(harness.premium, (1, 1, 0)), "index", 0, 1, int256(uint256(type(uint128).max)));
        _refused(
            abi.encodeCall(harness.premium, (type(uint256).max, 1, 1)),
            "impactBid",
            type(int256).max,
            0,
            int256(uint256(type(uint128).max))
        );
        _refused(abi.encodeCall(harness.poolPremium, (1, 0, 1)), "poolScale", 0, 1, int256(uint256(type(uint128).max)));
        _refused(abi.encodeCall(harness.poolPremium, (1, 1, 1e9 + 1)), "poolRate", 1e9 + 1, 0, 1e9);
        _refused(abi.encodeCall(harness.rateOfHour, (0, 61, defaults)), "samples", 61, 1, 60);
        _refused(abi.encodeCall(harness.rateOfHour, (30e18 + 1, 30, defaults)), "premiumSum", 30e18 + 1, -30e18, 30e18);
        _refused(abi.encodeCall(harness.hourlyRate, (-1e18 - 1, defaults)), "premium", -1e18 - 1, -1e18, 1e18);
        _refused(abi.encodeCall(harness.accrue, (0.04e18 + 1, 1, 1, 0, 0)), "rate", 0.04e18 + 1, -0.04e18, 0.04e18);
        _refused(abi.encodeCall(harness.accrue, (1, 0, 1, 0, 0)), "price", 0, 1, int256(uint256(type(uint128).max)));
        _refused(abi.encodeCall(harness.accrue, (1, 1, 0, 0, 0)), "elapsed", 0, 1, 3600);
        _refused(abi.encodeCall(harness.accrue, (1, 1, 3601, 0, 0)), "elapsed", 3601, 1, 3600);
        _refused(abi.encodeCall(harness.travelLimit, (80)), "baseBits", 80, 0, 79);
        _refused(abi.encodeCall(harness.grow, (1, 12e18 + 1, 1)), "rate", 12e18 + 1, 0, 12e18);
        _refused(abi.encodeCall(harness.grow, (1, 1, 31_536_001)), "elapsed", 31_536_001, 0, 31_536_000);
    }

    function test_EveryParameterHasBounds() public {
        FundingParameters memory p = defaults;
        harness.check(p);
        p.interest = 0.01e9 + 1;
        _refused(abi.encodeCall(harness.check, (p)), "interest", 0.01e9 + 1, 0, 0.01e9);
        p = defaults;
        p.band = 0.1e9 + 1;
        _refused(abi.encodeCall(harness.check, (p)), "band", 0.1e9 + 1, 0, 0.1e9);
        p = defaults;
        p.hourlyCap = 0;
        _refused(abi.encodeCall(harness.check, (p)), "hourlyCap", 0, 1, 0.04e9);
        p = defaults;
        p.minSamples = 61;
        _refused(abi.encodeCall(harness.check, (p)), "minSamples", 61, 1, 60);
        p = defaults;
        p.poolRate = 1e9 + 1;
        _refused(abi.encodeCall(harness.check, (p)), "poolRate", 1e9 + 1, 0, 1e9);
        _refused(abi.encodeCall(harness.checkCurve, (InterestCurve(0, 0, 0, 1e9, 0))), "kink", 1e9, 1, 1e9 - 1);
        _refused(abi.encodeCall(harness.checkCurve, (InterestCurve(0, 0, 0, 1, 1e9 + 1))), "reserve", 1e9 + 1, 0, 1e9);
        _refused(abi.encodeCall(harness.checkCurve, (InterestCurve(0, 4e9 + 1, 0, 1, 0))), "toKink", 4e9 + 1, 0, 4e9);
    }

    function testFuzz_NothingPanics(bytes32[6] calldata words, FundingParameters calldata p, InterestCurve calldata c)
        public
        view
    {
        uint256 a = uint256(words[0]);
        uint256 b = uint256(words[1]);
        uint256 d = uint256(words[2]);
        uint256 e = uint256(words[3]);
        int256 s = int256(uint256(words[4]) >> (uint256(words[5]) % 256));
        _named(abi.encodeCall(harness.premium, (a, b, d)));
        _named(abi.encodeCall(harness.premium, (a >> 128, b >> 128, d >> 128)));
        _named(abi.encodeCall(harness.poolPremium, (s, b, d)));
        _named(abi.encodeCall(harness.poolPremium, (s, b >> 129, d % 1e9)));
        _named(abi.encodeCall(harness.rateOfHour, (s, a, p)));
        _named(abi.encodeCall(harness.rateOfHour, (s, a % 61, p)));
        _named(abi.encodeCall(harness.accrue, (s, a, b, d, e)));
        _named(abi.encodeCall(harness.accrue, (s % 0.04e18, a >> 128, 1 + b % 3600, d >> 128, e >> 128)));
        _named(abi.encodeCall(harness.utilisation, (a, b)));
        _named(abi.encodeCall(harness.interestRate, (a % 1.1e18, c)));
        _named(abi.encodeCall(harness.grow, (a >> 128, b % 13e18, d % 31_536_001)));
        _named(abi.encodeCall(harness.grow, (a, b, d)));
        _named(abi.encodeCall(harness.earned, (a >> 128, c)));
    }

    /// @dev Whatever the premium, an hour costs at most the cap; and r8 is no farther from the premium than the band.
    function testFuzz_RateStaysInItsCap(int256 premiumWad, uint32 cap) public view {
        FundingParameters memory p = defaults;
        p.hourlyCap = uint32(bound(cap, 1, 0.04e9));
        int256 rate = harness.hourlyRate(bound(premiumWad, -1e18, 1e18), p);
        assertLe(rate, int256(uint256(p.hourlyCap)) * 1e9);
        assertGe(rate, -int256(uint256(p.hourlyCap)) * 1e9);
    }

    function test_TooFewSamplesAreNoRate() public view {
        assertEq(harness.rateOfHour(29e18, 29, defaults), 0);
        assertEq(harness.rateOfHour(0, 0, defaults), 0);
        // 30 samples of one: capped.
        assertEq(harness.rateOfHour(30e18, 30, defaults), 0.004e18);
    }

    function test_InterestBendsAtTheKink() public view {
        InterestCurve memory c = InterestCurve(0.01e9, 0.08e9, 1e9, 0.8e9, 0.1e9);
        assertEq(harness.interestRate(0, c), 0.01e18);
        assertEq(harness.interestRate(0.4e18, c), 0.05e18);
        assertEq(harness.interestRate(0.8e18, c), 0.09e18);
        assertEq(harness.interestRate(0.9e18, c), 0.59e18);
        assertEq(harness.interestRate(1e18, c), 1.09e18);
        assertEq(harness.utilisation(1, 0), 1e18);
        assertEq(harness.utilisation(0, 0), 0);
        // A debt of 1,000 dollars, a day at 9 %: 246,575.34… units of interest, of which lenders get nine tenths.
        assertEq(harness.grow(1e9, 0.09e18, 1 days), 1e9 + 246_576);
        assertEq(harness.earned(246_576, c), 221_918);
    }

    /// @dev Lending more never makes it cheaper, and a debt in two steps is never less than in one.
    function testFuzz_InterestRises(InterestCurve memory c, uint256 u, uint256 v, uint256 debt, uint256 t) public view {
        c.base = uint32(bound(c.base, 0, 4e9));
        c.toKink = uint32(bound(c.toKink, 0, 4e9));
        c.beyondKink = uint32(bound(c.beyondKink, 0, 4e9));
        c.kink = uint32(bound(c.kink, 1, 1e9 - 1));
        c.reserve = 0;
        u = bound(u, 0, 1e18);
        v = bound(v, u, 1e18);
        uint256 rate = harness.interestRate(u, c);
        assertLe(rate, harness.interestRate(v, c));
        debt = bound(debt, 0, 2 ** 100);
        t = bound(t, 2, 365 days);
        uint256 half = harness.grow(harness.grow(debt, rate, t / 2), rate, t - t / 2);
        assertGe(half, harness.grow(debt, rate, t));
    }

    function _refused(bytes memory call, string memory field, int256 found, int256 least, int256 most) private {
        vm.expectRevert(abi.encodeWithSelector(FundingLimits.Funding_OutOfRange.selector, field, found, least, most));
        (bool ok,) = address(harness).call(call);
        ok;
    }

    function _named(bytes memory call) private view {
        (bool ok, bytes memory reason) = address(harness).staticcall(call);
        if (!ok) assertEq(bytes4(reason), FundingLimits.Funding_OutOfRange.selector, "not a named error");
    }
}
