import type { readHub } from "./calls.ts";

type Lane = Awaited<ReturnType<typeof readHub<"laneOf">>>[number];

/** Mirror of the condition of `ClearingHub.pauseDiverged`, of a lane that is not paused by it yet. */
export function isDivergenceProven(
  lane: Pick<
    Lane,
    | "divergedSince"
    | "maxLagSeconds"
    | "toldTime"
    | "arrivedUpTo"
    | "lastSequence"
    | "told"
    | "digest"
    | "diverged"
  >,
): boolean {
  return (
    !lane.diverged &&
    lane.divergedSince !== 0 &&
    lane.toldTime >= lane.divergedSince + lane.maxLagSeconds &&
    lane.arrivedUpTo >= lane.lastSequence &&
    lane.told !== lane.digest
  );
}
