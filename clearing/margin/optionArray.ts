import { absolute, ceilDiv, maximum, minimum, WAD } from "../math.ts";
import { expWad, squareRootWad } from "../pricing/fixedPoint.ts";
import { logRatio } from "../pricing/logRatio.ts";
import { modelVol, type OptionTerms, optionPrice, type PricingModel } from "../pricing/optionPrice.ts";
import { riskEntry } from "./riskArray.ts";
import { PPB, scenarios, spotShock, type VolMove } from "./scenarios.ts";

const DAY = WAD / 365n;
const MONTH = (30n * WAD) / 365n;
const PERCENT = WAD / 100n;
const FLOOR_UP = 40n * PERCENT;
const SKEW = 15n * PERCENT;

export interface OptionArrayParameters {
  option: OptionTerms;
  model: PricingModel;
  /** Dollars per unit, 1e18. */
  spotWad: bigint;
  scanRangePpb: bigint;
}

export interface OptionArray {
  /** Value of one unit now, dollars, 1e18. */
  priceWad: bigint;
  entries: bigint[];
}

/**
 * Risk array of an option (risk model, section 3): what one unit of base gains in each scenario. The whole forward moves; the
 * volatility that moves is the option's own before it.
 *
 * @throws CausewayError `PricingInputOutOfRange`, `PricingSliceInvalid`
 */
export function optionArray({ option, model, spotWad, scanRangePpb }: OptionArrayParameters): OptionArray {
  const factors = volFactors(option, model);
  const priceWad = optionPrice(option, model);
  const entries = scenarios.map((scenario) => {
    const forwardFactorWad = (PPB + spotShock(scenario, scanRangePpb)) * PPB;
    const moved = optionPrice(option, model, { forwardFactorWad, volFactorWad: factors[scenario.vol] });
    return riskEntry({ changeWad: moved - priceWad, priceWad: spotWad });
  });
  return { priceWad, entries };
}

/**
 * By what each move multiplies the volatility of an option, 1e18. With r = (30 d / max(T, 1 d))^p, p = 0.30 up to 30 days, else 0.13:
 * up 1 + 0.5·r, at least to 40 % volatility; down 1 - 0.3·r. With x = k/k*, k = ln(K/F), k* = max(0.01, 2.4·σ·√T), σ at the money:
 * slope 1 ± 0.15·clamp(x, ±1), smile 1 ± 0.15·min(|x|, 1).
 */
export function volFactors(option: OptionTerms, model: PricingModel): Record<VolMove, bigint> {
  const { forwardWad, strikeWad, yearsWad } = option;
  const power = (yearsWad <= MONTH ? 30n : 13n) * PERCENT;
  const reach = expWad((logRatio(MONTH, maximum(yearsWad, DAY)) * power) / WAD);
  const floor = ceilDiv(FLOOR_UP * WAD, modelVol(option, model));

  const atTheMoney = modelVol({ ...option, strikeWad: forwardWad }, model);
  const wide = maximum(PERCENT, (24n * atTheMoney * squareRootWad(yearsWad)) / (10n * WAD));
  const moneyness = (logRatio(strikeWad, forwardWad) * WAD) / wide;
  const slope = (maximum(-WAD, minimum(WAD, moneyness)) * SKEW) / WAD;
  const smile = (minimum(WAD, absolute(moneyness)) * SKEW) / WAD;
  return {
    flat: WAD,
    up: maximum(WAD + reach / 2n, floor),
    down: WAD - (reach * 3n) / 10n,
    slopeUp: WAD + slope,
    slopeDown: WAD - slope,
    smileUp: WAD + smile,
    smileDown: WAD - smile,
  };
}
