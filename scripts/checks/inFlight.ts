import { isTerminalRank, payoutRank } from "../../clearing/codec/payoutId.ts";
import {
  type DepositState,
  joinKey,
  type LaneState,
  type NetworkState,
  type PairState,
  type SpokeState,
} from "./state.ts";

/** What one chain knows and another has still to be told. */
export interface InFlight {
  /** Deposits of which the hub has not seen all. */
  deposits: number;
  /** Pairs of which the hub has an older version, or none. */
  pairs: number;
  /** Payouts that the destination has neither executed nor cancelled; claims included. */
  payouts: number;
  /** Payouts of whose latest rank at the destination the hub has still to hear. */
  payoutResults: number;
}

/** Counts what is in flight, or lost: sending the keys again brings all of it to zero. */
export function countInFlight(state: NetworkState): InFlight {
  const inFlight: InFlight = { deposits: 0, pairs: 0, payouts: 0, payoutResults: 0 };
  for (const { spoke, lane } of spokesWithLanes(state)) {
    inFlight.deposits += spoke.deposits.filter(
      (deposit) => depositSeen(lane, deposit) !== deposit.total,
    ).length;
    inFlight.pairs += unappliedPairs(spoke, lane).length;
    for (const payout of state.hub.payouts.filter(({ dstEid }) => dstEid === spoke.eid)) {
      const rank = spoke.ranks.get(payout.id) ?? payoutRank.none;
      if (!isTerminalRank(rank)) inFlight.payouts += 1;
      if (rank > payout.rank) inFlight.payoutResults += 1;
    }
  }
  return inFlight;
}

/** One sentence, for details. */
export function describeInFlight(state: NetworkState): string {
  const { deposits, pairs, payouts, payoutResults } = countInFlight(state);
  const parts = [
    [deposits, "deposits"],
    [pairs, "pairs"],
    [payouts, "payouts"],
    [payoutResults, "payout results"],
  ] as const;
  const present = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return present.length === 0 ? "nothing in flight" : `in flight: ${present.join(", ")}`;
}

/** Pairs of a vault of which the hub has not the same version. */
export function unappliedPairs(spoke: SpokeState, lane: LaneState): PairState[] {
  const applied = new Map(lane.pairs.map((pair) => [joinKey(pair.account, pair.instrument), pair.version]));
  return spoke.pairs.filter((pair) => applied.get(joinKey(pair.account, pair.instrument)) !== pair.version);
}

/** How much of a vault's deposits under a key the hub has seen. */
export function depositSeen(lane: LaneState, key: DepositState): bigint {
  const seen = lane.deposits.find(
    ({ account, asset, purpose }) =>
      account === key.account && asset === key.asset && purpose === key.purpose,
  );
  return seen?.total ?? 0n;
}

/** Each vault with what the hub holds of it. */
export function spokesWithLanes({ hub, spokes }: NetworkState): { spoke: SpokeState; lane: LaneState }[] {
  return spokes.map((spoke) => {
    const lane = hub.lanes.find(({ eid }) => eid === spoke.eid);
    return { spoke, lane: lane ?? emptyLane(spoke.eid) };
  });
}

function emptyLane(eid: number): LaneState {
  return {
    eid,
    liquidity: [],
    deposits: [],
    pairs: [],
    accountNames: new Map(),
    instrumentNames: new Map(),
    credit: new Map(),
    laterCredit: new Map(),
    laterClosings: [],
    digest: 0n,
    unlistedDeposits: [],
    commands: [],
  };
}
