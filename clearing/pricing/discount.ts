import { WAD } from "../math.ts";
import { expWad } from "./fixedPoint.ts";
import { requireDiscount, requireRange, requireYears } from "./limits.ts";

export const YEAR_SECONDS = 31_536_000n;
const MAX_RATE = 10n * WAD;
const MAX_EXPONENT = 3n * WAD;

/** Years of 31,536,000 s, 1e18, rounded down, as `Discount.yearsOf`. */
export function yearsOf(seconds: bigint): bigint {
  requireRange("seconds to expiry (1e-18)", seconds, 0n, 100n * YEAR_SECONDS);
  return (seconds * WAD) / YEAR_SECONDS;
}

/**
 * exp(−rate · years), 1e18, as `Discount.factor`.
 *
 * @param rateWad a year, continuously compounded, 1e18; may be negative
 * @throws CausewayError `PricingInputOutOfRange`
 */
export function discountFactor(rateWad: bigint, yearsWad: bigint): bigint {
  requireRange("rate", rateWad, -MAX_RATE, MAX_RATE);
  requireYears(yearsWad);
  const exponent = (-rateWad * yearsWad) / WAD;
  requireRange("-rate * years", exponent, -MAX_RATE * 100n, MAX_EXPONENT);
  const discountWad = expWad(exponent);
  requireDiscount(discountWad);
  return discountWad;
}
