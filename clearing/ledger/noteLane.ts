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

const JUST_SEEN = -1;
/** `LaneLogic.MAX_SKEW`. */
const MAX_SKEW_SECONDS = 86_400;
/** What the hub forgets of a lane when risk lifts its pause. */
const FORGOTTEN = {
  paused: false,
  diverged: false,
  lastSequence: 0n,
  /** Which numbers arrived is forgotten too: none counts as missing until both ends agree. */
  arrivedUpTo: 2n ** 64n - 1n,
  lastChainTime: 0,
  toldTime: 0,
  told: 0n,
  oldestDirty: 0,
  divergedSince: 0,
};

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
    Object.assign(laneOf(ledger, eid), diverged ? { diverged: false } : FORGOTTEN);
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
  /** The time is that of the highest report, which is known with `ReportApplied` if it is this one. */
  LaneDiverged(ledger, { eid }) {
    laneOf(ledger, eid).divergedSince = JUST_SEEN;
  },
  ReportApplied(ledger, { eid, sequence, chainTime }, time) {
    const lane = laneOf(ledger, eid);
    if (chainTime <= time + MAX_SKEW_SECONDS) lane.lastChainTime = Math.max(lane.lastChainTime, chainTime);
    if (sequence === lane.lastSequence) lane.toldTime = chainTime;
    if (lane.divergedSince === JUST_SEEN) lane.divergedSince = Math.max(1, lane.toldTime);
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
