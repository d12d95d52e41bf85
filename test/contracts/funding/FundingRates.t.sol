// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {FundingLimits} from "../../../contracts/funding/FundingLimits.sol";
import {FundingParameters} from "../../../contracts/funding/FundingMath.sol";
import {BookSample, FundingRates} from "../../../contracts/funding/FundingRates.sol";
import {IClearingHub} from "../../../contracts/interfaces/IClearingHub.sol";
import {IFundingRates} from "../../../contracts/interfaces/IFundingRates.sol";
import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {SignerQuorum} from "../../../contracts/oracle/SignerQuorum.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {SignersTestBase} from "../oracle/support/SignersTestBase.sol";

/// @notice What is asked of the hub here: one account's position.
contract OnePosition {
    AccountId private immutable account;
    int120 private _base;

    constructor(AccountId account_) {
        account = account_;
    }

    function set(int120 base) external {
        _base = base;
    }

    function positionOf(AccountId account_, InstrumentId instrument)
        external
        view
        returns (IHubLedger.NetPosition memory p)
    {
        if (account_ == account && instrument.isPerpetual()) p.base = _base;
    }
}

contract FundingRatesTest is SignersTestBase {
    struct SamplesCase {
        uint48 time;
        bytes16[] underlying;
        uint128[] bidWad;
        uint128[] askWad;
        uint128[] indexWad;
        bytes32 hash;
    }

    bytes16 private constant BTC = "BTC";
    bytes16 private constant ETH = "ETH";
    bytes16 private constant POOLED = "POOLED";
    AccountId private constant POOL = AccountId.wrap(bytes32(uint256(1)));

    OnePosition private hub;
    FundingRates private rates;
    FundingParameters private defaults = FundingParameters(100_000, 500_000, 4_000_000, 30, 0, 0);
    /// @dev `time` is the start of an hour.
    uint256 private hour;

    function setUp() public override {
        super.setUp();
        hour = time / 1 hours;
        assertEq(hour * 1 hours, time);
        hub = new OnePosition(POOL);
        rates = new FundingRates(address(manager), signers, IClearingHub(address(hub)));
        rates.setTerms(BTC, defaults, AccountId.wrap(0));
        rates.setTerms(ETH, defaults, AccountId.wrap(0));
        FundingParameters memory pooled = defaults;
        (pooled.poolRate, pooled.poolScale) = (2_000_000, 100e8);
        rates.setTerms(POOLED, pooled, POOL);
    }

    /// @dev Risk model, section 10.
    function test_GoldenHour() public {
        for (uint256 i; i < 60; ++i) {
            vm.warp(time + i * 60 + 7);
            _post(time + i * 60 + 5, _btc(60_060e18, 60_080e18));
        }
        (int256 sum, uint256 count,) = rates.samplesOf(BTC, hour);
        assertEq(sum, 60 * 1e15);
        assertEq(count, 60);
        vm.warp(time + 1 hours);
        assertEq(rates.rateOfHour(BTC, hour), 6.25e13);
        assertEq(rates.rateOfHour(BTC, hour - 1), 0);
        assertEq(rates.rateOfHour("UNKNOWN", hour), 0);
    }

    function test_AnHourThatIsNotOverHasNoRateYet() public {
        vm.expectRevert(abi.encodeWithSelector(IFundingRates.Funding_HourNotOver.selector, hour, hour));
        rates.rateOfHour(BTC, hour);
    }

    function test_FewerSamplesThanTheMinimumAreNoRate() public {
        for (uint256 i; i < 29; ++i) {
            vm.warp(time + i * 60);
            _post(time + i * 60, _btc(70_000e18, 70_001e18));
        }
        uint256 snapshot = vm.snapshotState();
        vm.warp(time + 1 hours);
        assertEq(rates.rateOfHour(BTC, hour), 0);
        vm.revertToState(snapshot);
        vm.warp(time + 59 minutes);
        _post(time + 59 minutes, _btc(70_000e18, 70_001e18));
        vm.warp(time + 1 hours);
        assertEq(rates.rateOfHour(BTC, hour), 0.004e18);
    }

    function test_AMinuteKeepsItsFirstSample_AndTimeRises() public {
        vm.warp(time + 200);
        _post(time + 130, _btc(60_060e18, 60_080e18));
        // The same minute, an earlier one: nothing. The next one counts.
        _post(time + 179, _btc(90_000e18, 90_080e18));
        _post(time + 60, _btc(90_000e18, 90_080e18));
        (int256 sum, uint256 count, uint256 minute) = rates.samplesOf(BTC, hour);
        assertEq(sum, 1e15);
        assertEq(count, 1);
        assertEq(minute, time / 60 + 2);
        _post(time + 180, _btc(60_000e18, 60_000e18));
        (sum, count,) = rates.samplesOf(BTC, hour);
        assertEq(sum, 1e15);
        assertEq(count, 2);
    }

    function test_OnlyWhileItsHourLasts() public {
        vm.warp(time + 1 hours);
        BookSample[] memory samples = _btc(60_060e18, 60_080e18);
        bytes[] memory none = new bytes[](0);
        vm.expectRevert(abi.encodeWithSelector(FundingRates.Funding_HourOver.selector, time + 3599, time + 3600));
        rates.post(time + 3599, samples, none);
        vm.expectRevert(abi.encodeWithSelector(FundingRates.Funding_TimeAhead.selector, time + 3601, time + 3600));
        rates.post(time + 3601, samples, none);
        _post(time + 3600, samples);
        vm.expectRevert(abi.encodeWithSelector(FundingRates.Funding_TooManySamples.selector, 65, 64));
        rates.post(time + 3600, new BookSample[](65), none);
    }

    function test_TakesTheQuorumThatSignsPrices() public {
        BookSample[] memory samples = _btc(60_060e18, 60_080e18);
        bytes32 digest = rates.digest(time, samples);
        bytes[] memory one = new bytes[](1);
        one[0] = sign(keys[0], digest);
        vm.expectRevert(abi.encodeWithSelector(SignerQuorum.Signers_BelowQuorum.selector, 1, 2));
        rates.post(time, samples, one);
        // What was signed for another minute is signed by nobody known.
        bytes[] memory others = signed(digest, 0, 1);
        vm.warp(time + 60);
        vm.expectPartialRevert(SignerQuorum.Signers_Unknown.selector);
        rates.post(time + 60, samples, others);
    }

    function test_CLR20_DigestIsThatOfTypeScript() public {
        load("funding.json");
        SamplesCase[] memory all = abi.decode(
            cases(
                ".samples",
                "Case(uint48 time,bytes16[] underlying,uint128[] bidWad,uint128[] askWad,uint128[] indexWad,bytes32 hash)"
            ),
            (SamplesCase[])
        );
        assertEq(all.length, 3);
        for (uint256 i; i < all.length; ++i) {
            SamplesCase memory c = all[i];
            BookSample[] memory samples = new BookSample[](c.underlying.length);
            for (uint256 j; j < samples.length; ++j) {
                samples[j] = BookSample(c.underlying[j], c.bidWad[j], c.askWad[j], c.indexWad[j]);
            }
            bytes32 expected = digestByHand("CausewayFundingRates", address(rates), c.hash);
            assertEq(rates.digest(c.time, samples), expected);
        }
    }

    function test_WhatSaysNothingStopsNoOther() public {
        BookSample[] memory samples = new BookSample[](6);
        samples[0] = BookSample("UNKNOWN", 1, 2, 1);
        samples[1] = BookSample(POOLED, 1, 2, 1);
        samples[2] = BookSample(BTC, 60_080e18, 60_060e18, 60_000e18);
        samples[3] = BookSample(BTC, 0, 0, 60_000e18);
        samples[4] = BookSample(BTC, 1, 2, 0);
        samples[5] = BookSample(ETH, 0, type(uint128).max, 3_000e18);
        for (uint256 i; i < 5; ++i) {
            vm.expectEmit(address(rates));
            emit FundingRates.SampleRefused(samples[i].underlying, time, samples[i]);
        }
        vm.expectEmit(address(rates));
        emit FundingRates.Sampled(ETH, time, 0);
        _post(time, samples);
        (, uint256 count,) = rates.samplesOf(BTC, hour);
        assertEq(count, 0);
        (, count,) = rates.samplesOf(ETH, hour);
        assertEq(count, 1);
    }

    /// @dev κ = 0.2 % at 100 units; the pool is short what all others are long.
    function test_WithoutABookThePoolsPositionIsTheSample() public {
        bytes16[] memory names = new bytes16[](1);
        names[0] = POOLED;
        hub.set(-50e8);
        for (uint256 i; i < 60; ++i) {
            if (i == 30) hub.set(400e8);
            vm.warp(time + i * 60);
            rates.samplePools(names);
            rates.samplePools(names);
        }
        (int256 sum, uint256 count,) = rates.samplesOf(POOLED, hour);
        assertEq(count, 60);
        assertEq(sum, 30 * 0.001e18 - 30 * 0.002e18);
        vm.warp(time + 1 hours);
        // The mean is −0.05 %, and the band takes back as much.
        assertEq(rates.rateOfHour(POOLED, hour), 0);
        names[0] = BTC;
        vm.expectRevert(abi.encodeWithSelector(FundingRates.Funding_NoPool.selector, BTC));
        rates.samplePools(names);
    }

    function test_CLR22_TermsAreForARoleAndHaveBounds() public {
        vm.prank(address(1));
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(1)));
        rates.setTerms(BTC, defaults, POOL);
        FundingParameters memory p = defaults;
        p.hourlyCap = 0;
        vm.expectRevert(
            abi.encodeWithSelector(FundingLimits.Funding_OutOfRange.selector, "hourlyCap", 0, 1, 40_000_000)
        );
        rates.setTerms(BTC, p, AccountId.wrap(0));
        vm.expectPartialRevert(FundingLimits.Funding_OutOfRange.selector);
        rates.setTerms(BTC, defaults, POOL);
    }

    function _btc(uint128 bidWad, uint128 askWad) private pure returns (BookSample[] memory samples) {
        samples = new BookSample[](1);
        samples[0] = BookSample(BTC, bidWad, askWad, 60_000e18);
    }

    function _post(uint256 at, BookSample[] memory samples) private {
        bytes32 digest = rates.digest(uint48(at), samples);
        rates.post(uint48(at), samples, signed(digest, 0, 1));
    }
}
