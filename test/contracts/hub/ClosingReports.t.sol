// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {ClosingTestBase} from "./ClosingTestBase.sol";

/// @notice What spokes tell of closing allowances, what the hub counts of them (CLR-06), and what a thief tries.
contract ClosingReportsTest is ClosingTestBase {
    struct Command {
        bool isBuy;
        uint256 maxBase;
        uint256 credit;
        uint256 version;
        uint256 validUntil;
    }

    /// What a vault that obeys knows and has let happen.
    struct Spoke {
        Command obeyed;
        uint256[2] used;
        uint256 usedCredit;
        int256 base;
        uint256 usedOpening;
        uint32 pairVersion;
    }

    mapping(uint32 eid => bytes[]) private _inFlight;
    mapping(uint32 eid => Command[]) private _commands;
    mapping(uint32 eid => Spoke) private _spokes;

    function test_CLR03_UseArrivesWithThePairThatItIsIn() public {
        deposit(A_EID, 0, USDC, 20_000e6);
        _grant(B_EID);
        bytes memory early = report(block.timestamp, _state(B_EID, 1, 1, 0, 4e7, 130_00));
        vm.expectEmit(true, false, false, false, address(hub));
        emit IHubLedger.ReportItemSkipped(B_EID, 0, 0, 0, 0);
        deliver(B_EID, early);
        assertEq(_of(B_EID).unusedSells, 1e8, "the net does not have it yet");

        reportPair(B_EID, 0, -4e7, 23_995e6, 0, 1);
        assertEq(_of(B_EID).unusedSells, 1e8, "nor is it told");
        deliver(B_EID, early);
        assertEq(abi.encode(_of(B_EID)), abi.encode(_line(0, 6e7, 1_070_00, false, 0, 4e7, 1, 130_00)));
        bytes32 before = keccak256(abi.encode(_of(B_EID)));
        deliver(B_EID, report(block.timestamp, _state(B_EID, 1, 1, 0, 3e7, 100_00)));
        deliver(B_EID, early);
        assertEq(keccak256(abi.encode(_of(B_EID))), before, "late and twice");
        // The cumulative limit stays; the net that is left can be held again, no more.
        _grant(B_EID);
        assertEq(_of(B_EID).unusedSells, 6e7);
        assertEq(endpoint.last().message, _command(false, 1e8, 1_200_00, 2));
    }

    /// @dev Thief (c), (d).
    function test_CLR06_OnlyAReportFromAfterTheLeaseReleases() public {
        deposit(A_EID, 0, USDC, 20_000e6);
        _grant(B_EID);
        uint256 end = block.timestamp + LEASE;
        bytes memory late = report(end - 1, _state(B_EID, 1, 0, 0, 0, 0));
        vm.warp(end + 50);
        setPrices(BTC_PRICE, ETH_PRICE);
        deliver(B_EID, late);
        assertEq(_of(B_EID).unusedSells, 1e8, "it was made before");
        _refused(A_EID, btcPerp, "HeldAlready");
        // A renewal moves the end: what was proof of the first lease is none of the second.
        bytes memory proof = report(end, _state(B_EID, 1, 0, 0, 0, 0));
        _grant(B_EID);
        deliver(B_EID, proof);
        assertEq(_of(B_EID).unusedSells, 1e8);
        vm.warp(end + 50 + LEASE);
        setPrices(BTC_PRICE, ETH_PRICE);
        deliver(B_EID, report(block.timestamp, _state(B_EID, 1, 0, 0, 0, 0)));
        assertEq(_of(B_EID).unusedSells + _of(B_EID).unusedCredit, 0);
        assertEq(hub.marginOf(accounts[0]).initialWad, 9_000e18);
        assertEq(hub.marginOf(accounts[0]).closingWad, 0);
        // Nothing can be used of the old limit any more, so the next may be lower.
        reportPair(A_EID, 0, 5e7, -30_000e6, 0, 2);
        _grant(B_EID);
        assertEq(_of(B_EID).unusedSells, 5e7);
        assertEq(_of(B_EID).version, 3);
    }

    /// @dev Thief (e): nothing changes, and somebody is told.
    function test_CLR08_ASpokeThatTellsMoreThanWasGrantedIsNotBelieved() public {
        deposit(A_EID, 0, USDC, 20_000e6);
        reportPair(B_EID, 0, 0, 0, 0, 1);
        _alarmed(_state(B_EID, 1, 1, 0, 0, 0), "ClosingUnknown");
        _grant(B_EID);
        _alarmed(_state(B_EID, 2, 1, 0, 0, 0), "ClosingUnknown");
        _alarmed(_state(B_EID, 1, 1, 0, 1e8 + 1, 0), "BeyondClosing");
        _alarmed(_state(B_EID, 1, 1, 1, 0, 0), "BeyondClosing");
        _alarmed(_state(B_EID, 1, 1, 0, 0, 1_200_01), "BeyondClosing");
        _alarmed(_state(B_EID, 1, 1, type(uint88).max, type(uint88).max, type(uint64).max), "BeyondClosing");
        assertEq(_of(B_EID).unusedSells, 1e8);
    }

    /// @dev Thief (a). He may sell 1 on B, sells 2 on A with credit, and his net is −1: with what B still lets him, −2.
    function test_CLR06_ANetThatTurnedCountsWhatStillLeadsAwayFromZero() public {
        deposit(A_EID, 0, USDC, 40_000e6);
        _grant(B_EID);
        hub.renewCredit(A_EID, only(0), "");
        reportPair(A_EID, 0, -1e8, 60_000e6, 18_000_00, 2);
        IHubLedger.MarginState memory m = hub.marginOf(accounts[0]);
        assertEq(m.initialWad, 18_000e18, "2 sold, of which 1 may not be");
        assertEq(m.equityMaintenanceWad, 40_000e18, "worth the same");
        // He gets buys, and both count: from −2 up to 0.
        _grant(B_EID);
        assertEq(_of(B_EID).unusedBuys, 1e8);
        assertEq(_of(B_EID).unusedSells, 1e8);
        assertEq(hub.marginOf(accounts[0]).initialWad, 18_000e18);
        _assertCovered();
        // B obeys the latest command, which gives no sells any more.
        deliver(B_EID, report(block.timestamp, _state(B_EID, 2, 0, 0, 0, 0)));
        assertEq(_of(B_EID).unusedBuys, 1e8);
        assertEq(_of(B_EID).unusedSells, 0);
        assertEq(hub.marginOf(accounts[0]).initialWad, 9_000e18);
    }

    /// @dev Renewing faster than the spoke obeys and reports, which anyone can, must not keep sells counted that the net turned away from. Nor
    /// may what obeyed an earlier turn of the same side release what a later one may still let be used.
    function test_CLR06_TheSideThatTheNetLeftIsReleasedHoweverOftenTheOtherIsRenewed() public {
        deposit(A_EID, 0, USDC, 60_000e6);
        _grant(B_EID);
        reportPair(A_EID, 0, -1e8, 60_000e6, 0, 2);
        _grant(B_EID);
        _grant(B_EID);
        assertEq(_of(B_EID).turnedAt, 2);
        deliver(B_EID, report(block.timestamp, _state(B_EID, 1, 0, 0, 0, 0)));
        assertEq(_of(B_EID).unusedSells, 1e8, "it obeys what gives sells");
        bytes memory told = report(block.timestamp, _state(B_EID, 2, 0, 0, 0, 0));
        deliver(B_EID, told);
        assertEq(_of(B_EID).unusedSells, 0);
        assertEq(_of(B_EID).unusedBuys, 1e8);
        // Back to sells: version 2 gives buys.
        reportPair(A_EID, 0, 1e8, -60_000e6, 0, 3);
        _grant(B_EID);
        _grant(B_EID);
        assertEq(_of(B_EID).turnedAt, 4);
        deliver(B_EID, told);
        deliver(B_EID, report(block.timestamp, _state(B_EID, 3, 0, 0, 0, 0)));
        assertEq(_of(B_EID).unusedBuys, 1e8, "it obeys what gives buys");
        deliver(B_EID, report(block.timestamp, _state(B_EID, 4, 0, 0, 0, 0)));
        assertEq(_of(B_EID).unusedBuys, 0);
        assertEq(_of(B_EID).unusedSells, 1e8);
        _assertCovered();
    }

    /// @dev Where the net became zero, either way.
    function test_CLR06_AFlatNetThatMayStillBeTradedKeepsItsRequirement() public {
        deposit(A_EID, 0, USDC, 40_000e6);
        _grant(B_EID);
        reportPair(A_EID, 0, 0, 0, 0, 2);
        assertEq(hub.marginOf(accounts[0]).initialWad, 9_000e18);
        setPrices(BTC_PRICE / 2, ETH_PRICE);
        assertEq(hub.marginOf(accounts[0]).equityMaintenanceWad, 40_000e18);
    }

    /// @dev Either the spoke tells that it obeys it, though it was never lent credit to open, or the allowance has ended.
    function test_AFreezeIsNotObeyedEverywhereWhileAClosingAllowanceMayBeUsed() public {
        deposit(A_EID, 0, USDC, 20_000e6);
        _grant(B_EID);
        hub.setFreeze(accounts[0], true, 1, sign(0, hub.hashFreeze(accounts[0], true, 1)));
        assertFalse(hub.isFrozenEverywhere(accounts[0]));
        uint256 snapshot = vm.snapshotState();
        bytes memory obeys = ReportCodec.encodeCreditState(ReportCodec.CreditState(indexOf(0), 0, 1, true, 0));
        deliver(B_EID, report(block.timestamp, section(ReportCodec.CREDIT_STATE, 1, obeys)));
        assertTrue(hub.isFrozenEverywhere(accounts[0]));
        assertEq(_of(B_EID).unusedSells, 1e8);
        vm.revertToState(snapshot);
        vm.warp(block.timestamp + LEASE);
        deliver(B_EID, report(block.timestamp, _state(B_EID, 1, 0, 0, 0, 0)));
        assertTrue(hub.isFrozenEverywhere(accounts[0]));
    }

    /// @dev Whatever an honest spoke does and whichever of its reports and of the hub's commands are lost, late or repeated: what the hub counts
    /// as granted covers all that was used and all that any command that may still come or is obeyed can let be used; and right
    /// after a grant equity covers it.
    function testFuzz_CLR06_WhatIsUnusedCoversWhatSpokesMayLetBeUsed(uint256 seed) public {
        deposit(A_EID, 0, USDC, 60_000e6);
        mandate(0, HUB_EID, 1_000_000_00);
        uint32[3] memory all = lanes_();
        (_spokes[A_EID].base, _spokes[A_EID].pairVersion) = (1e8, 1);
        for (uint256 step; step < 60; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint32 eid = all[(seed >> 8) % 3];
            uint256 action = seed % 8;
            if (action == 0) _tryGrant(eid, (seed >> 16) % 2 == 0 ? wallet : stranger);
            else if (action == 1) _obey(eid, seed >> 16);
            else if (action < 4) _close(eid, seed >> 16);
            else if (action == 4) _openAnyWay(eid, seed >> 16);
            else if (action == 5) _tell(eid);
            else if (action == 6) _deliverAny(eid, seed >> 16);
            else {
                vm.warp(block.timestamp + (seed >> 16) % LEASE);
                setPrices(BTC_PRICE * (90 + (seed >> 32) % 20) / 100, ETH_PRICE);
            }
            for (uint256 i; i < 3; ++i) {
                _assertCountsAll(all[i]);
            }
        }
        // After every lease, all reported once: nothing is held, and the net is what the spokes have.
        vm.warp(block.timestamp + 2 * LEASE);
        int256 net;
        for (uint256 i; i < 3; ++i) {
            delete _inFlight[all[i]];
            _tell(all[i]);
            deliver(all[i], _inFlight[all[i]][0]);
            IHubLedger.ClosingLine memory line = _of(all[i]);
            assertEq(uint256(line.unusedBuys) + line.unusedSells + line.unusedCredit, 0);
            assertEq(line.usedBuys, _spokes[all[i]].used[0]);
            assertEq(line.usedSells, _spokes[all[i]].used[1]);
            net += _spokes[all[i]].base;
        }
        assertEq(hub.positionOf(accounts[0], btcPerp).base, net);
        assertEq(hub.marginOf(accounts[0]).closingWad, 0);
    }

    function _tryGrant(uint32 eid, address who) private {
        uint32 before = _of(eid).version;
        vm.prank(who);
        hub.renewClosing(eid, _keys(btcPerp), "");
        IHubLedger.ClosingLine memory line = _of(eid);
        if (line.version == before) return;
        _assertCovered();
        int256 net = hub.positionOf(accounts[0], btcPerp).base;
        uint256 held;
        uint32[3] memory all = lanes_();
        for (uint256 i; i < 3; ++i) {
            held += line.isBuy ? _of(all[i]).unusedBuys : _of(all[i]).unusedSells;
        }
        assertLe(held, net < 0 ? uint256(-net) : uint256(net), "together no more than the net");
        if (who == stranger) {
            int256 pair = hub.pairOf(eid, indexOf(0), BTC_INDEX).base;
            if (line.isBuy) assertLe(line.unusedBuys, uint256(-pair), "no more than was opened there");
            else assertLe(line.unusedSells, uint256(pair), "no more than was opened there");
        }
        uint256 maxBase = line.isBuy ? line.usedBuys + line.unusedBuys : line.usedSells + line.unusedSells;
        _commands[eid].push(
            Command(line.isBuy, maxBase, line.usedCredit + line.unusedCredit, line.version, line.validUntil)
        );
    }

    function _obey(uint32 eid, uint256 seed) private {
        Command[] storage sent = _commands[eid];
        if (sent.length == 0) return;
        Command memory c = sent[seed % sent.length];
        if (c.version > _spokes[eid].obeyed.version) _spokes[eid].obeyed = c;
    }

    /// @dev At 0.5 % of the reference, as a vault charges.
    function _close(uint32 eid, uint256 seed) private {
        Spoke storage spoke = _spokes[eid];
        Command memory c = spoke.obeyed;
        uint256 side = c.isBuy ? 0 : 1;
        if (block.timestamp >= c.validUntil || c.maxBase <= spoke.used[side]) return;
        uint256 base = 1 + seed % (c.maxBase - spoke.used[side]);
        uint256 charge = base * 300_00 / 1e8 + 1;
        if (spoke.usedCredit + charge > c.credit) return;
        spoke.used[side] += base;
        spoke.usedCredit += charge;
        spoke.base += c.isBuy ? int256(base) : -int256(base);
        ++spoke.pairVersion;
    }

    /// @dev As if with credit of which enough was granted.
    function _openAnyWay(uint32 eid, uint256 seed) private {
        _spokes[eid].base += int256(seed % 2e8) - 1e8;
        ++_spokes[eid].pairVersion;
    }

    function _tell(uint32 eid) private {
        Spoke storage spoke = _spokes[eid];
        bytes memory pair = pairItem(
            indexOf(0), BTC_INDEX, spoke.base, -spoke.base * 600, 0, spoke.pairVersion
        );
        _inFlight[eid].push(
            report(
                block.timestamp,
                bytes.concat(
                    section(ReportCodec.PAIR, 1, pair),
                    _state(
                        eid,
                        uint32(spoke.obeyed.version),
                        spoke.pairVersion,
                        uint88(spoke.used[0]),
                        uint88(spoke.used[1]),
                        uint64(spoke.usedCredit)
                    )
                )
            )
        );
    }

    function _deliverAny(uint32 eid, uint256 seed) private {
        bytes[] storage messages = _inFlight[eid];
        if (messages.length != 0) deliver(eid, messages[seed % messages.length]);
    }

    function _assertCountsAll(uint32 eid) private view {
        IHubLedger.ClosingLine memory line = _of(eid);
        Spoke storage spoke = _spokes[eid];
        assertGe(line.usedBuys + line.unusedBuys, spoke.used[0], "bought");
        assertGe(line.usedSells + line.unusedSells, spoke.used[1], "sold");
        assertGe(line.usedCredit + line.unusedCredit, spoke.usedCredit, "cost");
        Command[] storage sent = _commands[eid];
        for (uint256 i; i < sent.length; ++i) {
            Command storage c = sent[i];
            if (c.version < spoke.obeyed.version || block.timestamp >= c.validUntil) continue;
            assertGe(
                c.isBuy ? line.usedBuys + line.unusedBuys : line.usedSells + line.unusedSells,
                c.maxBase,
                "may still be used"
            );
            assertGe(line.usedCredit + line.unusedCredit, c.credit, "may still cost");
        }
    }

    function _alarmed(bytes memory sections, bytes32 reason) private {
        bytes32 before = keccak256(abi.encode(_of(B_EID)));
        vm.expectEmit(true, false, true, true, address(hub));
        emit IHubLedger.LaneAlarm(B_EID, 0, accounts[0], reason);
        deliver(B_EID, report(type(uint40).max, sections));
        assertEq(keccak256(abi.encode(_of(B_EID))), before);
    }
}
