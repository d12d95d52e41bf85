// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {Digest} from "../../../contracts/libraries/Digest.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {Pair} from "../../../contracts/types/Pair.sol";
import {HubTestBase} from "./HubTestBase.sol";

/// @notice What heartbeats tell: when both ends are settled, when they accuse, and when that stops credit.
contract LaneTest is HubTestBase {
    uint32 private constant LAG = 600;

    function setUp() public override {
        super.setUp();
        hub.listLane(A_EID, LEASE, LAG);
    }

    // ---- settled ----

    function test_CLR04_AgreementSettlesTheLane() public {
        uint256 term = Digest.deposit(accounts[0], USDC, 0, 500e6);
        vm.warp(block.timestamp + 30);
        vm.expectEmit(address(hub));
        emit IHubLedger.LaneSettled(A_EID, 1, uint40(block.timestamp - 10));
        _beat(1, block.timestamp - 10, depositSection(accounts[0], USDC, 500e6), 0, term);
        IHubLedger.Lane memory lane = hub.laneOf(A_EID);
        assertEq(lane.digest, term);
        assertEq(lane.settledTime, block.timestamp - 10);
        assertEq(lane.arrivedUpTo, 1);
        assertEq(lane.divergedSince, 0);
    }

    /// @dev Terms cancel: however a total came to be, the digest is that of what is held now.
    function test_CLR04_OnlyTheLatestOfATotalCounts() public {
        _beat(1, 1, depositSection(accounts[0], USDC, 100e6), 0, Digest.deposit(accounts[0], USDC, 0, 100e6));
        _beat(2, 2, depositSection(accounts[0], USDC, 170e6), 0, Digest.deposit(accounts[0], USDC, 0, 170e6));
        Pair memory pair = Pair(2e8, -1e6, 0, 7);
        bytes memory item = pairItem(indexOf(0), BTC_INDEX, pair.base, pair.quote, 0, pair.version);
        uint256 digest;
        unchecked {
            digest = Digest.deposit(accounts[0], USDC, 0, 170e6) + Digest.pair(accounts[0], btcPerp, pair.pack());
        }
        _beat(3, 3, bytes.concat(names(), section(ReportCodec.PAIR, 1, item)), 0, digest);
        assertEq(hub.laneOf(A_EID).digest, digest);
        assertEq(hub.laneOf(A_EID).divergedSince, 0);
    }

    /// @dev A report overtakes another: nothing is settled, nobody accused, until the other has come.
    function test_CLR03_ReportsOutOfOrderSettleWhenAllAreThere() public {
        uint256 first = Digest.deposit(accounts[0], USDC, 0, 100e6);
        uint256 both;
        unchecked {
            both = first + Digest.deposit(accounts[1], USDC, 0, 50e6);
        }
        _beat(2, 20, depositSection(accounts[1], USDC, 50e6), 0, both);
        assertEq(hub.laneOf(A_EID).divergedSince, 0, "number 1 is missing");
        assertEq(hub.laneOf(A_EID).arrivedUpTo, 0);
        _beat(1, 10, depositSection(accounts[0], USDC, 100e6), 0, first);
        IHubLedger.Lane memory lane = hub.laneOf(A_EID);
        assertEq(lane.digest, both);
        assertEq(lane.arrivedUpTo, 2);
        assertEq(lane.toldTime, 20);
        assertEq(lane.lastSequence, 2);
    }

    /// @dev What was lost for ever is settled by any later report of the same keys.
    function test_CLR04_ALostReportIsSettledByALaterOne() public {
        uint256 lost = Digest.deposit(accounts[0], USDC, 0, 100e6);
        _beat(5, 50, "", 0, lost);
        assertEq(hub.laneOf(A_EID).arrivedUpTo, 0);
        _beat(6, 60, depositSection(accounts[0], USDC, 100e6), 0, lost);
        assertEq(hub.laneOf(A_EID).arrivedUpTo, 6);
        assertEq(hub.laneOf(A_EID).settledTime, block.timestamp, "a later chain time than at listing never comes");
    }

    function test_CLR04_AnOlderReportsDigestIsNotCompared() public {
        uint256 now_ = Digest.deposit(accounts[0], USDC, 0, 100e6);
        _beat(2, 20, depositSection(accounts[0], USDC, 100e6), 0, now_);
        assertEq(hub.laneOf(A_EID).arrivedUpTo, 2);
        // Number 1 told of nothing: by then that was the truth.
        _beat(1, 10, "", 7, 0);
        IHubLedger.Lane memory lane = hub.laneOf(A_EID);
        assertEq(lane.told, now_);
        assertEq(lane.oldestDirty, 0);
        assertEq(lane.divergedSince, 0);
    }

    function test_CLR13_AClockThatRunsAheadSettlesNoLonger() public {
        _beat(1, block.timestamp + 1 days, "", 0, 0);
        assertEq(hub.laneOf(A_EID).settledTime, block.timestamp);
    }

    // ---- diverged ----

    function test_CLR18_ADivergenceThatLastsPausesTheLaneUntilItIsHealed() public {
        deposit(B_EID, 0, USDC, 10_000e6);
        mandate(0, A_EID, 100_00);
        uint256 told = Digest.deposit(accounts[1], USDC, 0, 50e6);
        uint256 since = block.timestamp;
        vm.expectEmit(address(hub));
        emit IHubLedger.LaneDiverged(A_EID, 1, told, 0);
        _beat(1, since, "", 0, told);
        _assertNotDiverged();

        // Long enough, but nothing said of it since; then something, but made too early to tell that it was not repaired.
        vm.warp(since + LAG);
        setPrices(BTC_PRICE, ETH_PRICE);
        hub.renewCredit(A_EID, only(0), "");
        _assertNotDiverged();
        _beat(2, since + LAG - 1, "", 0, told);
        _assertNotDiverged();
        _beat(3, since + LAG, "", 0, told);
        hub.pauseDiverged(A_EID);
        assertTrue(hub.laneOf(A_EID).diverged);
        hub.pauseDiverged(A_EID);
        setPrices(BTC_PRICE, ETH_PRICE);
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_Paused.selector, A_EID));
        hub.renewCredit(A_EID, only(0), "");

        vm.expectEmit(address(hub));
        emit IHubLedger.LaneUnpaused(A_EID, true);
        _beat(4, block.timestamp, depositSection(accounts[1], USDC, 50e6), 0, told);
        assertFalse(hub.laneOf(A_EID).diverged);
        hub.renewCredit(A_EID, only(0), "");
        _assertNotDiverged();
    }

    /// @dev Both times are the spoke's: a clock that runs ahead of the hub's shortens nothing.
    function test_CLR18_RevertWhen_OnlyTheReportThatShowedItSaysSo() public {
        _beat(1, block.timestamp + 3_000, "", 0, 1);
        vm.warp(block.timestamp + 10 * LAG);
        _assertNotDiverged();
    }

    /// @dev A wrong number or time, told once, would keep a lane from ever being heard again: risk's role lifts that.
    function test_CLR18_ALaneRecoversFromANumberAndATimeTooHigh() public {
        deposit(B_EID, 0, USDC, 10_000e6);
        mandate(0, A_EID, 100_00);
        _beat(type(uint64).max, type(uint40).max, "", 0, 0);
        assertEq(hub.laneOf(A_EID).lastChainTime, 0, "no clock");
        vm.warp(block.timestamp + LAG + 1);
        setPrices(BTC_PRICE, ETH_PRICE);
        _beat(2, block.timestamp, depositSection(accounts[1], USDC, 5), 0, Digest.deposit(accounts[1], USDC, 0, 5));
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_LaneBehind.selector, A_EID, LAG + 1, LAG));
        hub.renewCredit(A_EID, only(0), "");
        hub.unpauseLane(A_EID);
        _beat(3, block.timestamp, "", 0, Digest.deposit(accounts[1], USDC, 0, 5));
        hub.renewCredit(A_EID, only(0), "");
        assertEq(hub.creditLineOf(accounts[0], A_EID).validUntil, block.timestamp + LEASE);
    }

    /// @dev A token listed at a vault before its asset is listed here: a stranger's deposit must not stop the lane.
    function test_CLR18_ADepositOfAnUnlistedAssetAccusesNobody() public {
        uint256 first = Digest.deposit(accounts[1], UNLISTED_ASSET, 0, 5);
        uint256 second = Digest.deposit(accounts[1], UNLISTED_ASSET, 0, 9);
        vm.expectEmit(address(hub));
        emit IHubLedger.UnlistedDepositTold(A_EID, accounts[1], UNLISTED_ASSET, 0, 5);
        _beat(1, 1, depositSection(accounts[1], UNLISTED_ASSET, 5), 0, first);
        _beat(2, 2, depositSection(accounts[1], UNLISTED_ASSET, 9), 0, second);
        assertEq(hub.laneOf(A_EID).digest, second);
        assertEq(hub.laneOf(A_EID).divergedSince, 0);
        hub.listAsset(UNLISTED_ASSET, IHubLedger.Asset("BTC", 1_000, 700, 8, true));
        _beat(3, 3, depositSection(accounts[1], UNLISTED_ASSET, 9), 0, second);
        assertEq(hub.balanceOf(accounts[1], UNLISTED_ASSET), 9, "credited when it is reported again");
        _beat(4, 4, depositSection(accounts[1], UNLISTED_ASSET, 11), 0, Digest.deposit(accounts[1], UNLISTED_ASSET, 0, 11));
        assertEq(hub.balanceOf(accounts[1], UNLISTED_ASSET), 11);
        assertEq(hub.laneOf(A_EID).divergedSince, 0);
    }

    /// @dev A report from before the listing may come after it: what the vault told meanwhile still counts, once.
    function test_CLR04_AnOlderDepositAfterTheListingMovesNothing() public {
        uint256 told = Digest.deposit(accounts[1], UNLISTED_ASSET, 0, 9);
        _beat(2, 2, depositSection(accounts[1], UNLISTED_ASSET, 9), 0, told);
        hub.listAsset(UNLISTED_ASSET, IHubLedger.Asset("BTC", 1_000, 700, 8, true));
        _beat(1, 1, depositSection(accounts[1], UNLISTED_ASSET, 5), 0, Digest.deposit(accounts[1], UNLISTED_ASSET, 0, 5));
        assertEq(hub.balanceOf(accounts[1], UNLISTED_ASSET), 9, "all that the vault told");
        assertEq(hub.laneOf(A_EID).digest, told);
        _beat(3, 3, depositSection(accounts[1], UNLISTED_ASSET, 9), 0, told);
        assertEq(hub.balanceOf(accounts[1], UNLISTED_ASSET), 9);
        assertEq(hub.laneOf(A_EID).digest, told);
        assertEq(hub.laneOf(A_EID).divergedSince, 0);
    }

    /// @dev Unpausing forgets which numbers arrived; a difference after it can still be proven.
    function test_CLR18_ADivergenceAfterUnpausingPausesTheLane() public {
        for (uint64 n = 1; n <= 3; ++n) {
            _beat(n, n, "", 0, 0);
        }
        hub.pauseLane(A_EID);
        hub.unpauseLane(A_EID);
        uint256 since = block.timestamp;
        _beat(5, since, "", 0, 1);
        assertEq(hub.laneOf(A_EID).divergedSince, since);
        _assertNotDiverged();
        vm.warp(since + LAG);
        _beat(7, since + LAG, "", 0, 1);
        hub.pauseDiverged(A_EID);
        assertTrue(hub.laneOf(A_EID).diverged);
        // Both agree: from here on a missing number counts again.
        _beat(8, since + LAG, "", 0, 0);
        assertFalse(hub.laneOf(A_EID).diverged);
        _beat(10, since + LAG, "", 0, 1);
        assertEq(hub.laneOf(A_EID).divergedSince, 0, "number 9 is missing");
    }

    function test_CLR18_RevertWhen_AReportIsMissing() public {
        _beat(1, block.timestamp, "", 0, 1);
        assertGt(hub.laneOf(A_EID).divergedSince, 0);
        _beat(3, block.timestamp + LAG, "", 0, 1);
        vm.warp(block.timestamp + LAG + 1);
        _assertNotDiverged();
        _beat(2, block.timestamp, "", 0, 1);
        hub.pauseDiverged(A_EID);
    }

    function test_CLR18_RevertWhen_TheLaneAgrees() public {
        _beat(1, block.timestamp, "", 0, 0);
        vm.warp(block.timestamp + LAG + 1);
        _assertNotDiverged();
    }

    /// @dev Numbers that came early are counted a bounded few at a time, and none is forgotten.
    function test_CLR11_ManyEarlyReportsAreCountedBitByBit() public {
        for (uint64 n = 300; n > 1; --n) {
            _beat(n, n, "", 0, 1);
        }
        assertEq(hub.laneOf(A_EID).arrivedUpTo, 0);
        uint256 gas = gasleft();
        _beat(1, 1, "", 0, 1);
        assertLt(gas - gasleft(), 250_000, "a late report pays for a bounded number of early ones");
        assertEq(hub.laneOf(A_EID).divergedSince, 0);
        uint64 before = hub.laneOf(A_EID).arrivedUpTo;
        assertGt(before, 1);
        for (uint64 n = 301; hub.laneOf(A_EID).arrivedUpTo < n; ++n) {
            assertLt(n, 320);
            _beat(n, n, "", 0, 1);
            uint64 after_ = hub.laneOf(A_EID).arrivedUpTo;
            assertGt(after_, before);
            before = after_;
            if (after_ == n) break;
        }
        assertGt(hub.laneOf(A_EID).divergedSince, 0);
    }

    // ---- behind ----

    function test_CLR06_ASpokeThatIsSilentOrKeepsPairsGetsNoCredit() public {
        deposit(B_EID, 0, USDC, 10_000e6);
        mandate(0, A_EID, 100_00);
        uint256 start = block.timestamp;
        _beat(1, start, "", 0, 0);
        vm.warp(start + LAG);
        setPrices(BTC_PRICE, ETH_PRICE);
        hub.renewCredit(A_EID, only(0), "");
        vm.warp(start + LAG + 1);
        setPrices(BTC_PRICE, ETH_PRICE);
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_LaneBehind.selector, A_EID, LAG + 1, LAG));
        hub.renewCredit(A_EID, only(0), "");

        // Settled again, but a pair waits since the start.
        _beat(2, block.timestamp, "", uint40(start), 0);
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_LaneBehind.selector, A_EID, LAG + 1, LAG));
        hub.renewCredit(A_EID, only(0), "");
        _beat(3, block.timestamp, "", uint40(block.timestamp - 9), 0);
        hub.renewCredit(A_EID, only(0), "");
    }

    /// @dev A spoke that nothing was ever said of may be lent to for a while after its listing.
    function test_CLR06_ANewLaneHasUntilItsFirstReport() public {
        deposit(B_EID, 0, USDC, 10_000e6);
        hub.listLane(HUB_EID, LEASE, LAG);
        mandate(0, HUB_EID, 100_00);
        hub.renewCredit(HUB_EID, only(0), "");
        vm.warp(block.timestamp + LAG + 1);
        setPrices(BTC_PRICE, ETH_PRICE);
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_LaneBehind.selector, HUB_EID, LAG + 1, LAG));
        hub.renewCredit(HUB_EID, only(0), "");
    }

    // ---- a spoke that lies ----

    /// @dev The largest numbers a spoke can tell stop its own lane at the most.
    function test_CLR11_ExtremesOfAHeartbeatRevertNothing() public {
        _beat(type(uint64).max, type(uint40).max, "", type(uint40).max, type(uint256).max);
        _beat(1, 1, "", 0, 0);
        _beat(type(uint64).max, type(uint40).max, depositSection(accounts[0], USDC, 5), 0, 0);
        _beat(77, 0, "", 0, 0);
        _beat(type(uint64).max - 1, 0, "", 0, 0);
        assertEq(hub.laneOf(A_EID).lastSequence, type(uint64).max);
        vm.warp(block.timestamp + LAG);
        _assertNotDiverged();
        assertEq(hub.laneOf(B_EID).lastSequence, 0);
    }

    function test_VaultBalancesAreOnlyTold() public {
        bytes32 before = ledger();
        vm.expectEmit(address(hub));
        emit IHubLedger.VaultBalanceTold(A_EID, USDC, 77);
        deliver(A_EID, report(1, section(ReportCodec.VAULT_BALANCE, 1, ReportCodec.encodeVaultBalance(USDC, 77))));
        assertEq(ledger(), before);
    }

    function _assertNotDiverged() private {
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_NotDiverged.selector, A_EID));
        hub.pauseDiverged(A_EID);
    }


    function _beat(uint64 number, uint256 chainTime, bytes memory sections, uint40 oldest, uint256 digest) private {
        ReportCodec.Heartbeat memory beat = ReportCodec.Heartbeat(oldest == 0 ? 0 : 1, oldest, digest);
        bytes memory header = ReportCodec.encodeHeader(ReportCodec.Header(number, uint40(chainTime)));
        deliver(
            A_EID,
            bytes.concat(header, sections, section(ReportCodec.HEARTBEAT, 1, ReportCodec.encodeHeartbeat(beat)))
        );
    }
}
