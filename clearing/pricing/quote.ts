import { clampMoments, type Moments } from "./gramCharlier.ts";
import { type Greeks, greeks } from "./greeks.ts";
import { impliedVol } from "./impliedVol.ts";
import { modelVol, type OptionTerms, optionPrice, type PricingModel } from "./optionPrice.ts";
import { type SviRefusal, sviRefusal } from "./sviRefusal.ts";

export interface QuoteParameters {
  option: OptionTerms;
  model: PricingModel;
  /** The discount factor's, a year, 1e18. */
  rateWad: bigint;
}

export interface Quote {
  priceWad: bigint;
  greeks: Greeks | null;
  /** Black's volatility that gives this price; null if none does. */
  volWad: bigint | null;
  /** What Gram–Charlier used instead of the given skew and kurtosis; null if those. */
  clamped: Moments | null;
}

/**
 * Price, greeks and Black volatility of an option; or why the model refuses its parameters.
 *
 * @throws CausewayError `PricingInputOutOfRange`
 */
export function quote(parameters: QuoteParameters): Quote | { refusal: SviRefusal } {
  const { option, model } = parameters;
  const refusal = model.kind === "svi" ? sviRefusal(model.slice) : null;
  if (refusal !== null) return { refusal };
  return {
    priceWad: optionPrice(option, model),
    greeks: greeks(parameters),
    volWad: model.kind === "gram-charlier" ? impliedOf(option, model) : modelVol(option, model),
    clamped: model.kind === "gram-charlier" ? clampedOf(model) : null,
  };
}

/** By the undiscounted call, which knows most digits. */
function impliedOf(option: OptionTerms, model: PricingModel): bigint | null {
  const callWad = optionPrice({ ...option, discountWad: 10n ** 18n, isCall: true }, model);
  return impliedVol({ ...option, callWad });
}

function clampedOf({ skewWad, excessKurtosisWad }: Moments): Moments | null {
  const used = clampMoments({ skewWad, excessKurtosisWad });
  const same = used.skewWad === skewWad && used.excessKurtosisWad === excessKurtosisWad;
  return same ? null : used;
}
