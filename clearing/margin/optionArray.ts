import { CausewayError } from "../../errors/CausewayError.ts";
import { absolute, ceilDiv, maximum, minimum, WAD } from "../math.ts";
import { expWad, squareRootWad } from "../pricing/fixedPoint.ts";
import { requirePrices, requireVol, requireYears } from "../pricing/limits.ts";
import { logRatio } from "../pricing/logRatio.ts";
import { modelVol, type OptionTerms, optionPrice, type PricingModel } from "../pricing/optionPrice.ts";
import { requireWithin } from "./marginParameters.ts";
import { perpetualArray, riskEntry } from "./riskArray.ts";
import { PPB, scenarios, UNMOVED, type VolMove } from "./scenarios.ts";

const DAY = WAD / 365n;
const MONTH = (30n * WAD) / 365n;
const PERCENT = WAD / 100n;
const FLOOR_UP = 40n * PERCENT;
const SKEW = 15n * PERCENT;
/** Marks are in 1e-9 of the spot: about 281,000 spots. */
const MAX_MARK = 2n ** 48n - 1n;
const UINT128 = 2n ** 128n;

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
  /** The same in 1e-9 of the spot, rounded down for long and short alike. */
  mark: bigint;
  entries: bigint[];
}

/**
 * Mark and risk array of an option (risk model, section 3): what one unit of base gains in each scenario and at the near points. The
 * whole forward moves; the volatility that moves is the option's own before it. To the bit as `OptionArray.compute` (CLR-20).
 *
 * @throws CausewayError `PricingInputOutOfRange`, `PricingSliceInvalid`, `MarginInputOutOfRange`, `OptionMarkOutOfRange`
 */
export function optionArray({ option, model, spotWad, scanRangePpb }: OptionArrayParameters): OptionArray {
  const factors = volFactors(option, model);
  const prices = perpetualArray(scanRangePpb).map((move, s) => {
    const volFactorWad = factors[scenarios[s]?.vol ?? "flat"];
    return optionPrice(option, model, { forwardFactorWad: (PPB + move) * PPB, volFactorWad });
  });
  return changes(prices, spotWad);
}

/** The same of an option that expired: its payoff, whatever the volatility. Mirror of `OptionArray.computePayoff`. */
export function payoffArray(parameters: PayoffArrayParameters): OptionArray {
  const { strikeWad, isCall, spotWad, scanRangePpb } = parameters;
  const prices = perpetualArray(scanRangePpb).map((move) =>
    optionPayoff({ strikeWad, isCall, priceWad: (spotWad * (PPB + move)) / PPB }),
  );
  return changes(prices, spotWad);
}

export interface PayoffArrayParameters extends Pick<OptionTerms, "strikeWad" | "isCall"> {
  /** Dollars per unit, 1e18. */
  spotWad: bigint;
  scanRangePpb: bigint;
}

/** What an option pays at a settlement price, dollars per unit, 1e18. */
export function optionPayoff(parameters: OptionPayoffParameters): bigint {
  const { strikeWad, isCall, priceWad } = parameters;
  return maximum(0n, isCall ? priceWad - strikeWad : strikeWad - priceWad);
}

export interface OptionPayoffParameters extends Pick<OptionTerms, "strikeWad" | "isCall"> {
  priceWad: bigint;
}

/** Mark and changes against the price where nothing moves. */
function changes(prices: readonly bigint[], spotWad: bigint): OptionArray {
  requireWithin("spotWad", spotWad, 1n, UINT128 - 1n);
  for (const moved of prices) requireWithin("option priceWad", moved, 0n, UINT128 - 1n);
  const priceWad = prices[UNMOVED]!;
  const entries = prices.map((moved) => riskEntry({ changeWad: moved - priceWad, priceWad: spotWad }));
  const mark = (priceWad * PPB) / spotWad;
  if (mark > MAX_MARK)
    throw new CausewayError("OptionMarkOutOfRange", { details: { found: mark, expected: MAX_MARK } });
  return { priceWad, mark, entries };
}

/**
 * By what each move multiplies the volatility of an option, 1e18. With r = (30 d / max(T, 1 d))^p, p = 0.30 up to 30 days, else 0.13:
 * up 1 + 0.5·r, at least to 40 % volatility; down 1 - 0.3·r. With x = k/k*, k = ln(K/F), k* = max(0.01, 2.4·σ·√T), σ at the money:
 * slope 1 ± 0.15·clamp(x, ±1), smile 1 ± 0.15·min(|x|, 1).
 */
export function volFactors(option: OptionTerms, model: PricingModel): Record<VolMove, bigint> {
  const { forwardWad, strikeWad, yearsWad } = option;
  requirePrices(forwardWad, strikeWad);
  requireYears(yearsWad);
  const own = modelVol(option, model);
  const atTheMoney = modelVol({ ...option, strikeWad: forwardWad }, model);
  requireVol(own);
  requireVol(atTheMoney);
  const power = (yearsWad <= MONTH ? 30n : 13n) * PERCENT;
  const reach = expWad((logRatio(MONTH, maximum(yearsWad, DAY)) * power) / WAD);
  const floor = ceilDiv(FLOOR_UP * WAD, own);
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
