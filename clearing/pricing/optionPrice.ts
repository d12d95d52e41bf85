import { WAD } from "../math.ts";
import { black76Call, deviation } from "./black76.ts";
import { gramCharlierCall, type Moments } from "./gramCharlier.ts";
import { requirePrices } from "./limits.ts";
import { logRatio } from "./logRatio.ts";
import { optionValue } from "./optionValue.ts";
import { type SviSlice, sviVol } from "./sviSlice.ts";

/** A European option on a forward, settled in cash: `OptionTerms` of `IPricingModel`. */
export interface OptionTerms {
  forwardWad: bigint;
  strikeWad: bigint;
  /** To expiry, years of 31,536,000 s, 1e18; 0 is worth its payoff at the forward. */
  yearsWad: bigint;
  /** What one dollar at expiry is worth now, 1e18. */
  discountWad: bigint;
  isCall: boolean;
}

/** A model with its parameters for one expiry. */
export type PricingModel =
  | { kind: "black76"; volWad: bigint }
  | { kind: "svi"; slice: SviSlice }
  | ({ kind: "gram-charlier"; volWad: bigint } & Moments);

/** By what forward and volatility are multiplied, 1e18. */
export interface Shock {
  forwardFactorWad: bigint;
  volFactorWad: bigint;
}

/**
 * Value of an option, 1e18, to the bit as the contract of its model gives it (CLR-20): `price`, or with a shock one of `prices`.
 *
 * @throws CausewayError `PricingInputOutOfRange`, `PricingSliceInvalid`
 */
export function optionPrice(option: OptionTerms, model: PricingModel, shock?: Shock): bigint {
  const { strikeWad, yearsWad } = option;
  const forwardWad =
    shock === undefined ? option.forwardWad : (option.forwardWad * shock.forwardFactorWad) / WAD;
  requirePrices(forwardWad, strikeWad);
  const base = modelVol({ ...option, forwardWad }, model);
  const volWad = shock === undefined ? base : (base * shock.volFactorWad) / WAD;
  const call = { forwardWad, strikeWad, deviationWad: deviation(volWad, yearsWad) };
  const callWad =
    model.kind === "gram-charlier" ? gramCharlierCall({ ...call, ...moments(model) }) : black76Call(call);
  return optionValue({ ...option, forwardWad, callWad });
}

/** The volatility that a shock multiplies, 1e18, as `IPricingModel.vol`: of this option, where the model has one per strike. */
export function modelVol({ forwardWad, strikeWad }: OptionTerms, model: PricingModel): bigint {
  if (model.kind !== "svi") return model.volWad;
  requirePrices(forwardWad, strikeWad);
  return sviVol(model.slice, logRatio(strikeWad, forwardWad));
}

function moments({ skewWad, excessKurtosisWad }: Moments): Moments {
  return { skewWad, excessKurtosisWad };
}
