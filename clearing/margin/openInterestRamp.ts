import { ceilDiv, maximum, minimum, WAD } from "../math.ts";
import type { UnderlyingParameters } from "./marginParameters.ts";

/** At the upper cap and above. */
export const FULL_PPM = 10n ** 6n;

const PER_BASE = 10n ** 8n;

/** Caps of open interest, whole dollars. */
export type OpenInterestCaps = Pick<UnderlyingParameters, "openInterestFrom" | "openInterestTo">;

/**
 * How far open interest has come from its lower to its upper cap, millionths, rounded up: the share of what is missing to the whole notional
 * that the ramp charges. With `openInterestWad` it mirrors `OpenInterestRamp.shareOf` (CLR-20).
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
