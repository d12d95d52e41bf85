import { floorDiv } from "./math.ts";

/** base (1e-8) × mark (1e-18) is dollars at 1e-26; this much of it is 1e-6 dollar. */
const PER_MICRO = 10n ** 20n;

export interface PositionValueParameters {
  /** 1e-8 of the underlying, signed. */
  base: bigint;
  /** 1e-6 dollar, signed. */
  quote: bigint;
  /** Dollars per unit, 1e18. */
  markWad: bigint;
}

/** Worth of a position, 1e-6 dollar, rounded towards minus infinity. Mirror of `PositionValue.micros`. */
export function positionValue({ base, quote, markWad }: PositionValueParameters): bigint {
  return floorDiv(base * markWad, PER_MICRO) + quote;
}
