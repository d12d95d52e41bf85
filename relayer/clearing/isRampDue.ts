import {
  ceilingAt,
  chargedShare,
  type OpenInterestCaps,
  openInterestShare,
  openInterestWad,
  type RampState,
} from "../../clearing/margin/openInterestRamp.ts";
import { absolute } from "../../clearing/math.ts";

/** What the margin engine knows of the open interest of an underlying, and what it would be told now. */
export interface RampStanding {
  /** Share that it charges, millionths. */
  rampPpm: bigint;
  state: RampState;
  /** Now, unix seconds. */
  time: bigint;
  /** As `openInterestOf` of the hub, 1e-8. */
  openInterest: bigint;
  /** What the oracle has, dollars, 1e18; 0 if nothing. */
  priceWad: bigint;
  ageSeconds: bigint;
  /** Older, the engine takes no price, seconds. */
  maxEpochAge: bigint;
  caps: OpenInterestCaps;
}

/** A smaller change of the share, millionths, is left for later: else whoever trades a little around the lower cap has it told each time. */
const LEAST_CHANGE = 10_000n;

/**
 * Whether the engine is to be told: what it charges would change by a hundredth of all, or to nothing; or the share that it was told, towards which its
 * ceiling moves, is off by as much.
 */
export function isRampDue(standing: RampStanding): boolean {
  const { rampPpm, state, time, openInterest, priceWad, ageSeconds, maxEpochAge, caps } = standing;
  if (priceWad === 0n || ageSeconds > maxEpochAge) return false;
  const share = openInterestShare(openInterestWad(openInterest, priceWad), caps);
  const charged = chargedShare(share, ceilingAt(state, time));
  return (
    absolute(charged - rampPpm) >= LEAST_CHANGE ||
    absolute(share - state.toldPpm) >= LEAST_CHANGE ||
    (share === 0n && rampPpm > 0n)
  );
}
