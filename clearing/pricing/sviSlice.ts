import { CausewayError } from "../../errors/CausewayError.ts";
import { formatDecimal } from "../decimal.ts";
import { absolute, WAD } from "../math.ts";
import { squareRoot } from "./fixedPoint.ts";
import { MAX_YEARS } from "./limits.ts";

/** Total variance of one expiry: w(k) = a + b·(ρ·(k−m) + √((k−m)² + σ²)), k = ln(K/F), all 1e18 (Gatheral's raw SVI). */
export interface SviSlice {
  a: bigint;
  b: bigint;
  rho: bigint;
  m: bigint;
  sigma: bigint;
  /** Time to expiry for which w is the total variance. */
  yearsWad: bigint;
}

const MAX_LEVEL = 100n * WAD;
const MAX_B = 2n * WAD;
const MIN_SIGMA = 10n ** 12n;
const MIN_YEARS = 3n * 10n ** 10n;

/** Whether the arithmetic of a slice holds, as `SviSlice.isInRange`. */
export function isSliceInRange({ a, b, rho, m, sigma, yearsWad }: SviSlice): boolean {
  return (
    absolute(a) <= MAX_LEVEL &&
    b >= 0n &&
    b <= MAX_B &&
    absolute(rho) < WAD &&
    absolute(m) <= MAX_LEVEL &&
    sigma >= MIN_SIGMA &&
    sigma <= MAX_LEVEL &&
    yearsWad >= MIN_YEARS &&
    yearsWad <= MAX_YEARS
  );
}

/** w(k), 1e18, as `SviSlice.variance`; may be negative for a slice that nobody accepted. */
export function sviVariance(slice: SviSlice, kWad: bigint): bigint {
  const y = kWad - slice.m;
  return slice.a + (slice.b * ((slice.rho * y) / WAD + sviRadius(slice, y))) / WAD;
}

/** √(y² + σ²), 1e18, rounded down. */
export function sviRadius({ sigma }: SviSlice, y: bigint): bigint {
  return squareRoot(y * y + sigma * sigma);
}

/**
 * Black's volatility √(w(k)/T), 1e18, rounded down, to the bit as `SviSlice.vol` (CLR-20).
 *
 * @throws CausewayError `PricingSliceInvalid` if the slice is out of range or has no variance at k
 */
export function sviVol(slice: SviSlice, kWad: bigint): bigint {
  if (!isSliceInRange(slice)) throw invalid("a parameter is out of range");
  const variance = sviVariance(slice, kWad);
  if (variance <= 0n)
    throw invalid(`its variance at k = ${formatDecimal(kWad, 18)} is ${formatDecimal(variance, 18)}`);
  return squareRoot((variance * 10n ** 36n) / slice.yearsWad);
}

function invalid(found: string): CausewayError {
  return new CausewayError("PricingSliceInvalid", { details: { found } });
}
