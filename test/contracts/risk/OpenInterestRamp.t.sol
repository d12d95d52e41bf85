// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IMarginEngine} from "../../../contracts/interfaces/IMarginEngine.sol";
import {IHubViews} from "../../../contracts/interfaces/IHubViews.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {UnderlyingLimits, UnderlyingParameters} from "../../../contracts/risk/MarginParameters.sol";
import {MarginSettings} from "../../../contracts/risk/MarginSettings.sol";
import {OpenInterestRamp} from "../../../contracts/risk/OpenInterestRamp.sol";
import {ScenarioMarginEngine} from "../../../contracts/risk/ScenarioMarginEngine.sol";
import {UnderlyingSettings} from "../../../contracts/risk/SettingsLogic.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {HubTestBase} from "../hub/HubTestBase.sol";
import {DefaultMargin} from "../support/DefaultMargin.sol";
import {DeployEngine} from "../support/DeployEngine.sol";
import {StubSurfaces} from "../support/StubOptionMarket.sol";

/// @notice Open interest of the hub's accounts reaches what the engine requires of them, once anyone has told it.
contract OpenInterestRampTest is HubTestBase {
    uint16 private constant CALL_INDEX = 3;
    /// @dev Whole dollars: 5 and 15 BTC.
    uint48 private constant FROM = 300_000;
    uint48 private constant TO = 900_000;
    /// @dev 1e-9 a day: the fastest there is, from none to all within 87 seconds.
    uint40 private constant FAST = 1000e9;
    /// @dev A quarter.
    uint40 private constant SLOW = 0.25e9;

    ScenarioMarginEngine private risk;
    uint40 private expiry;
    uint32 private _version;

    function setUp() public override {
        super.setUp();
        risk = DeployEngine.engine(
            address(manager), oracle, registry, expiryPrices, new StubSurfaces(), DefaultMargin.account()
        );
        _set(TO, FAST);
        hub.setRiskModules(oracle, risk, MAX_PRICE_AGE);
        expiry = uint40(block.timestamp + 7 days);
        InstrumentId call = InstrumentIdLib.option(BTC, expiry, 60_000e8, false);
        hub.listInstrument(call, 150_000, 200, 1_000e8);
        nameAll(A_EID);
        bytes memory name = ReportCodec.encodeInstrument(CALL_INDEX, call);
        deliver(A_EID, report(1, section(ReportCodec.INSTRUMENT, 1, name)));
    }

    /// @dev 1 BTC at 60,000 needs 9,000, and at the upper cap all of the 60,000. Maintenance has no ramp.
    function test_TheInitialRateRisesToAllOfTheNotional() public {
        _trade(0, 1e8);
        // Below the lower cap, at it, and a hundredth of a bitcoin above it.
        _expectShare(0, 9_000e18);
        _trade(2, 4e8);
        _expectShare(0, 9_000e18);
        _trade(2, 4.01e8);
        // 600 of 600,000 dollars.
        _expectShare(1_000, 9_051e18);
        _trade(2, 9e8);
        _expectShare(500_000, 34_500e18);
        _trade(2, 14e8);
        _expectShare(1e6, 60_000e18);
        _trade(2, 200e8);
        _expectShare(1e6, 60_000e18);
        assertEq(hub.marginOf(accounts[0]).maintenanceWad, 7_200e18);
        _trade(2, 0);
        _expectShare(0, 9_000e18);
    }

    /// @dev In dollars, so a price that falls lowers it; options count until they expire.
    function test_ItFollowsThePriceAndTheClock() public {
        _trade(0, 1e8);
        _report(2, CALL_INDEX, 9e8);
        _expectShare(500_000, 34_500e18);
        setPrices(48_000e18, ETH_PRICE);
        _expectShare(300_000, 7_200e18 + 12_240e18);
        vm.warp(expiry);
        setPrices(BTC_PRICE, ETH_PRICE);
        assertEq(hub.marginOf(accounts[0]).initialWad, 9_000e18 + 15_300e18, "until it is told");
        _expectShare(0, 9_000e18);
    }

    /// @dev Other caps change nothing before the next update, which anyone may make.
    function test_OtherParametersKeepTheShareUntilItIsTold() public {
        _trade(0, 1e8);
        _trade(2, 9e8);
        _expectShare(500_000, 34_500e18);
        _set(1_500_000, FAST);
        assertEq(hub.marginOf(accounts[0]).initialWad, 34_500e18);
        _expectShare(250_000, 21_750e18);
    }

    /// @dev What is told first is not charged yet, however long the engine has been there: the ceiling has gone by nothing until then.
    function test_ItRisesNoFasterThanItsRateAndFallsAtOnce() public {
        _set(TO, SLOW);
        _pass(1000 days);
        _tell(0, 0, 0);
        _pass(1000 days);
        _tell(15e8, 1e6, 0);
        // One second at a time is as fast as all at once.
        for (uint256 i; i < 300; ++i) {
            _pass(1);
            _tell(15e8, 1e6, ((i + 1) * 250_000 + 86_399) / 86_400);
        }
        _pass(1 days - 300);
        _tell(15e8, 1e6, 250_000);
        _pass(2 days);
        _tell(10e8, 500_000, 500_000);
        _tell(5e8, 0, 0);
        // Who makes the market empty for a moment does not set the ramp back: the ceiling, 750,000 then, falls no faster than it rises.
        _pass(0.4 days);
        _tell(15e8, 1e6, 650_000);
        _pass(2 days);
        _tell(20e8, 1e6, 1e6);
        // Once it has fallen all the way the ramp begins anew.
        _tell(0, 0, 0);
        _pass(4 days);
        _tell(15e8, 1e6, 0);
    }

    /// @dev A rate counts from when it is set, and other parameters give the ramp no time.
    function test_AnotherRateCountsFromWhenItIsSet() public {
        _set(TO, SLOW);
        _tell(15e8, 1e6, 0);
        _pass(1 days);
        _set(TO, FAST);
        _tell(15e8, 1e6, 250_000);
        _pass(1);
        _tell(15e8, 1e6, 250_000 + 11_575);
        _pass(10);
        _set(TO, 1);
        _tell(15e8, 1e6, 250_000 + 127_315);
        _pass(200 days);
        _tell(15e8, 1e6, 250_000 + 127_316);
    }

    function test_RevertWhen_TheRateIsOutOfRange() public {
        for (uint256 i; i < 2; ++i) {
            uint256 found = i * (1000e9 + 1);
            vm.expectRevert(
                abi.encodeWithSelector(MarginSettings.Margin_ParameterOutOfRange.selector, "rampPerDay", found, 1, 1000e9)
            );
            _set(TO, uint40(found));
        }
    }

    /// @dev However calls are spread, and whatever they tell: never more than is told, nor than the time at which something was told is worth; the
    /// ceiling never moves faster than its rate, and reaches what is told in the end.
    function testFuzz_ItNeverRisesFasterThanItsRate(uint256 seed, uint40 perDay) public {
        perDay = uint40(bound(perDay, 1e6, FAST));
        _set(TO, perDay);
        uint256 told;
        uint256 ceiling;
        uint256 risen;
        for (uint256 i; i < 24; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 elapsed = seed % 4 == 0 ? seed % 1e6 : seed % 3;
            _pass(elapsed);
            if (told != 0) risen += elapsed * perDay;
            told = _share(4e8 + (seed >> 128) % 12e8);
            UnderlyingSettings memory s = risk.underlyingParametersOf(BTC);
            assertEq(s.toldPpm, told);
            assertLe(s.rampPpm, told);
            assertLe(s.rampPpm, (risen + 86.4e6 - 1) / 86.4e6);
            assertLe(s.rampCeiling > ceiling ? s.rampCeiling - ceiling : ceiling - s.rampCeiling, elapsed * perDay);
            ceiling = s.rampCeiling;
        }
        _pass(86.4e12 / perDay + 1);
        assertEq(_share(10e8), 500_000);
        _pass(86.4e12 / perDay + 1);
        assertEq(_share(10e8), risk.underlyingParametersOf(BTC).rampPpm);
    }

    /// @dev As much in parts as at once.
    function testFuzz_CallsInBetweenChangeNothing(uint48 ceiling, uint24 told, uint64 first, uint64 then) public pure {
        uint256 parts = OpenInterestRamp.ceilingOf(OpenInterestRamp.ceilingOf(ceiling, told, first), told, then);
        assertEq(OpenInterestRamp.ceilingOf(ceiling, told, uint256(first) + then), parts);
    }

    function test_RevertWhen_ThereIsNoPriceOrNoneThatIsYoung() public {
        vm.expectRevert(abi.encodeWithSelector(MarginSettings.Margin_NoParameters.selector, 2));
        risk.updateOpenInterest(ETH);
        vm.expectRevert(abi.encodeWithSelector(MarginSettings.Margin_NoParameters.selector, 0));
        risk.updateOpenInterest("SOL");
        vm.warp(block.timestamp + 1 hours);
        risk.updateOpenInterest(BTC);
        vm.warp(block.timestamp + 1);
        vm.expectRevert(abi.encodeWithSelector(IMarginEngine.Margin_StalePrice.selector, BTC, 3601, 3600));
        risk.updateOpenInterest(BTC);
        oracle.set(BTC, 0, block.timestamp);
        vm.expectPartialRevert(IMarginEngine.Margin_StalePrice.selector);
        risk.updateOpenInterest(BTC);
    }

    /// @dev Never less than what it says, and less than a millionth more; more open interest never has a smaller share; nothing overflows.
    function testFuzz_TheShareIsRoundedUp(uint64 base, uint64 more, uint128 price, uint48 from, uint48 to) public pure {
        to = uint48(bound(to, 1, type(uint48).max));
        from = uint48(bound(from, 0, to - 1));
        uint256 share = OpenInterestRamp.shareOf(base, price, from, to);
        assertLe(share, OpenInterestRamp.FULL_PPM);
        assertGe(OpenInterestRamp.shareOf(uint256(base) + more, price, from, to), share);
        // Open interest and caps in 1e-26 dollar.
        uint256 open = uint256(base) * price;
        uint256 width = uint256(to - from) * 1e26;
        uint256 above = open > from * uint256(1e26) ? open - from * uint256(1e26) : 0;
        if (above > width) above = width;
        assertGe(share * width, above * 1e6);
        // A dollar's last digit, 1e8 of these, may be rounded up before.
        if (share != 0) assertLt((share - 1) * width, (above + 1e8) * 1e6);
        assertEq(OpenInterestRamp.shareOf(type(uint256).max, type(uint256).max, from, to), OpenInterestRamp.FULL_PPM);
    }

    /// @dev Told once, and again when the ramp may charge it.
    function _expectShare(uint256 ppm, uint256 initialWad) private {
        risk.updateOpenInterest(BTC);
        _pass(87);
        _expectTold(hub.openInterestOf(BTC), ppm, ppm);
        assertEq(hub.marginOf(accounts[0]).initialWad, initialWad);
    }

    function _expectTold(uint256 open, uint256 sharePpm, uint256 rampPpm) private {
        (uint256 price,) = oracle.latest(BTC);
        vm.expectEmit(address(risk));
        emit MarginSettings.OpenInterestUpdated(BTC, open, price, sharePpm, rampPpm);
        vm.prank(address(1));
        risk.updateOpenInterest(BTC);
        assertEq(risk.underlyingParametersOf(BTC).rampPpm, rampPpm);
    }

    /// @dev Open interest as the engine finds it, whatever accounts hold.
    function _tell(uint256 open, uint256 sharePpm, uint256 rampPpm) private {
        vm.mockCall(address(hub), abi.encodeCall(IHubViews.openInterestOf, BTC), abi.encode(open));
        _expectTold(open, sharePpm, rampPpm);
    }

    /// @return ppm what it makes, not what is charged
    function _share(uint256 open) private returns (uint256 ppm) {
        vm.mockCall(address(hub), abi.encodeCall(IHubViews.openInterestOf, BTC), abi.encode(open));
        risk.updateOpenInterest(BTC);
        return OpenInterestRamp.shareOf(open, BTC_PRICE, FROM, TO);
    }

    /// @dev With prices as they are, and as young.
    function _pass(uint256 elapsed) private {
        (uint256 price,) = oracle.latest(BTC);
        vm.warp(block.timestamp + elapsed);
        setPrices(price, ETH_PRICE);
    }

    function _set(uint48 to, uint40 rampPerDay) private {
        UnderlyingLimits memory limits = DefaultMargin.limits();
        limits.rampPerDay = rampPerDay;
        risk.setUnderlyingParameters(BTC, _parameters(FROM, to), limits);
    }

    /// @dev Long, of one trader, from now on.
    function _trade(uint256 trader, int256 base) private {
        _report(trader, BTC_INDEX, base);
    }

    function _report(uint256 trader, uint16 index, int256 base) private {
        bytes memory item = pairItem(indexOf(trader), index, base, 0, 0, ++_version);
        deliver(A_EID, report(1, section(ReportCodec.PAIR, 1, item)));
    }

    function _parameters(uint48 from, uint48 to) private pure returns (UnderlyingParameters memory p) {
        p = DefaultMargin.parameters(0.15e9);
        (p.openInterestFrom, p.openInterestTo) = (from, to);
    }
}
