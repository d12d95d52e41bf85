import { entry } from "./entry.ts";
import type { HubEventTable } from "./events.ts";
import { type HubLedger, type LedgerLane, noLane } from "./hubLedger.ts";

type LaneEvent =
  | "LaneListed"
  | "LanePaused"
  | "LaneUnpaused"
  | "LaneSettled"
  | "LaneDiverged"
  | "HeartbeatApplied"
  | "ReportApplied";

/** What the hub's events say of a lane as a whole: mirror of `LaneLogic`. */
export const noteLane: {
  [Name in LaneEvent]: (ledger: HubLedger, args: HubEventTable[Name], time: number) => void;
} = {
  LaneListed(ledger, { eid, leaseSeconds, maxLagSeconds }, time) {
    const lane = laneOf(ledger, eid);
    if (!lane.listed) {
      ledger.eids.push(eid);
      lane.settledTime = time;
    }
    Object.assign(lane, { listed: true, leaseSeconds, maxLagSeconds });
  },
  LanePaused(ledger, { eid, diverged }) {
    Object.assign(laneOf(ledger, eid), diverged ? { diverged: true } : { paused: true });
  },
  LaneUnpaused(ledger, { eid, diverged }) {
    Object.assign(laneOf(ledger, eid), diverged ? { diverged: false } : { paused: false });
  },
  /** Comes before the report's `ReportApplied`, which has its chain time. */
  HeartbeatApplied(ledger, { eid, sequence, oldestDirty, told }) {
    const lane = laneOf(ledger, eid);
    if (sequence > lane.lastSequence) Object.assign(lane, { lastSequence: sequence, oldestDirty, told });
    arrive(ledger, eid, lane, sequence);
  },
  LaneSettled(ledger, { eid, chainTime }, time) {
    const lane = laneOf(ledger, eid);
    lane.arrivedUpTo = lane.lastSequence;
    lane.divergedSince = 0;
    lane.settledTime = Math.max(lane.settledTime, Math.min(chainTime, time));
  },
  LaneDiverged(ledger, { eid }, time) {
    laneOf(ledger, eid).divergedSince = time;
  },
  ReportApplied(ledger, { eid, sequence, chainTime }) {
    const lane = laneOf(ledger, eid);
    lane.lastChainTime = Math.max(lane.lastChainTime, chainTime);
    if (sequence === lane.lastSequence) lane.toldTime = chainTime;
  },
};

function laneOf(ledger: HubLedger, eid: number): LedgerLane {
  return entry(ledger.lanes, eid, noLane);
}

/** The hub bounds how far one report moves the mark; a gap that long does not stay here either, for the next report moves it on. */
function arrive(ledger: HubLedger, eid: number, lane: LedgerLane, sequence: bigint): void {
  const ahead = entry(ledger.ahead, eid, () => new Set());
  if (sequence > lane.arrivedUpTo) ahead.add(sequence);
  while (ahead.delete(lane.arrivedUpTo + 1n)) lane.arrivedUpTo += 1n;
}
