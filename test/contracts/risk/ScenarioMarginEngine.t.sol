// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Assessment, Exposure, IMarginEngine, OptionReference} from "../../../contracts/interfaces/IMarginEngine.sol";
import {Epoch} from "../../../contracts/interfaces/IRiskArrays.sol";
import {OptionTerms} from "../../../contracts/interfaces/IPricingModel.sol";
import {HeldLegs, RiskLeg, RiskLegs} from "../../../contracts/mocks/RiskLegs.sol";
import {Discount} from "../../../contracts/pricing/Discount.sol";
import {EpochMove} from "../../../contracts/risk/EpochMove.sol";
import {EpochReader} from "../../../contracts/risk/EpochReader.sol";
import {MarginSettings} from "../../../contracts/risk/MarginSettings.sol";
import {PortfolioMargin, PortfolioRequirement} from "../../../contracts/risk/PortfolioMargin.sol";
import {RiskBook} from "../../../contracts/risk/RiskBook.sol";
import {UnderlyingHoldings, UnderlyingMarket} from "../../../contracts/risk/UnderlyingMargin.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {DefaultMargin} from "../support/DefaultMargin.sol";
import {EngineTestBase} from "./EngineTestBase.sol";

/// @notice Value, requirement, marks and references over live epochs. What the engine says of an account is held against
/// `PortfolioMargin` (to the bit that of TypeScript, by `ScenarioMarginVectors`) over legs whose arrays are computed anew.
contract ScenarioMarginEngineTest is EngineTestBase {
    uint256 private constant ANY_AGE = type(uint256).max;
    uint256 private constant MAX_AGE = 300;

    uint32 private perpetual;
    uint32 private call;
    uint32 private put;

    function setUp() public override {
        super.setUp();
        perpetual = registry.numbersOf(BTC)[0];
        call = list(BTC, WEEK, 62_000, false);
        put = list(BTC, MONTH, 57_000, true);
        list(BTC, MONTH, 60_000, false);
        list(BTC, WEEK, 60_000, true);
        list(ETH, WEEK, 3_100, false);
        list(ETH, WEEK, 2_900, true);
    }

    /// @dev Risk model, section 10: +10 BTC on one chain, −8 on another. No epoch ever: perpetuals need none.
    function test_TheGoldenRow() public view {
        Assessment memory a = engine.assess(one(perpetual, 2e8, -100_000e6, 8e8, 0), MAX_AGE);
        assertEq(a.initialWad, 20_400e18);
        assertEq(a.maintenanceWad, 16_320e18);
        assertEq(a.valueMaintenanceWad, 20_000e18);
        // Gains that are not settled count up to 10,000 for new risk, losses in full.
        assertEq(a.valueInitialWad, 10_000e18);
        a = engine.assess(one(perpetual, 2e8, -140_000e6, 8e8, 0), MAX_AGE);
        assertEq(a.valueInitialWad, -20_000e18);
    }

    /// @dev Any legs in any order, both underlyings, closing allowances, the price moved since the epoch, confidence and age.
    function testFuzz_AnAccountIsWhatItsLegsAre(uint256 seed) public {
        refresh(seed);
        Exposure[] memory held = draw(seed, true);
        _same(engine.assess(held, MAX_AGE), _model(held));
    }

    /// @dev Out of the short way and into it: one that is not fresh between others.
    function test_ManyOfOneUnderlying() public {
        listMany(60);
        refresh(7);
        uint32[] memory numbers = registry.numbersOf(BTC);
        Exposure[] memory held = new Exposure[](numbers.length);
        for (uint256 i; i < held.length; ++i) {
            held[i] = Exposure(
                numbers[held.length - 1 - i], int88(int256(i * 1e7)) - 2e8, int88(int256(i)) - 40, uint96(i % 3), i % 11 == 5 ? 1e8 : 0
            );
        }
        _same(engine.assess(held, MAX_AGE), _model(held));
    }

    function test_CLR13_NewRiskNeedsAYoungEpochNearThePrice() public {
        Exposure[] memory held = one(call, -1e8, 500e6, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(EpochReader.Margin_NoArray.selector, call));
        engine.assess(held, MAX_AGE);
        refreshBoth();
        // An eighth of 15 %: up to 61,125.
        oracle.set(BTC, 61_125e18, NOW);
        _same(engine.assess(held, MAX_AGE), _model(held));
        oracle.set(BTC, 61_126e18, NOW);
        vm.expectRevert(
            abi.encodeWithSelector(EpochReader.Margin_MovedTooFar.selector, BTC, 61_126e18, 60_000e18, 0.15e9 * 0.125e9)
        );
        engine.assess(held, MAX_AGE);
        // To liquidate, the last epoch serves, at any price.
        oracle.set(BTC, 48_000e18, NOW);
        _same(engine.assess(held, ANY_AGE), _model(held));

        vm.warp(NOW + 1 hours + 1);
        oracle.set(BTC, 60_000e18, block.timestamp);
        vm.expectRevert(abi.encodeWithSelector(EpochReader.Margin_StaleEpoch.selector, BTC, 3601, 3600));
        engine.assess(held, MAX_AGE);
        _same(engine.assess(held, ANY_AGE), _model(held));
        vm.warp(NOW + 2 hours);
        vm.expectRevert(abi.encodeWithSelector(IMarginEngine.Margin_StalePrice.selector, BTC, 3599, MAX_AGE));
        engine.assess(held, MAX_AGE);
        _same(engine.assess(held, ANY_AGE), _model(held));
    }

    /// @dev What was carried over into an epoch, as pricing it failed, is good for what is held and not for more.
    function test_ACarriedArrayIsForLiquidationOnly() public {
        refreshBoth();
        surfaces.set(BTC, WEEK, black76, 0, 0, "");
        oracle.set(BTC, 60_000e18, NOW + 1);
        vm.warp(NOW + 1);
        refreshAll(BTC, 20);
        Exposure[] memory held = one(call, -1e8, 500e6, 0, 0);
        InstrumentId id = registry.instrumentOf(call);
        bytes memory refused = abi.encodeWithSelector(EpochReader.Margin_NoArray.selector, call);
        vm.expectRevert(refused);
        engine.assess(held, MAX_AGE);
        vm.expectRevert(refused);
        engine.optionReferenceOf(id);
        assertGt(engine.assess(held, ANY_AGE).initialWad, 5_000e18);
        assertGt(engine.assess(one(put, -1e8, 0, 0, 0), MAX_AGE).initialWad, 0);
    }

    /// @dev Expired: worth what it would pay now and margined until its price is fixed; then its payoff, for which no price is needed.
    function test_AnExpiredOption() public {
        vm.warp(WEEK + 60);
        oracle.set(BTC, 63_500e18, WEEK + 60);
        refreshAll(BTC, 20);
        Exposure[] memory held = one(call, -2e8, 500e6, 0, 0);
        Assessment memory a = engine.assess(held, MAX_AGE);
        // The mark is in 1e-9 of the spot.
        assertApproxEqAbs(a.valueMaintenanceWad, -2_500e18, 2 * 63_500e9);
        assertGt(a.initialWad, 0);
        InstrumentId id = registry.instrumentOf(call);
        assertApproxEqAbs(engine.markOf(id, MAX_AGE), 1_500e18, 63_500e9);

        expiryPrices.set(BTC, WEEK, 63_000e18);
        oracle.set(BTC, 0, 0);
        a = engine.assess(held, MAX_AGE);
        assertEq(abi.encode(a), abi.encode(Assessment(-1_500e18, -1_500e18, 0, 0)));
        assertEq(engine.markOf(id, MAX_AGE), 1_000e18);
        vm.expectRevert(abi.encodeWithSelector(IMarginEngine.Margin_UnsupportedInstrument.selector, id));
        engine.optionReferenceOf(id);
        // A closing allowance of what is settled moves nothing.
        assertEq(abi.encode(engine.assess(one(call, -2e8, 500e6, 0, 2e8), MAX_AGE)), abi.encode(a));
    }

    function test_RevertWhen_AnInstrumentIsUnknown() public {
        refreshBoth();
        uint32[4] memory numbers = [perpetual + 1, call + 1, perpetual + (900 << 14), perpetual + (9 << 24)];
        for (uint256 i; i < 4; ++i) {
            vm.expectRevert(
                i < 3
                    ? abi.encodeWithSelector(EpochReader.Margin_UnknownNumber.selector, numbers[i])
                    : abi.encodeWithSelector(MarginSettings.Margin_NoParameters.selector, numbers[i] >> 24)
            );
            engine.assess(one(numbers[i], 1, 0, 0, 0), ANY_AGE);
            // Without base it is a gain or a loss.
            assertEq(engine.assess(one(numbers[i], 0, -5, 0, 0), MAX_AGE).valueInitialWad, -5e12);
        }
        InstrumentId unknown = InstrumentIdLib.option(BTC, WEEK, 1e8, false);
        bytes memory refused = abi.encodeWithSelector(IMarginEngine.Margin_UnsupportedInstrument.selector, unknown);
        vm.expectRevert(refused);
        engine.markOf(unknown, ANY_AGE);
        vm.expectRevert(refused);
        engine.optionReferenceOf(unknown);
        vm.expectRevert(abi.encodeWithSelector(MarginSettings.Margin_NotListed.selector, bytes16("SOL")));
        engine.setUnderlyingParameters("SOL", DefaultMargin.parameters(0.25e9), DefaultMargin.limits());
    }

    /// @dev 129 instruments take no new risk, but can be liquidated.
    function test_CLR22_RevertWhen_AStrangerSetsParameters() public {
        bytes memory refused = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(1));
        vm.startPrank(address(1));
        vm.expectRevert(refused);
        engine.setUnderlyingParameters("BTC", DefaultMargin.parameters(0.25e9), DefaultMargin.limits());
        vm.expectRevert(refused);
        engine.setAccountParameters(DefaultMargin.account());
    }

    function test_MoreThan128Instruments() public {
        listMany(125);
        refreshBoth();
        uint32[] memory numbers = registry.numbersOf(BTC);
        Exposure[] memory held = new Exposure[](129);
        for (uint256 i; i < held.length; ++i) {
            held[i] = Exposure(numbers[i], -1e8, 0, 0, 0);
        }
        vm.expectRevert(abi.encodeWithSelector(IMarginEngine.Margin_TooManyInstruments.selector, 129, 128));
        engine.assess(held, MAX_AGE);
        _same(engine.assess(held, ANY_AGE), _modelOf(held, 129));
    }

    /// @dev Whatever the types hold has a result or an error with a name.
    function testFuzz_NoNumberPanics(Exposure[6] memory any, uint256 priceWad, uint256 confidenceWad, uint256 time) public {
        refreshBoth();
        oracle.set(BTC, priceWad >> (time % 256), time);
        oracle.setConfidence(BTC, confidenceWad);
        vm.warp(NOW + time % 60 days);
        Exposure[] memory held = new Exposure[](any.length);
        for (uint256 i; i < held.length; ++i) {
            held[i] = any[i];
            uint32[] memory numbers = registry.numbersOf(i < 4 ? BTC : ETH);
            if (time % 7 != 0) held[i].number = numbers[any[i].number % numbers.length];
        }
        try engine.assess(held, ANY_AGE) {} catch (bytes memory reason) {
            bytes4 selector = bytes4(reason);
            assertTrue(
                selector == EpochReader.Margin_PriceOutOfRange.selector || selector == RiskBook.RiskBook_SizeOutOfRange.selector
                    || selector == IMarginEngine.Margin_StalePrice.selector || selector == MarginSettings.Margin_NoParameters.selector
                    || selector == EpochReader.Margin_UnknownNumber.selector
            );
        }
    }

    /// @dev At the epoch's price the model's, but for the unit of 1e-9 of the spot; a percent further on near what pricing anew says.
    function test_MarksFollowThePrice() public {
        refreshBoth();
        assertEq(engine.markOf(InstrumentIdLib.perpetual(BTC), MAX_AGE), 60_000e18);
        InstrumentId id = registry.instrumentOf(put);
        uint256 mark = engine.markOf(id, MAX_AGE);
        assertLe(mark, _price(id, 60_000e18));
        assertApproxEqAbs(mark, _price(id, 60_000e18), 60_000e9);
        oracle.set(BTC, 60_600e18, NOW);
        assertApproxEqAbs(engine.markOf(id, MAX_AGE), _price(id, 60_600e18), 0.1e18);
        oracle.set(BTC, 120_000e18, NOW);
        vm.expectPartialRevert(EpochReader.Margin_MovedTooFar.selector);
        engine.markOf(id, MAX_AGE);
        // Never below nothing, whatever the polynomial says.
        assertLt(engine.markOf(id, ANY_AGE), 60_000e18);
    }

    /// @dev Mark, delta by pricing anew, and as rate what one unit needs, long or short, whichever is more.
    function test_TheReferenceOfAnOption() public {
        refreshBoth();
        oracle.set(BTC, 60_300e18, NOW - 20);
        for (uint256 i; i < 2; ++i) {
            uint32 number = i == 0 ? call : put;
            InstrumentId id = registry.instrumentOf(number);
            OptionReference memory r = engine.optionReferenceOf(id);
            assertEq(r.markWad, engine.markOf(id, MAX_AGE));
            assertEq(r.spotWad, 60_300e18);
            assertEq(r.time, NOW - 20);
            int256 rise = int256(_price(id, 60_360e18)) - int256(_price(id, 60_240e18));
            assertApproxEqAbs(r.deltaPpb, rise * 1e9 / 120e18, 0.002e9);
            // Each with its whole size offset on another chain; no oracle charge.
            uint256 long = engine.assess(one(number, 1e8, 0, 1e8, 0), MAX_AGE).initialWad;
            uint256 short = engine.assess(one(number, -1e8, 0, 1e8, 0), MAX_AGE).initialWad;
            assertApproxEqAbs(uint256(r.ratePpm) * 60_300e12, long > short ? long : short, 60_300e12);
            assertGe(uint256(r.ratePpm) * 60_300e12, long);
            assertGe(uint256(r.ratePpm) * 60_300e12, short);
        }
    }

    /// @dev A share of everything needs no more than that share, but for rounding: an epoch apart, by a unit of an entry per scenario.
    function testFuzz_AShareOfAnAccountNeedsNoMore(uint256 seed, uint8 share) public {
        refresh(seed);
        Exposure[] memory held = draw(seed, false);
        Assessment memory whole = engine.assess(held, MAX_AGE);
        int256 part = int256(uint256(share) % 100);
        for (uint256 i; i < held.length; ++i) {
            held[i].base = int88(held[i].base * part / 100);
            held[i].offset = uint96(uint256(held[i].offset) * uint256(part) / 100);
        }
        Assessment memory a = engine.assess(held, MAX_AGE);
        // Parts are truncated to 1e-8, of 60,000 dollars at the most and up to three times; entries to 1e-9.
        assertLe(a.initialWad, whole.initialWad * uint256(part) / 100 + held.length * 0.01e18);
        assertLe(a.maintenanceWad, whole.maintenanceWad * uint256(part) / 100 + held.length * 0.01e18);
    }

    /// @dev Closing part of the only instrument; and what is added as quote is added to the value, up to the cap.
    function testFuzz_ClosingPartNeedsNoMore(uint256 seed, int64 base, uint64 part) public {
        refresh(seed);
        uint32[] memory numbers = registry.numbersOf(BTC);
        uint32 number = numbers[seed % numbers.length];
        int256 left = base < 0 ? -int256(uint256(part) % (uint256(-int256(base)) + 1)) : int256(uint256(part) % (uint256(int256(base)) + 1));
        Assessment memory whole = engine.assess(one(number, base, 0, 0, 0), MAX_AGE);
        Assessment memory a = engine.assess(one(number, int88(left), 0, 0, 0), MAX_AGE);
        assertLe(a.initialWad, whole.initialWad + 3e9);
        assertLe(a.maintenanceWad, whole.maintenanceWad + 3e9);
        Assessment memory richer = engine.assess(one(number, base, int88(int256(uint256(part))), 0, 0), MAX_AGE);
        assertEq(richer.valueMaintenanceWad, whole.valueMaintenanceWad + int256(uint256(part)) * 1e12);
        assertGe(richer.valueInitialWad, whole.valueInitialWad);
    }

    /// @dev Before the credit across underlyings, a requirement covers the weighted loss in every scenario.
    function testFuzz_TheRequirementCoversEveryScenario(uint256 seed) public {
        refresh(seed);
        Exposure[] memory held = draw(seed, true);
        UnderlyingHoldings[] memory legs = RiskLegs.sum(_legs(held));
        PortfolioRequirement memory r = PortfolioMargin.requirement(legs, DefaultMargin.account(), block.timestamp);
        assertLe(engine.assess(held, MAX_AGE).initialWad, r.initial + r.crossCreditInitial);
        for (uint256 u; u < legs.length; ++u) {
            RiskBook.Totals memory t = RiskBook.totals(legs[u].book, legs[u].parameters.scanRange / 3, 0, 0, 0);
            (int256[32] memory loss,) = RiskBook.losses(legs[u].book, t, legs[u].parameters.scanRange, legs[u].move);
            for (uint256 s; s < 30; ++s) {
                // Tails weigh less than one; three quarters of the scan range over the move.
                uint256 weight = 1e9;
                if (s == 7 || s == 15 || s > 22 && s < 26) {
                    uint256 move = s == 7 ? 60 : s == 15 ? 35 : s == 23 ? 50 : s == 24 ? 100 : 200;
                    weight = uint256(legs[u].parameters.scanRange) * 75 / move;
                    if (weight > 1e9) weight = 1e9;
                }
                if (loss[s] > 0) assertGe(r.underlyings[u].initial, uint256(loss[s]) * weight / 1e9 * legs[u].market.priceWad / 1e17);
            }
        }
    }

    function _same(Assessment memory found, Assessment memory expected) private pure {
        assertEq(found.valueInitialWad, expected.valueInitialWad);
        assertEq(found.valueMaintenanceWad, expected.valueMaintenanceWad);
        assertEq(found.initialWad, expected.initialWad);
        assertEq(found.maintenanceWad, expected.maintenanceWad);
    }

    function _model(Exposure[] memory held) private view returns (Assessment memory) {
        return _modelOf(held, PortfolioMargin.MAX_INSTRUMENTS);
    }

    function _modelOf(Exposure[] memory held, uint256 most) private view returns (Assessment memory a) {
        HeldLegs[] memory legs = _legs(held);
        UnderlyingHoldings[] memory books = RiskLegs.sum(legs, most);
        PortfolioRequirement memory r = PortfolioMargin.requirement(books, DefaultMargin.account(), block.timestamp);
        (a.initialWad, a.maintenanceWad) = (r.initial, r.maintenance);
        for (uint256 u; u < legs.length; ++u) {
            int256 value = _valueOf(held, u == 0 ? BTC : ETH, books[u]);
            a.valueMaintenanceWad += value;
            a.valueInitialWad += value < 10_000e18 ? value : int256(10_000e18);
        }
    }

    /// @dev The legs of both underlyings, with arrays of the epoch that are computed anew.
    function _legs(Exposure[] memory held) private view returns (HeldLegs[] memory legs) {
        legs = new HeldLegs[](2);
        for (uint256 u; u < 2; ++u) {
            bytes16 underlying = u == 0 ? BTC : ETH;
            HeldLegs memory h = legs[u];
            h.parameters = engine.underlyingParametersOf(underlying).parameters;
            (uint256 price, uint256 confidence, uint256 age) = oracle.read(underlying);
            h.market = UnderlyingMarket(uint128(price), uint128(confidence), uint40(age), 0);
            (Epoch memory e,) = engine.epochOf(underlying);
            h.move = e.priceWad == 0 ? int256(0) : EpochMove.relative(price, e.priceWad);
            h.legs = new RiskLeg[](held.length);
            uint256 count;
            uint16 arrays;
            for (uint256 i; i < held.length; ++i) {
                InstrumentId id = registry.instrumentOf(held[i].number);
                if (id.underlying() != underlying) continue;
                RiskLeg memory leg = RiskLeg(held[i].base, held[i].offset, 0, false, 0, held[i].closing);
                if (id.isOption()) {
                    (leg.expiry, leg.isPut, leg.array) = (id.expiry(), id.isPut(), arrays++);
                    h.arrays = bytes.concat(h.arrays, _arrayOf(_entry(id, e)));
                }
                h.legs[count++] = leg;
            }
            RiskLeg[] memory all = h.legs;
            assembly ("memory-safe") {
                mstore(all, count)
            }
        }
    }

    /// @dev Perpetual and options are each rounded down once.
    function _valueOf(Exposure[] memory held, bytes16 underlying, UnderlyingHoldings memory h) private view returns (int256 value) {
        (Epoch memory e,) = engine.epochOf(underlying);
        int256 marks = h.gained;
        int256 perpetuals;
        for (uint256 i; i < held.length; ++i) {
            InstrumentId id = registry.instrumentOf(held[i].number);
            if (id.underlying() != underlying) continue;
            value += int256(held[i].quote) * 1e12;
            if (id.isPerpetual()) perpetuals += held[i].base;
            else marks += int256(held[i].base) * int256(uint256(uint48(bytes6(_entry(id, e)))));
        }
        value += _floor(perpetuals * int256(uint256(h.market.priceWad)), 1e8);
        value += _floor(marks * int256(uint256(e.priceWad)), 1e17);
    }

    function _entry(InstrumentId id, Epoch memory e) private view returns (bytes memory) {
        return engine.entryOf(id, 0, e.priceWad, e.time, e.scanRange);
    }

    function _arrayOf(bytes memory entry) private pure returns (bytes memory array) {
        array = new bytes(128);
        for (uint256 i; i < 128; ++i) {
            array[i] = entry[16 + i];
        }
    }

    function _floor(int256 a, int256 b) private pure returns (int256) {
        return a / b - (a % b < 0 ? int256(1) : int256(0));
    }

    /// @dev What the model says of an option at a spot, 60 seconds or none after NOW made no difference here.
    function _price(InstrumentId id, uint256 spotWad) private view returns (uint256) {
        return black76.price(
            OptionTerms({
                forwardWad: spotWad * 1.001e18 / 1e18,
                strikeWad: id.strikeWad(),
                yearsWad: Discount.yearsOf(id.expiry() - NOW),
                discountWad: 0.999e18,
                isCall: !id.isPut()
            }),
            abi.encode(0.5e18)
        );
    }
}
