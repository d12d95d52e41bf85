// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FundingIndex} from "../../../contracts/funding/FundingIndex.sol";
import {FundingMath, FundingParameters} from "../../../contracts/funding/FundingMath.sol";
import {InterestCurve, UtilisationCurve} from "../../../contracts/funding/UtilisationCurve.sol";
import {VectorFile} from "../codec/VectorFile.sol";

/// @notice Funding and interest are, to the bit, those of `clearing/funding`.
contract FundingVectorsTest is VectorFile {
    struct PremiumCase {
        uint256 bidWad;
        uint256 askWad;
        uint256 indexWad;
        int256 premiumWad;
    }

    struct PoolCase {
        int256 netBase;
        uint256 scaleBase;
        uint256 poolRate;
        int256 premiumWad;
    }

    struct RateCase {
        uint32 interest;
        uint32 band;
        uint32 hourlyCap;
        uint8 minSamples;
        int256 sumWad;
        uint256 count;
        int256 rate8Wad;
        int256 rateWad;
    }

    struct AccrualCase {
        int256 rateWad;
        uint256 priceWad;
        uint256 elapsed;
        uint256 openLong;
        uint256 openShort;
        int256 longDelta;
        int256 shortDelta;
        uint256 surplus;
    }

    struct ShiftCase {
        int256 oldBase;
        int256 newBase;
        int256 longIndex;
        int256 shortIndex;
        int256 stored;
        int256 quote;
        int256 delta;
        uint256 dust;
    }

    struct InterestCase {
        uint32 base;
        uint32 toKink;
        uint32 beyondKink;
        uint32 kink;
        uint32 reserve;
        uint256 debt;
        uint256 supply;
        uint256 elapsed;
        uint256 utilisationWad;
        uint256 rateWad;
        uint256 grown;
        uint256 interest;
        uint256 earned;
    }

    function setUp() public {
        load("funding.json");
    }

    /// @dev The first is the risk model's golden row: r8 = 5e-4, and 2 BTC pay 7.5 an hour.
    function test_CLR20_GoldenRow() public view {
        assertEq(_premiums()[0].premiumWad, 1e15);
        RateCase memory r = _rates()[0];
        assertEq(r.rate8Wad, 5e14);
        assertEq(r.rateWad, 6.25e13);
        AccrualCase memory a = _accruals()[0];
        assertEq(a.rateWad, r.rateWad);
        assertEq(FundingIndex.quoteOf(0, 2e8, a.longDelta, a.shortDelta), -7.5e6);
        assertEq(FundingIndex.quoteOf(0, -2e8, a.longDelta, a.shortDelta), 7.5e6);
    }

    function test_CLR20_EveryPremium() public view {
        PremiumCase[] memory all = _premiums();
        assertGt(all.length, 250);
        for (uint256 i; i < all.length; ++i) {
            assertEq(FundingMath.premium(all[i].bidWad, all[i].askWad, all[i].indexWad), all[i].premiumWad);
        }
        PoolCase[] memory pools = abi.decode(
            cases(".pools", "Case(int256 netBase,uint256 scaleBase,uint256 poolRate,int256 premiumWad)"), (PoolCase[])
        );
        assertGe(pools.length, 250);
        for (uint256 i; i < pools.length; ++i) {
            PoolCase memory c = pools[i];
            assertEq(FundingMath.poolPremium(c.netBase, c.scaleBase, c.poolRate), c.premiumWad);
        }
    }

    function test_CLR20_EveryRate() public view {
        RateCase[] memory all = _rates();
        assertGt(all.length, 250);
        for (uint256 i; i < all.length; ++i) {
            RateCase memory c = all[i];
            FundingParameters memory p = FundingParameters(c.interest, c.band, c.hourlyCap, c.minSamples, 0, 0);
            FundingMath.check(p);
            assertEq(FundingMath.rate8(FundingMath.mean(c.sumWad, c.count), p), c.rate8Wad);
            assertEq(FundingMath.rateOfHour(c.sumWad, c.count, p), c.rateWad);
        }
    }

    function test_CLR20_EveryAccrual() public view {
        AccrualCase[] memory all = _accruals();
        assertGt(all.length, 250);
        for (uint256 i; i < all.length; ++i) {
            AccrualCase memory c = all[i];
            (int256 longDelta, int256 shortDelta, uint256 surplus) =
                FundingIndex.accrue(c.rateWad, c.priceWad, c.elapsed, c.openLong, c.openShort);
            assertEq(longDelta, c.longDelta);
            assertEq(shortDelta, c.shortDelta);
            assertEq(surplus, c.surplus);
        }
    }

    function test_CLR20_EveryChangeOfBase() public view {
        ShiftCase[] memory all = abi.decode(
            cases(
                ".shifts",
                "Case(int256 oldBase,int256 newBase,int256 longIndex,int256 shortIndex,int256 stored,int256 quote,int256 delta,uint256 dust)"
            ),
            (ShiftCase[])
        );
        assertGe(all.length, 250);
        for (uint256 i; i < all.length; ++i) {
            ShiftCase memory c = all[i];
            (int256 delta, uint256 dust) = FundingIndex.shift(c.oldBase, c.newBase, c.longIndex, c.shortIndex);
            assertEq(delta, c.delta);
            assertEq(dust, c.dust);
            assertEq(FundingIndex.quoteOf(c.stored, c.oldBase, c.longIndex, c.shortIndex), c.quote);
        }
    }

    function test_CLR20_EveryInterest() public view {
        InterestCase[] memory all = abi.decode(
            cases(
                ".interest",
                "Case(uint32 base,uint32 toKink,uint32 beyondKink,uint32 kink,uint32 reserve,uint256 debt,uint256 supply,uint256 elapsed,uint256 utilisationWad,uint256 rateWad,uint256 grown,uint256 interest,uint256 earned)"
            ),
            (InterestCase[])
        );
        assertGe(all.length, 250);
        for (uint256 i; i < all.length; ++i) {
            InterestCase memory c = all[i];
            InterestCurve memory curve = InterestCurve(c.base, c.toKink, c.beyondKink, c.kink, c.reserve);
            assertEq(UtilisationCurve.utilisation(c.debt, c.supply), c.utilisationWad);
            assertEq(UtilisationCurve.rate(c.utilisationWad, curve), c.rateWad);
            assertEq(UtilisationCurve.grow(c.debt, c.rateWad, c.elapsed), c.grown);
            assertEq(UtilisationCurve.earned(c.interest, curve), c.earned);
        }
    }

    function _premiums() private view returns (PremiumCase[] memory) {
        return abi.decode(
            cases(".premiums", "Case(uint256 bidWad,uint256 askWad,uint256 indexWad,int256 premiumWad)"), (PremiumCase[])
        );
    }

    function _rates() private view returns (RateCase[] memory) {
        return abi.decode(
            cases(
                ".rates",
                "Case(uint32 interest,uint32 band,uint32 hourlyCap,uint8 minSamples,int256 sumWad,uint256 count,int256 rate8Wad,int256 rateWad)"
            ),
            (RateCase[])
        );
    }

    function _accruals() private view returns (AccrualCase[] memory) {
        return abi.decode(
            cases(
                ".accruals",
                "Case(int256 rateWad,uint256 priceWad,uint256 elapsed,uint256 openLong,uint256 openShort,int256 longDelta,int256 shortDelta,uint256 surplus)"
            ),
            (AccrualCase[])
        );
    }
}
