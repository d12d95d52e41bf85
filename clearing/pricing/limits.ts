import { CausewayError } from "../../errors/CausewayError.ts";
import { formatDecimal } from "../decimal.ts";
import { WAD } from "../math.ts";

/** The range of every number that an engine takes: those of `contracts/pricing/PricingLimits.sol`. */
const MAX_PRICE = 1n << 120n;
const MAX_VOL = 10n ** 24n;
export const MAX_YEARS = 100n * WAD;
const MAX_DISCOUNT = 10n * WAD;

/**
 * Refuses what is not from `least` to `most`, all 1e18.
 *
 * @throws CausewayError `PricingInputOutOfRange`
 */
export function requireRange(field: string, valueWad: bigint, least: bigint, most: bigint): void {
  if (valueWad >= least && valueWad <= most) return;
  const expected = `${formatDecimal(least, 18)} to ${formatDecimal(most, 18)}`;
  throw new CausewayError("PricingInputOutOfRange", {
    details: { field, found: formatDecimal(valueWad, 18), expected },
  });
}

/** Forward and strike: from 1 wei to 2^120 wei. */
export function requirePrices(forwardWad: bigint, strikeWad: bigint): void {
  requireRange("forward", forwardWad, 1n, MAX_PRICE);
  requireRange("strike", strikeWad, 1n, MAX_PRICE);
}

/** Volatility: above 0; one of zero is a missing one. */
export function requireVol(volWad: bigint): void {
  requireRange("vol", volWad, 1n, MAX_VOL);
}

/** Time to expiry: 0 to 100 years. */
export function requireYears(yearsWad: bigint): void {
  requireRange("years", yearsWad, 0n, MAX_YEARS);
}

/** Discount factor: above 0, at most 10. */
export function requireDiscount(discountWad: bigint): void {
  requireRange("discount", discountWad, 1n, MAX_DISCOUNT);
}
