// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";
import {IHubLedger} from "../interfaces/IHubLedger.sol";
import {ReportCodec} from "../libraries/ReportCodec.sol";
import {HubState} from "./HubState.sol";

/// @notice Whether a spoke and the hub are in step, and what stops when they are not.
/// @dev A vault's digest covers what it reported up to and including its report. So only the digest of the highest number
/// received is compared, and only when nothing up to it is missing can a difference accuse. When both agree, everything up to
/// that number is settled, whatever was lost or skipped on the way.
library LaneLogic {
    using BitMaps for BitMaps.BitMap;

    /// @dev Most numbers by which one report can move `arrivedUpTo`: many late ones must not cost a receive its gas (CLR-11).
    /// The next report goes on.
    uint256 private constant MAX_ADVANCE = 32;
    /// @dev A chain time further ahead of the hub's own is no clock: leases are not made longer by it.
    uint256 private constant MAX_SKEW = 1 days;

    /// @dev As `arrivedUpTo`: which numbers arrived was forgotten, so none counts as missing until both ends agree again. A difference still
    /// has to last for the whole time to repair it.
    uint64 private constant UNKNOWN = type(uint64).max;

    /// @notice Pauses a lane (`eid` 0: the hub), or no longer. The caller has checked the role.
    function setPaused(HubState storage s, uint32 eid, bool paused) external {
        IHubLedger.Lane storage lane = s.lanes[eid];
        if (eid != 0 && !lane.listed) revert IHubLedger.Hub_UnknownLane(eid);
        if (paused) {
            if (lane.paused) return;
            lane.paused = true;
            emit IHubLedger.LanePaused(eid, false);
        } else {
            lane.paused = false;
            lane.diverged = false;
            lane.lastSequence = 0;
            lane.arrivedUpTo = UNKNOWN;
            lane.lastChainTime = 0;
            lane.toldTime = 0;
            lane.told = 0;
            lane.oldestDirty = 0;
            lane.divergedSince = 0;
            emit IHubLedger.LaneUnpaused(eid, false);
        }
    }

    /// @notice Pauses a lane on the proof that its ends still differ after the time to repair it.
    function pauseDiverged(HubState storage s, uint32 eid) external {
        IHubLedger.Lane storage lane = s.lanes[eid];
        // Both by the spoke's clock. What it reported again meanwhile, to repair it, is in the digest told now, and has arrived.
        bool proven = lane.divergedSince != 0 && lane.toldTime >= uint256(lane.divergedSince) + lane.maxLagSeconds
            && lane.arrivedUpTo >= lane.lastSequence && lane.told != lane.digest;
        if (!proven) revert IHubLedger.Hub_NotDiverged(eid);
        if (lane.diverged) return;
        lane.diverged = true;
        emit IHubLedger.LanePaused(eid, true);
    }

    /// @notice End of a lease that is given now, by the spoke's clock.
    function leaseEnd(HubState storage s, uint32 eid) internal view returns (uint40) {
        IHubLedger.Lane storage lane = s.lanes[eid];
        uint256 from = block.timestamp > lane.lastChainTime ? block.timestamp : lane.lastChainTime;
        return uint40(from + lane.leaseSeconds);
    }

    /// @notice Reverts if the hub or the lane is paused.
    function requireOpen(HubState storage s, uint32 eid) internal view {
        if (s.lanes[0].paused) revert IHubLedger.Hub_Paused(0);
        if (s.lanes[eid].paused || s.lanes[eid].diverged) revert IHubLedger.Hub_Paused(eid);
    }

    /// @notice Reverts if the lane is paused, or if what its spoke has not reported, or what is not settled, is too old: credit
    /// would be lent on a position that the hub does not know.
    function requireInStep(HubState storage s, uint32 eid) internal view {
        requireOpen(s, eid);
        IHubLedger.Lane storage lane = s.lanes[eid];
        uint256 oldest = lane.settledTime;
        if (lane.oldestDirty != 0 && lane.oldestDirty < oldest) oldest = lane.oldestDirty;
        uint256 age = block.timestamp > oldest ? block.timestamp - oldest : 0;
        if (age > lane.maxLagSeconds) revert IHubLedger.Hub_LaneBehind(eid, age, lane.maxLagSeconds);
    }

    /// @notice Takes in the end of a report: its number, what it tells of the whole, and by how much it moved the digest.
    function note(
        HubState storage s,
        uint32 eid,
        ReportCodec.Header memory header,
        ReportCodec.Heartbeat memory heartbeat,
        uint256 digestDelta
    ) internal {
        IHubLedger.Lane storage stored = s.lanes[eid];
        IHubLedger.Lane memory lane = stored;
        unchecked {
            lane.digest += digestDelta;
        }
        if (header.chainTime > lane.lastChainTime && header.chainTime <= block.timestamp + MAX_SKEW) {
            lane.lastChainTime = header.chainTime;
        }
        if (header.sequence > lane.lastSequence) {
            lane.lastSequence = header.sequence;
            lane.toldTime = header.chainTime;
            lane.oldestDirty = heartbeat.oldestDirty;
            lane.told = heartbeat.digest;
        }
        _advance(s.received[eid], lane, header.sequence);
        emit IHubLedger.HeartbeatApplied(
            eid, header.sequence, heartbeat.dirtyPairs, heartbeat.oldestDirty, heartbeat.digest, lane.digest
        );
        _compare(eid, lane);
        s.lanes[eid] = lane;
    }

    /// @dev Only what lies ahead is marked: a number settled long ago needs no slot.
    function _advance(BitMaps.BitMap storage received, IHubLedger.Lane memory lane, uint64 sequence) private {
        if (sequence <= lane.arrivedUpTo) return;
        if (sequence != lane.arrivedUpTo + 1) {
            received.set(sequence);
            // Its neighbours may have arrived before, and not been counted for the bound.
            if (!received.get(lane.arrivedUpTo + 1)) return;
        } else {
            lane.arrivedUpTo = sequence;
        }
        for (uint256 i; i < MAX_ADVANCE && lane.arrivedUpTo < lane.lastSequence; ++i) {
            if (!received.get(lane.arrivedUpTo + 1)) return;
            lane.arrivedUpTo += 1;
        }
    }

    function _compare(uint32 eid, IHubLedger.Lane memory lane) private {
        if (lane.told == lane.digest) {
            lane.arrivedUpTo = lane.lastSequence;
            lane.divergedSince = 0;
            // A spoke whose clock runs ahead must not count as settled for longer.
            uint40 time = lane.toldTime < block.timestamp ? lane.toldTime : uint40(block.timestamp);
            if (time > lane.settledTime) lane.settledTime = time;
            emit IHubLedger.LaneSettled(eid, lane.lastSequence, lane.toldTime);
            if (lane.diverged) {
                lane.diverged = false;
                emit IHubLedger.LaneUnpaused(eid, true);
            }
        } else if (lane.divergedSince == 0 && lane.arrivedUpTo >= lane.lastSequence) {
            lane.divergedSince = lane.toldTime == 0 ? 1 : lane.toldTime;
            emit IHubLedger.LaneDiverged(eid, lane.lastSequence, lane.told, lane.digest);
        }
    }
}
