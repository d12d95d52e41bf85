import { maximum, minimum, WAD } from "../math.ts";
import { squareRoot } from "./fixedPoint.ts";
import { requirePrices, requireRange, requireVol, requireYears } from "./limits.ts";
import { logRatio } from "./logRatio.ts";
import { bell, isFar, scaledTail } from "./normalTail.ts";

/** Far more than `deviation` ever gives. */
const MAX_DEVIATION = (1n << 120n) - 1n;

/** σ√T, 1e18, rounded down, as `Black76.deviation`. */
export function deviation(volWad: bigint, yearsWad: bigint): bigint {
  requireVol(volWad);
  requireYears(yearsWad);
  return squareRoot((volWad * volWad * yearsWad) / WAD);
}

export interface CallParameters {
  /** Price for delivery at expiry, 1e18. */
  forwardWad: bigint;
  strikeWad: bigint;
  /** σ√T, 1e18; 0 is the payoff at the forward. */
  deviationWad: bigint;
}

/**
 * Undiscounted value of a call by Black's formula (1976), 1e18, to the bit as `Black76.call` (CLR-20), which says why it is
 * computed so. From max(0, F − K) to F.
 *
 * @throws CausewayError `PricingInputOutOfRange`
 */
export function black76Call({ forwardWad, strikeWad, deviationWad }: CallParameters): bigint {
  requirePrices(forwardWad, strikeWad);
  requireRange("vol * sqrt(years)", deviationWad, 0n, MAX_DEVIATION);
  const payoff = maximum(0n, forwardWad - strikeWad);
  if (deviationWad === 0n) return payoff;
  const { d1, d2 } = black76Distances(logRatio(forwardWad, strikeWad), deviationWad);
  if (isFar(d1)) {
    if (d1 < 0n) return 0n;
    return d2 < 0n ? forwardWad : payoff;
  }
  const weight = forwardWad * bell(d1);
  if (d1 < 0n) return (weight * maximum(0n, scaledTail(-d1) - scaledTail(-d2))) >> 128n;
  if (d2 < 0n) {
    const loss = (weight * (scaledTail(d1) + scaledTail(-d2))) >> 128n;
    return forwardWad - minimum(loss, minimum(forwardWad, strikeWad));
  }
  const put = (weight * maximum(0n, scaledTail(d2) - scaledTail(d1))) >> 128n;
  return payoff + minimum(put, strikeWad);
}

/** d1 and d2 = d1 − s, 2^64, of ln(F/K), 1e18. */
export function black76Distances(logWad: bigint, deviationWad: bigint): { d1: bigint; d2: bigint } {
  const d1 = ((logWad + (deviationWad * deviationWad) / (2n * WAD)) << 64n) / deviationWad;
  return { d1, d2: d1 - (deviationWad << 64n) / WAD };
}
