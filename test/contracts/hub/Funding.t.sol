// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {FundingIndex} from "../../../contracts/funding/FundingIndex.sol";
import {FundingLimits} from "../../../contracts/funding/FundingLimits.sol";
import {PackedPosition} from "../../../contracts/hub/PackedPosition.sol";
import {IFundingRates} from "../../../contracts/interfaces/IFundingRates.sol";
import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {IMarginEngine} from "../../../contracts/interfaces/IMarginEngine.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {StubFundingRates} from "../support/StubFundingRates.sol";
import {HubTestBase} from "./HubTestBase.sol";

/// @notice The hub charges funding of what it knows, and no order of reports, accruals and settlements makes money of it.
contract FundingTest is HubTestBase {
    int256 private constant UNIT = 1e20;
    /// @dev Of eight hours 0.05 %, of one an eighth: the risk model's golden row.
    int256 private constant RATE = 6.25e13;

    StubFundingRates private rates;
    uint256 private start;
    uint32 private _version;

    function setUp() public override {
        super.setUp();
        rates = new StubFundingRates();
        hub.setFundingRates(rates);
        start = block.timestamp;
        assertEq(start % 1 hours, 0);
        uint32[3] memory all = lanes_();
        for (uint256 i; i < 3; ++i) {
            nameAll(all[i]);
        }
        for (uint256 h = start / 1 hours - 2; h < start / 1 hours + 30; ++h) {
            rates.set(BTC, h, RATE);
        }
    }

    /// @dev Risk model, section 10: 2 BTC at 60,000 pay 7.5 an hour, and who is short of them on another chain gets as much.
    function test_GoldenRow() public {
        reportTrade(A_EID, 0, 1, 2e8, 120_000e6);
        _fund(50 minutes);
        _pass(10 minutes);
        vm.expectEmit(address(hub));
        emit IHubLedger.FundingAccrued(btcPerp, RATE, BTC_PRICE, 10 minutes, 3.75e18, 3.75e18, 0);
        hub.accrueFunding(btcPerp, "");
        assertEq(hub.positionOf(accounts[0], btcPerp).quote, -120_007_500_000);
        assertEq(hub.positionOf(accounts[1], btcPerp).quote, 120_007_500_000);
        assertEq(hub.marginOf(accounts[0]).equityInitialWad, -7.5e18);
        assertEq(hub.marginOf(accounts[1]).equityInitialWad, 7.5e18);
        assertEq(hub.fundingOf(btcPerp).kept, 0);
        _assertExact();
    }

    /// @dev Funding that was paid becomes cash as any other gain does: only as far as who paid it has some.
    function test_FundingIsSettledLikeEveryGain() public {
        reportTrade(A_EID, 0, 1, 2e8, 120_000e6);
        deposit(A_EID, 0, USDC, 5e6);
        _fund(1 hours);
        hub.settle(btcPerp, ascending(accounts), "");
        assertEq(hub.balanceOf(accounts[0], USDC), 0);
        assertEq(hub.balanceOf(accounts[1], USDC), 5e6);
        assertEq(hub.marginOf(accounts[1]).equityInitialWad, 7.5e18);
        deposit(A_EID, 0, USDC, 5e6);
        hub.settle(btcPerp, ascending(accounts), "");
        assertEq(hub.balanceOf(accounts[0], USDC), 2.5e6);
        assertEq(hub.balanceOf(accounts[1], USDC), 7.5e6);
        assertConserved();
        assertClosed(btcPerp);
    }

    /// @dev Each second at the rate of the hour before, whoever calls when: five minutes at each of two rates.
    function test_ACallOverTheTurnOfAnHourUsesBothRates() public {
        reportTrade(A_EID, 0, 1, 1e8, 60_000e6);
        _fund(50 minutes);
        _pass(5 minutes);
        hub.accrueFunding(btcPerp, "");
        rates.set(BTC, start / 1 hours, -2 * RATE);
        uint256 snapshot = vm.snapshotState();
        _pass(10 minutes);
        hub.accrueFunding(btcPerp, "");
        IHubLedger.FundingState memory once = hub.fundingOf(btcPerp);
        // 3.75 an hour: an hour of it, less five minutes of twice as much the other way.
        assertEq(once.longIndexWad, 3.75e18 - 0.625e18);
        assertEq(once.travelWad, 3.75e18 + 0.625e18);
        vm.revertToState(snapshot);
        for (uint256 i; i < 5; ++i) {
            _pass(2 minutes);
            hub.accrueFunding(btcPerp, "");
        }
        assertEq(hub.fundingOf(btcPerp).longIndexWad, once.longIndexWad);
        assertEq(hub.fundingOf(btcPerp).shortIndexWad, once.shortIndexWad);
    }

    /// @dev However long nobody called: who opens just before an accrual and closes after it receives less than the fees of his two trades and of
    /// those against him, 0.08 % of 60,000, even at the cap of 0.4 % an hour. Nothing is made up for later.
    function test_BeyondTenMinutesNothingIsCharged() public {
        rates.set(BTC, start / 1 hours + 8, 0.004e18);
        rates.set(BTC, start / 1 hours + 9, 0.004e18);
        _pass(10 hours);
        reportTrade(A_EID, 0, 1, 1e8, 60_000e6);
        hub.accrueFunding(btcPerp, "");
        assertEq(hub.fundingOf(btcPerp).longIndexWad, 40e18);
        assertEq(hub.positionOf(accounts[1], btcPerp).quote, 60_040e6);
        assertEq(hub.fundingOf(btcPerp).accruedAt, block.timestamp);
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_AlreadyAccrued.selector, btcPerp, block.timestamp));
        hub.accrueFunding(btcPerp, "");
    }

    function test_CLR13_WithoutAFreshPriceOrRatesNothingIsCharged() public {
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_AlreadyAccrued.selector, btcPerp, start));
        hub.accrueFunding(btcPerp, "");
        vm.warp(start + 1 hours);
        vm.expectRevert(
            abi.encodeWithSelector(IMarginEngine.Margin_StalePrice.selector, BTC, 1 hours, MAX_PRICE_AGE)
        );
        hub.accrueFunding(btcPerp, "");
        hub.accrueFunding(btcPerp, abi.encode(BTC, BTC_PRICE));
        // A rate beyond all caps is nobody's.
        _pass(1 hours);
        rates.set(BTC, start / 1 hours, 0.04e18 + 1);
        vm.expectPartialRevert(FundingLimits.Funding_OutOfRange.selector);
        hub.accrueFunding(btcPerp, "");
    }

    function test_OnlyListedPerpetualsAreFunded() public {
        vm.expectRevert(
            abi.encodeWithSelector(IHubLedger.Hub_NoFunding.selector, InstrumentIdLib.perpetual("SOL"))
        );
        hub.accrueFunding(InstrumentIdLib.perpetual("SOL"), "");
        vm.prank(address(1));
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(1)));
        hub.setFundingRates(rates);
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_InvalidParameter.selector, bytes32("fundingRates"), 1));
        hub.setFundingRates(IFundingRates(address(1)));
        assertEq(address(hub.fundingRates()), address(rates));
    }

    /// @dev Nets over chains, flips, both sides in one report, one side alone.
    function test_OpenInterestIsThatOfNetPositions() public {
        reportTrade(A_EID, 0, 1, 3e8, 180_000e6);
        _assertOpen(3e8, 3e8);
        // Trader 0 is long 3 on A and short 5 on B: net short 2.
        reportTrade(B_EID, 2, 0, 5e8, 300_000e6);
        _assertOpen(5e8, 5e8);
        _report(HUB_EID, 3, 7e8, -420_000e6);
        _assertOpen(12e8, 5e8);
        _report(A_EID, 0, 0, 0);
        _assertOpen(12e8, 8e8);
    }

    /// @dev Of longs of 10 against shorts of 5 the shorts get what they would, and the rest nobody: it is kept. The other way round 10 share what 5 pay.
    function test_ReceiptsAreScaledToPayments() public {
        reportTrade(A_EID, 0, 1, 5e8, 300_000e6);
        _report(HUB_EID, 3, 5e8, -300_000e6);
        _fund(1 hours);
        assertEq(hub.fundingOf(btcPerp).kept, 5 * 3.75e26);
        rates.set(BTC, start / 1 hours, -RATE);
        _fund(1 hours);
        assertEq(hub.fundingOf(btcPerp).shortIndexWad, 0);
        assertEq(hub.fundingOf(btcPerp).longIndexWad, 3.75e18 - 1.875e18);
        assertEq(hub.fundingOf(btcPerp).kept, 5 * 3.75e26);
        _assertExact();
    }

    /// @dev Whatever arrives, in whatever order, with accruals and settlements in between.
    function testFuzz_CLR02_CLR03_NoOrderMakesMoney(uint256 seed) public {
        uint32[3] memory all = lanes_();
        for (uint256 i; i < TRADERS; ++i) {
            deposit(A_EID, i, USDC, 1e12);
        }
        for (uint256 i; i < 24; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 what = seed % 8;
            if (what < 5) {
                int256 base = int256((seed >> 16) % 2 ** (1 + (seed >> 8) % 36)) * ((seed >> 60) % 2 == 0 ? int256(1) : -1);
                _report(all[(seed >> 64) % 3], (seed >> 72) % TRADERS, base, int256((seed >> 80) % 2e12) - 1e12);
            } else if (what < 7) {
                _rate(int256((seed >> 16) % 0.08e18) - 0.04e18);
                vm.warp(block.timestamp + 1 + (seed >> 96) % 7200);
                setPrices(1 + (seed >> 128) % 2 ** (1 + (seed >> 120) % 76), ETH_PRICE);
                hub.accrueFunding(btcPerp, "");
            } else {
                hub.settle(btcPerp, ascending(accounts), "");
            }
            _assertExact();
        }
    }

    /// @dev The widest position that 32 lanes can tell, at the end of the indices' travel: everything fits, and funding stops by name.
    function test_CLR11_TheLargestPositionsAtTheEndOfTheTravel() public {
        hub.listInstrument(btcPerp, 150_000, 200, uint88(PackedPosition.MAX_BASE - 1));
        for (uint32 eid = 1; eid <= 29; ++eid) {
            hub.listLane(eid, LEASE, MAX_LAG);
            setPeer(eid, vaultOf(eid));
            nameAll(eid);
        }
        _reportWidest(1, 1);
        uint256 limit = FundingIndex.travelLimit(74);
        assertEq(limit, 3_200e18);
        // 4 % of 120,000 an hour, four times ten minutes: all that there is.
        for (uint256 i; i < 5; ++i) {
            _rate(i % 2 == 0 ? int256(0.04e18) : int256(-0.04e18));
            vm.warp(block.timestamp + 10 minutes);
            setPrices(120_000e18, ETH_PRICE);
            if (i == 4) {
                vm.expectRevert(
                    abi.encodeWithSelector(IHubLedger.Hub_FundingExhausted.selector, btcPerp, 4_000e18, limit)
                );
                hub.accrueFunding(btcPerp, "");
                return;
            }
            hub.accrueFunding(btcPerp, "");
            // From end to end, so that every step is paid for.
            _reportWidest(i % 2 == 0 ? int256(-1) : int256(1), uint32(2 + i));
            _assertExact();
        }
    }

    /// @dev Larger pairs need room that indices which have travelled may have used up.
    function test_RoomForPairsOnlyGrows_AndNotBeyondTheTravel() public {
        assertEq(hub.fundingOf(btcPerp).baseBits, 37);
        hub.listInstrument(btcPerp, 150_000, 200, 1);
        assertEq(hub.fundingOf(btcPerp).baseBits, 37);
        for (uint256 i; i < 2; ++i) {
            _rate(0.04e18);
            _fund(1 hours);
        }
        assertEq(hub.fundingOf(btcPerp).travelWad, 4_800e18);
        uint88 tooMuch = 2 ** 74 - 1;
        vm.expectRevert(
            abi.encodeWithSelector(IHubLedger.Hub_InvalidParameter.selector, bytes32("maxBase"), tooMuch)
        );
        hub.listInstrument(btcPerp, 150_000, 200, tooMuch);
        hub.listInstrument(btcPerp, 150_000, 200, tooMuch / 2);
        assertEq(hub.fundingOf(btcPerp).baseBits, 73);
    }

    /// @dev What is charged now is the rate of the hour before.
    function _rate(int256 rateWad) private {
        rates.set(BTC, block.timestamp / 1 hours - 1, rateWad);
    }

    function _reportWidest(int256 sign, uint32 version) private {
        uint32[] memory all = hub.eids();
        int256 base = sign * (int256(PackedPosition.MAX_BASE) - 1);
        int256 quote = -sign * (int256(PackedPosition.MAX_QUOTE) - 1);
        for (uint256 i; i < all.length; ++i) {
            reportPair(all[i], 0, base, quote, 0, version);
        }
        assertEq(hub.positionOf(accounts[0], btcPerp).base, int256(all.length) * base);
    }

    /// @dev Charged every ten minutes, so that nothing is forgone.
    function _fund(uint256 elapsed) private {
        for (; elapsed != 0; elapsed -= 10 minutes) {
            _pass(10 minutes);
            hub.accrueFunding(btcPerp, "");
        }
    }

    function _pass(uint256 elapsed) private {
        vm.warp(block.timestamp + elapsed);
        setPrices(BTC_PRICE, ETH_PRICE);
    }

    /// @dev One pair as it is from now on.
    function _report(uint32 eid, uint256 trader, int256 base, int256 quote) private {
        reportPair(eid, trader, base, quote, 0, 100 + ++_version);
    }

    function _assertOpen(uint256 long, uint256 short) private view {
        assertEq(hub.fundingOf(btcPerp).openLong, long);
        assertEq(hub.fundingOf(btcPerp).openShort, short);
    }

    /// @dev Σ quotes + what is kept = Σ pairs + variation pool, but for the fractions that each open position is told without; and
    /// open interest is what it is.
    function _assertExact() private view {
        int256 quotes;
        int256 pairs;
        uint256 openLong;
        uint256 openShort;
        uint32[] memory all = hub.eids();
        for (uint256 i; i < accounts.length; ++i) {
            IHubLedger.NetPosition memory p = hub.positionOf(accounts[i], btcPerp);
            quotes += p.quote;
            if (p.base > 0) openLong += uint256(int256(p.base));
            else openShort += uint256(-int256(p.base));
            for (uint256 lane; lane < all.length; ++lane) {
                pairs += hub.pairOf(all[lane], indexOf(i), BTC_INDEX).quote;
            }
        }
        IHubLedger.FundingState memory f = hub.fundingOf(btcPerp);
        assertEq(f.openLong, openLong, "open interest, long");
        assertEq(f.openShort, openShort, "open interest, short");
        int256 gap = (pairs + int256(hub.variationPoolOf(btcPerp)) - quotes) * UNIT - int256(f.kept);
        assertGe(gap, 0, "CLR-03: funding made money");
        assertLt(gap, int256(accounts.length) * UNIT, "CLR-02: what is kept");
    }
}
