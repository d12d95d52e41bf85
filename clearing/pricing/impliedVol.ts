import { WAD } from "../math.ts";
import { black76Call } from "./black76.ts";
import { squareRootWad } from "./fixedPoint.ts";

/** σ√T up to which is looked: an option is worth all that it can be long before. */
const MAX_DEVIATION = 40n * WAD;

export interface ImpliedVolParameters {
  /** Undiscounted, 1e18. */
  callWad: bigint;
  forwardWad: bigint;
  strikeWad: bigint;
  yearsWad: bigint;
}

/**
 * The volatility with which Black's formula gives this call, 1e18: by halving, so as exact as the price allows. Null where there is none: at
 * expiry, or a price without time value.
 */
export function impliedVol(parameters: ImpliedVolParameters): bigint | null {
  const { callWad, forwardWad, strikeWad, yearsWad } = parameters;
  const at = (deviationWad: bigint): bigint => black76Call({ forwardWad, strikeWad, deviationWad });
  if (yearsWad === 0n || callWad <= at(0n) || callWad > at(MAX_DEVIATION)) return null;
  let [below, least] = [0n, MAX_DEVIATION];
  while (least - below > 1n) {
    const middle = (below + least) >> 1n;
    if (at(middle) < callWad) below = middle;
    else least = middle;
  }
  return (least * WAD) / squareRootWad(yearsWad);
}
