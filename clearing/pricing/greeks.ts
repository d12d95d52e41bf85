import { maximum, minimum, WAD } from "../math.ts";
import { black76Distances, deviation } from "./black76.ts";
import { discountFactor } from "./discount.ts";
import { squareRootWad } from "./fixedPoint.ts";
import { logRatio } from "./logRatio.ts";
import { bell, cumulative, isFar } from "./normalTail.ts";
import { modelVol, type OptionTerms, optionPrice, type PricingModel } from "./optionPrice.ts";

/** 1/√(2π), 1e18. */
const DENSITY_AT_ZERO = 398_942_280_401_432_678n;
/** A difference is taken over this part of a standard deviation, or of a parameter. */
const STEP = 1_024n;

/** Sensitivities of an option's value, 1e18. */
export interface Greeks {
  /** By the forward. */
  delta: bigint;
  /** Of delta, by the forward. */
  gamma: bigint;
  /** By volatility, for 1.00 of it. */
  vega: bigint;
  /** By time passing, for a year of it, at the same forward. */
  theta: bigint;
}

export interface GreeksParameters {
  option: OptionTerms;
  model: PricingModel;
  /** The discount factor's, a year, 1e18. */
  rateWad: bigint;
}

/**
 * The greeks of an option: closed forms of Black's formula at the model's volatility (so with SVI the strike keeps its volatility when the
 * forward moves); central differences of the price for Gram–Charlier. Null at expiry, where they are not defined.
 */
export function greeks(parameters: GreeksParameters): Greeks | null {
  const { option, model } = parameters;
  const volWad = modelVol(option, model);
  if (deviation(volWad, option.yearsWad) === 0n) return null;
  return model.kind === "gram-charlier" ? byDifference(parameters, model) : closedForm(parameters, volWad);
}

function closedForm({ option, model, rateWad }: GreeksParameters, volWad: bigint): Greeks {
  const { forwardWad, strikeWad, yearsWad, discountWad, isCall } = option;
  const deviationWad = deviation(volWad, yearsWad);
  const { d1 } = black76Distances(logRatio(forwardWad, strikeWad), deviationWad);
  const density = isFar(d1) ? 0n : (bell(d1) * DENSITY_AT_ZERO) >> 64n;
  const delta = isCall ? cumulative(d1) : cumulative(d1) - WAD;
  // D·F·φ(d1): vega is √T times, the decay of time value σ/(2√T) times it.
  const scale = (((discountWad * forwardWad) / WAD) * density) / WAD;
  const root = squareRootWad(yearsWad);
  const decay = (scale * volWad) / (2n * root);
  return {
    delta: (discountWad * delta) / WAD,
    gamma: (discountWad * density * WAD) / (forwardWad * deviationWad),
    vega: (scale * root) / WAD,
    theta: (rateWad * optionPrice(option, model)) / WAD - decay,
  };
}

function byDifference(
  { option, model, rateWad }: GreeksParameters,
  parameters: PricingModel & { kind: "gram-charlier" },
): Greeks {
  const { forwardWad, yearsWad } = option;
  const price = (terms: Partial<OptionTerms>, vol = parameters.volWad): bigint =>
    optionPrice({ ...option, ...terms }, { ...parameters, volWad: vol });
  const deviationWad = deviation(parameters.volWad, yearsWad);
  const step = stepOf((forwardWad * deviationWad) / WAD, forwardWad);
  const [up, middle, down] = [
    price({ forwardWad: forwardWad + step }),
    optionPrice(option, model),
    price({ forwardWad: forwardWad - step }),
  ];
  const volStep = stepOf(parameters.volWad, parameters.volWad);
  const yearsStep = stepOf(yearsWad, yearsWad);
  const later = (years: bigint): bigint =>
    price({ yearsWad: years, discountWad: discountFactor(rateWad, years) });
  return {
    delta: ((up - down) * WAD) / (2n * step),
    gamma: ((up - 2n * middle + down) * WAD * WAD) / (step * step),
    vega:
      ((price({}, parameters.volWad + volStep) - price({}, parameters.volWad - volStep)) * WAD) /
      (2n * volStep),
    theta: -((later(yearsWad + yearsStep) - later(yearsWad - yearsStep)) * WAD) / (2n * yearsStep),
  };
}

/** A part of `size`, a wei or more, and at most half of what it is taken from. */
function stepOf(size: bigint, from: bigint): bigint {
  return maximum(1n, minimum(size / STEP, from / 2n));
}
