import { ceilDiv, maximum, minimum, WAD } from "../math.ts";
import type { UnderlyingLimits, UnderlyingParameters } from "./marginParameters.ts";

/** At the upper cap and above. */
export const FULL_PPM = 10n ** 6n;

const PER_BASE = 10n ** 8n;
const CEILING_PER_PPM = 1_000n * 86_400n;

/** Caps of open interest, whole dollars. */
export type OpenInterestCaps = Pick<UnderlyingParameters, "openInterestFrom" | "openInterestTo">;

/**
 * How far open interest has come from its lower to its upper cap, millionths, rounded up: the share of what is missing to the whole notional
 * that the ramp is to charge. With `openInterestWad` it mirrors `OpenInterestRamp.shareOf` (CLR-20).
 *
 * @param dollarsWad open interest, dollars, 1e18
 */
export function openInterestShare(
  dollarsWad: bigint,
  { openInterestFrom, openInterestTo }: OpenInterestCaps,
): bigint {
  const width = (openInterestTo - openInterestFrom) * WAD;
  const above = minimum(width, maximum(0n, dollarsWad - openInterestFrom * WAD));
  return ceilDiv(above * FULL_PPM, width);
}

/**
 * Open interest in dollars, 1e18, rounded up.
 *
 * @param base as `openInterestOf` of the hub, 1e-8
 * @param priceWad dollars per unit, 1e18
 */
export function openInterestWad(base: bigint, priceWad: bigint): bigint {
  return ceilDiv(base * priceWad, PER_BASE);
}

/** What the engine keeps of the ramp beside what it charges. */
export interface RampState extends Pick<UnderlyingLimits, "rampPerDay"> {
  /** `openInterestShare` when it was last told, millionths. */
  toldPpm: bigint;
  /** The most that is charged, 1e-9 of a day's second: `CEILING_PER_PPM` to a millionth. */
  rampCeiling: bigint;
  /** Of the ceiling, unix seconds. */
  rampTime: bigint;
}

/** The ceiling later on: it moves towards the share that was told last. Mirrors `OpenInterestRamp.ceilingOf` (CLR-20). */
export function ceilingAt({ rampPerDay, toldPpm, rampCeiling, rampTime }: RampState, time: bigint): bigint {
  const most = rampPerDay * maximum(0n, time - rampTime);
  const towards = toldPpm * CEILING_PER_PPM;
  return towards > rampCeiling ? minimum(towards, rampCeiling + most) : maximum(towards, rampCeiling - most);
}

/** What the ramp charges of a share, millionths, rounded up. Mirrors `OpenInterestRamp.chargedOf` (CLR-20). */
export function chargedShare(sharePpm: bigint, ceiling: bigint): bigint {
  return minimum(sharePpm, ceilDiv(ceiling, CEILING_PER_PPM));
}
