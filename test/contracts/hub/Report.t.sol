// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {PackedPosition} from "../../../contracts/hub/PackedPosition.sol";
import {PayoutId} from "../../../contracts/libraries/PayoutId.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {HubTestBase} from "./HubTestBase.sol";

/// @notice What each kind of item does, and what a bad one does not.
contract ReportTest is HubTestBase {
    // ---- names ----

    function test_NamesBindAnIndexOnce() public {
        nameAll(A_EID);
        assertTrue(hub.accountAt(A_EID, 1) == accounts[0]);
        assertTrue(hub.instrumentAt(A_EID, ETH_INDEX) == ethPerp);

        bytes memory rebind = bytes.concat(
            section(ReportCodec.ACCOUNT, 1, ReportCodec.encodeAccount(1, accounts[1])),
            section(ReportCodec.INSTRUMENT, 1, ReportCodec.encodeInstrument(BTC_INDEX, ethPerp))
        );
        vm.expectEmit(true, true, false, false);
        emit IHubLedger.ReportItemSkipped(A_EID, bytes32(uint256(2)), 1, bytes32(uint256(1)), "IndexBound");
        deliver(A_EID, report(block.timestamp, rebind));

        assertTrue(hub.accountAt(A_EID, 1) == accounts[0], "account kept");
        assertTrue(hub.instrumentAt(A_EID, BTC_INDEX) == btcPerp, "instrument kept");
        assertEq(AccountId.unwrap(hub.accountAt(B_EID, 1)), 0, "a name is of one spoke");
    }

    function test_NamesRefuseIndexZeroAndUnlistedInstruments() public {
        bytes memory bad = bytes.concat(
            section(ReportCodec.ACCOUNT, 1, ReportCodec.encodeAccount(0, accounts[1])),
            section(
                ReportCodec.INSTRUMENT,
                2,
                bytes.concat(
                    ReportCodec.encodeInstrument(0, btcPerp),
                    ReportCodec.encodeInstrument(3, InstrumentIdLib.perpetual("DOGE"))
                )
            )
        );
        deliver(A_EID, report(block.timestamp, bad));
        assertEq(AccountId.unwrap(hub.accountAt(A_EID, 0)), 0);
        assertEq(InstrumentId.unwrap(hub.instrumentAt(A_EID, 0)), 0);
        assertEq(InstrumentId.unwrap(hub.instrumentAt(A_EID, 3)), 0);

        // Sent again once listed, it heals.
        hub.listInstrument(InstrumentIdLib.perpetual("DOGE"), 400_000, 200, 1e18);
        deliver(A_EID, report(block.timestamp, bad));
        assertTrue(hub.instrumentAt(A_EID, 3) == InstrumentIdLib.perpetual("DOGE"));
    }

    // ---- deposits ----

    function test_DepositCreditsOnlyWhatIsNew() public {
        deliver(A_EID, report(1, depositSection(accounts[0], USDC, 100e6)));
        deliver(A_EID, report(1, depositSection(accounts[0], USDC, 100e6)));
        deliver(A_EID, report(1, depositSection(accounts[0], USDC, 40e6)));
        assertEq(hub.balanceOf(accounts[0], USDC), 100e6);
        deliver(A_EID, report(1, depositSection(accounts[0], USDC, 130e6)));
        deliver(B_EID, report(1, depositSection(accounts[0], USDC, 7e6)));
        assertEq(hub.balanceOf(accounts[0], USDC), 137e6, "a total is of one spoke");
        assertEq(hub.liquidityOf(A_EID, USDC).total, 130e6);
        assertEq(hub.liquidityOf(B_EID, USDC).total, 7e6);
        deliver(A_EID, report(1, depositSection(accounts[0], WETH, 5e8)));
        assertEq(hub.balanceOf(accounts[0], WETH), 5e8);
        assertConserved();
    }

    function test_DepositOfUnknownPurposeOrAssetIsSkipped() public {
        bytes32 before = ledger();
        bytes memory items = bytes.concat(
            ReportCodec.encodeDeposit(ReportCodec.Deposit(accounts[0], USDC, 1, 5e6)),
            ReportCodec.encodeDeposit(ReportCodec.Deposit(accounts[0], UNLISTED_ASSET, 0, 5e6)),
            ReportCodec.encodeDeposit(ReportCodec.Deposit(accounts[0], 0, 0, 5e6))
        );
        deliver(A_EID, report(1, section(ReportCodec.DEPOSIT, 3, items)));
        assertEq(ledger(), before);
        assertEq(hub.liquidityOf(A_EID, UNLISTED_ASSET).total, 0);
    }

    // ---- pairs ----

    function test_CLR02_PairsNetOverSpokes() public {
        nameAll(A_EID);
        nameAll(B_EID);
        reportTrade(A_EID, 0, 1, 3e8, 180_000e6);
        reportTrade(B_EID, 1, 0, 1e8, 61_000e6);

        IHubLedger.NetPosition memory p = hub.positionOf(accounts[0], btcPerp);
        assertEq(p.base, 2e8);
        assertEq(p.quote, -119_000e6);
        assertEq(p.longs, 3e8);
        assertEq(p.shorts, 1e8);
        assertEq(hub.instrumentsOf(accounts[0]).length, 1);
        assertClosed(btcPerp);
    }

    function test_PairReplacesAndNeverAdds() public {
        nameAll(A_EID);
        reportPair(A_EID, 0, 3e8, -180_000e6, 0, 2);
        reportPair(A_EID, 0, 3e8, -180_000e6, 0, 2);
        reportPair(A_EID, 0, 9e8, -1e6, 0, 1);
        assertEq(hub.positionOf(accounts[0], btcPerp).base, 3e8, "older and equal versions are ignored");
        reportPair(A_EID, 0, -2e8, 110_000e6, 0, 3);
        IHubLedger.NetPosition memory p = hub.positionOf(accounts[0], btcPerp);
        assertEq(p.base, -2e8);
        assertEq(p.quote, 110_000e6);
        assertEq(p.longs, 0);
        assertEq(p.shorts, 2e8);
    }

    function test_PairWithoutNamesIsSkippedAndHeals() public {
        bytes memory pair = section(ReportCodec.PAIR, 1, pairItem(1, BTC_INDEX, 1e8, -60_000e6, 0, 1));
        deliver(A_EID, report(1, pair));
        assertEq(hub.positionOf(accounts[0], btcPerp).base, 0);
        deliver(A_EID, report(1, bytes.concat(names(), pair)));
        assertEq(hub.positionOf(accounts[0], btcPerp).base, 1e8);
    }

    function test_CLR06_PairBeyondTheCeilingIsSkippedAndAlarmed() public {
        deposit(A_EID, 0, USDC, 10_000e6);
        nameAll(A_EID);
        grant(0, A_EID, 100_00);
        bytes32 before = ledger();

        vm.expectEmit(true, false, true, true);
        emit IHubLedger.LaneAlarm(A_EID, 0, accounts[0], "BeyondCeiling");
        reportPair(A_EID, 0, 1e6, -600e6, 100_01, 1);
        assertEq(ledger(), before, "nothing applied");

        reportPair(A_EID, 0, 1e6, -600e6, 100_00, 1);
        assertEq(outstanding(0, A_EID), 0, "the ceiling itself is fine");
    }

    function test_PairWhoseUsedFallsIsSkippedAndAlarmed() public {
        deposit(A_EID, 0, USDC, 10_000e6);
        nameAll(A_EID);
        grant(0, A_EID, 100_00);
        reportPair(A_EID, 0, 1e6, -600e6, 90_00, 1);
        bytes32 before = ledger();
        vm.expectEmit(true, false, true, true);
        emit IHubLedger.LaneAlarm(A_EID, 0, accounts[0], "UsedFell");
        reportPair(A_EID, 0, 1e6, -600e6, 89_99, 2);
        assertEq(ledger(), before);
    }

    /// @dev The largest pairs that any vault may hold, on every lane there can be, add up without wrapping.
    function test_CLR11_TheLargestPairsAddUpOnAllLanes() public {
        hub.listInstrument(btcPerp, 150_000, 200, uint88(PackedPosition.MAX_BASE - 1));
        int256 most = int256(PackedPosition.MAX_BASE) - 1;
        int256 mostQuote = int256(PackedPosition.MAX_QUOTE) - 1;
        for (uint32 eid = 1; eid <= 29; ++eid) {
            hub.listLane(eid, LEASE, MAX_LAG);
            setPeer(eid, vaultOf(eid));
        }
        for (uint256 sign; sign < 2; ++sign) {
            int256 base = sign == 0 ? most : -most;
            uint32[] memory lanes = hub.eids();
            assertEq(lanes.length, 32);
            for (uint256 i; i < lanes.length; ++i) {
                nameAll(lanes[i]);
                reportPair(lanes[i], 0, base, sign == 0 ? -mostQuote : mostQuote, 0, uint32(1 + sign));
            }
            IHubLedger.NetPosition memory p = hub.positionOf(accounts[0], btcPerp);
            assertEq(p.base, 32 * base);
            assertEq(p.quote, sign == 0 ? -32 * mostQuote : 32 * mostQuote);
            assertEq(p.longs, sign == 0 ? uint256(32 * most) : 0);
            assertEq(p.shorts, sign == 0 ? 0 : uint256(32 * most));
        }
    }

    /// @dev What no honest vault can hold is skipped, alarmed, and changes nothing.
    function test_CLR11_ImpossiblePairsAreSkipped() public {
        nameAll(A_EID);
        nameAll(B_EID);
        // Of the instrument: the power of two above what one account may hold on a spoke, 1,000 units.
        int256 limit = 2 ** 37;
        int256[3] memory bases = [limit, -limit, type(int88).min];
        bytes32 before = ledger();
        for (uint256 i; i < bases.length; ++i) {
            vm.expectEmit(true, false, true, true);
            emit IHubLedger.LaneAlarm(A_EID, 0, accounts[0], "BaseTooLarge");
            reportPair(A_EID, 0, bases[i], 0, 0, 1);
        }
        int256[3] memory quotes = [int256(PackedPosition.MAX_QUOTE), -int256(PackedPosition.MAX_QUOTE), type(int88).min];
        for (uint256 i; i < quotes.length; ++i) {
            vm.expectEmit(true, false, true, true);
            emit IHubLedger.LaneAlarm(A_EID, 0, accounts[0], "QuoteTooLarge");
            reportPair(A_EID, 0, 0, quotes[i], 0, 1);
        }
        assertEq(ledger(), before);
    }

    /// @dev A spoke cannot give an account or an instrument a second index: one lane, one pair.
    function test_CLR05_NothingIsNamedTwiceOnALane() public {
        nameAll(A_EID);
        deliver(A_EID, report(1, section(ReportCodec.ACCOUNT, 1, ReportCodec.encodeAccount(77, accounts[0]))));
        deliver(A_EID, report(1, section(ReportCodec.INSTRUMENT, 1, ReportCodec.encodeInstrument(77, btcPerp))));
        assertEq(AccountId.unwrap(hub.accountAt(A_EID, 77)), 0);
        assertEq(InstrumentId.unwrap(hub.instrumentAt(A_EID, 77)), 0);
        nameAll(B_EID);
        assertTrue(hub.accountAt(B_EID, indexOf(0)) == accounts[0], "another lane has names of its own");
    }

    // ---- credit states ----

    function test_CLR06_CreditStateBeforeTheLeaseEndsReleasesNothing() public {
        deposit(A_EID, 0, USDC, 10_000e6);
        nameAll(A_EID);
        grant(0, A_EID, 100_00);
        deliver(A_EID, report(block.timestamp + LEASE - 1, creditStateSection(0, 10_00)));
        IHubLedger.CreditLine memory line = hub.creditLineOf(accounts[0], A_EID);
        assertEq(line.ceiling, 100_00);
        assertEq(line.usedSeen, 10_00);
    }

    function test_CLR06_CreditStateAfterTheLeaseReleasesToUsedSeenNotApplied() public {
        deposit(A_EID, 0, USDC, 10_000e6);
        nameAll(A_EID);
        grant(0, A_EID, 100_00);
        reportPair(A_EID, 0, 1e6, -600e6, 10_00, 1);
        deliver(A_EID, report(block.timestamp + LEASE, creditStateSection(0, 35_00)));
        IHubLedger.CreditLine memory line = hub.creditLineOf(accounts[0], A_EID);
        assertEq(line.ceiling, 35_00, "to the highest used total seen");
        assertEq(outstanding(0, A_EID), 25_00, "what is used but not applied stays reserved");
        assertEq(line.limit, 100_00, "limits never go down");
    }

    /// @dev An older state that comes late tells a lower total: it must not release what a newer one has shown used.
    function test_CLR03_LateCreditStateCannotReleaseBelowWhatWasSeen() public {
        deposit(A_EID, 0, USDC, 10_000e6);
        nameAll(A_EID);
        grant(0, A_EID, 100_00);
        uint256 end = block.timestamp + LEASE;
        deliver(A_EID, report(end - 1, creditStateSection(0, 40_00)));
        deliver(A_EID, report(end, creditStateSection(0, 30_00)));
        assertEq(hub.creditLineOf(accounts[0], A_EID).ceiling, 40_00);
        // A vault that lies about its total cannot bring the ceiling below what it reported pair by pair.
        deliver(A_EID, report(end, section(ReportCodec.PAIR, 1, pairItem(1, BTC_INDEX, 1e6, -600e6, 40_00, 1))));
        deliver(A_EID, report(end, creditStateSection(0, 0)));
        assertEq(outstanding(0, A_EID), 0);
    }

    function test_CreditStateBeyondTheCeilingIsSkippedAndAlarmed() public {
        deposit(A_EID, 0, USDC, 10_000e6);
        nameAll(A_EID);
        grant(0, A_EID, 100_00);
        bytes32 before = ledger();
        deliver(A_EID, report(block.timestamp + LEASE, creditStateSection(0, 100_01)));
        assertEq(ledger(), before);
    }

    /// @dev A renewal between the report and its arrival: the report no longer proves anything.
    function test_CLR06_RenewalOutdatesAReleaseOnItsWay() public {
        deposit(A_EID, 0, USDC, 10_000e6);
        nameAll(A_EID);
        grant(0, A_EID, 100_00);
        vm.warp(block.timestamp + LEASE);
        bytes memory onItsWay = report(block.timestamp, creditStateSection(0, 0));
        setPrices(BTC_PRICE, ETH_PRICE);
        hub.renewCredit(A_EID, only(0), "");
        deliver(A_EID, onItsWay);
        assertEq(outstanding(0, A_EID), 100_00);
    }

    // ---- payout results ----

    function test_CLR10_RankOnlyRisesAndPaidFreesOnce() public {
        bytes32 id = _payout(60e6);
        assertEq(hub.liquidityOf(B_EID, USDC).reserved, 60e6);
        deliver(B_EID, report(1, payoutSection(id, PayoutId.CLAIM)));
        assertEq(hub.liquidityOf(B_EID, USDC).reserved, 60e6, "a claim keeps its liquidity reserved");
        for (uint256 i; i < 3; ++i) {
            deliver(B_EID, report(1, payoutSection(id, PayoutId.PAID)));
            deliver(B_EID, report(1, payoutSection(id, PayoutId.CLAIM)));
        }
        assertEq(hub.payoutOf(id).rank, PayoutId.PAID);
        assertEq(hub.liquidityOf(B_EID, USDC).reserved, 0);
        assertEq(hub.liquidityOf(B_EID, USDC).total, 40e6);
        assertConserved();
    }

    function test_CLR10_CancelledRefundsOnceAndFreesTheReserve() public {
        bytes32 id = _payout(60e6);
        assertEq(hub.balanceOf(accounts[0], USDC), 40e6);
        deliver(B_EID, report(1, payoutSection(id, PayoutId.CLAIM)));
        for (uint256 i; i < 3; ++i) {
            deliver(B_EID, report(1, payoutSection(id, PayoutId.CANCELLED)));
            deliver(B_EID, report(1, payoutSection(id, PayoutId.CLAIM)));
        }
        assertEq(hub.payoutOf(id).rank, PayoutId.CANCELLED);
        assertEq(hub.balanceOf(accounts[0], USDC), 100e6, "refunded once");
        assertEq(hub.liquidityOf(B_EID, USDC).reserved, 0);
        assertEq(hub.liquidityOf(B_EID, USDC).total, 100e6);
        assertConserved();
    }

    function test_CLR10_CancelledCollateralGoesBackToTheCollateral() public {
        deposit(A_EID, 0, WETH, 5e8);
        deposit(B_EID, 2, WETH, 5e8);
        bytes32 id = hub.process(requestSigned(0, orderOf(0, WETH, 2e8, B_EID, 1)), "");
        deliver(B_EID, report(1, payoutSection(id, PayoutId.CANCELLED)));
        assertEq(hub.balanceOf(accounts[0], WETH), 5e8);
        assertConserved();
    }

    /// @dev The other end coming later, from a vault that lies, pays and refunds nothing.
    function test_CLR10_TheOtherEndIsIgnoredAndAlarmed() public {
        uint8[2] memory ends = [PayoutId.PAID, PayoutId.CANCELLED];
        for (uint256 i; i < 2; ++i) {
            bytes32 id = _payoutNumber(10e6, uint64(i + 1));
            deliver(B_EID, report(1, payoutSection(id, ends[i])));
            bytes32 before = ledger();
            vm.expectEmit(true, false, true, true);
            emit IHubLedger.LaneAlarm(B_EID, 0, accounts[0], "TwoTerminals");
            deliver(B_EID, report(1, payoutSection(id, ends[1 - i])));
            assertEq(ledger(), before);
            assertEq(hub.payoutOf(id).rank, ends[i]);
            assertConserved();
        }
    }

    function test_CLR05_PayoutResultOfAnotherLaneIsSkipped() public {
        bytes32 id = _payout(60e6);
        bytes32 before = ledger();
        deliver(A_EID, report(1, payoutSection(id, PayoutId.PAID)));
        deliver(HUB_EID, report(1, payoutSection(id, PayoutId.PAID)));
        deliver(B_EID, report(1, payoutSection(keccak256("unknown"), PayoutId.PAID)));
        deliver(B_EID, report(1, payoutSection(id, 0)));
        deliver(B_EID, report(1, payoutSection(id, 4)));
        assertEq(ledger(), before);
        assertEq(hub.payoutOf(id).rank, 0);
    }

    function _payout(uint64 amount) private returns (bytes32) {
        return _payoutNumber(amount, 1);
    }

    function _payoutNumber(uint64 amount, uint64 nonce) private returns (bytes32) {
        deposit(A_EID, 0, USDC, 100e6);
        deposit(B_EID, 2, USDC, 100e6);
        return hub.process(requestSigned(0, orderOf(0, USDC, amount, B_EID, nonce)), "");
    }
}
