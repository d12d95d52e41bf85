import { WAD } from "../math.ts";
import { requireDiscount } from "./limits.ts";

export interface OptionValueParameters {
  /** Undiscounted, at least max(0, forward − strike), 1e18. */
  callWad: bigint;
  forwardWad: bigint;
  strikeWad: bigint;
  /** What one dollar at expiry is worth now, 1e18. */
  discountWad: bigint;
  isCall: boolean;
}

/** discount · (call, or call + strike − forward), 1e18, rounded down, as `OptionValue.discounted`. */
export function optionValue(parameters: OptionValueParameters): bigint {
  const { callWad, forwardWad, strikeWad, discountWad, isCall } = parameters;
  requireDiscount(discountWad);
  return ((isCall ? callWad : callWad + strikeWad - forwardWad) * discountWad) / WAD;
}
