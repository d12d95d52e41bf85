import { type OptionArray, optionArray, payoffArray } from "../../clearing/margin/optionArray.ts";
import { arrayDelta, packRiskArray } from "../../clearing/margin/riskArray.ts";
import { PPB } from "../../clearing/margin/scenarios.ts";
import { WAD } from "../../clearing/math.ts";
import type { OptionTerms, PricingModel } from "../../clearing/pricing/optionPrice.ts";
import { type Random, random } from "../../clearing/random.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import { drawSlice } from "./modelVectors.ts";
import { between, spread } from "./pricingVectors.ts";

const OPTIONS = 480;
/** Of four kinds: the three engines, and the payoff of what has expired. */
export const PAYOFFS_TOO = 4;
/** How an array can fail; 0 is not at all. */
const FAILURES = [
  "RiskArrayEntryOutOfRange",
  "OptionMarkOutOfRange",
  "PricingInputOutOfRange",
  "PricingSliceInvalid",
];
/** An hour, a week and a month in years. */
const TIMES = [114_155_251_141_552n, 19_178_082_191_780_821n, 82_191_780_821_917_808n];

/** Marks and risk arrays of options as `OptionArray` and `optionArray` must both give them, or the same failure (CLR-20). */
export function optionArrayVectors(): Record<string, unknown>[] {
  const draw = random(41);
  return Array.from({ length: OPTIONS }, (_, i) => {
    const drawn = drawOptionCase(draw, i % PAYOFFS_TOO);
    const { option, spotWad, scanRangePpb, model } = drawn;
    const found = outcome(() => arrayOf(drawn));
    return {
      model: drawn.kind,
      spotWad,
      ...option,
      parameters: parametersOf(model),
      scanRange: scanRangePpb,
      failure: found.failure,
      mark: found.array?.mark ?? 0n,
      delta: found.array === undefined ? 0n : arrayDelta(found.array.entries, scanRangePpb),
      packed: found.packed,
    };
  });
}

/** An option, and what its array depends on. */
export interface OptionCase {
  /** 0 to 2 an engine, 3 the payoff. */
  kind: number;
  model?: PricingModel;
  option: OptionTerms;
  spotWad: bigint;
  scanRangePpb: bigint;
}

export function drawOptionCase(draw: Random, kind: number): OptionCase {
  const model = kind === PAYOFFS_TOO - 1 ? {} : { model: drawModel(draw, kind) };
  const { spotWad, option } = drawOption(draw);
  const scanRangePpb = draw.integer(6) === 0 ? between(draw, PPB / 1000n, PPB) : (15n * PPB) / 100n;
  return { kind, ...model, option, spotWad, scanRangePpb };
}

/** @throws CausewayError as `optionArray` */
export function arrayOf({ option, model, spotWad, scanRangePpb }: OptionCase): OptionArray {
  return model === undefined
    ? payoffArray({ ...option, spotWad, scanRangePpb })
    : optionArray({ option, model, spotWad, scanRangePpb });
}

function outcome(make: () => OptionArray): { failure: number; array?: OptionArray; packed: string } {
  try {
    const array = make();
    return { failure: 0, array, packed: packRiskArray(array.entries) };
  } catch (error) {
    if (!(error instanceof CausewayError)) throw error;
    const failure = 1 + FAILURES.indexOf(error.kind);
    if (failure === 0) throw error;
    return { failure, packed: "0x" };
  }
}

function drawModel(draw: Random, kind: number): PricingModel {
  const volWad = between(draw, WAD / 20n, draw.integer(4) === 0 ? 5n * WAD : WAD);
  if (kind === 0) return { kind: "black76", volWad };
  if (kind === 2) return { kind: "svi", slice: drawSlice(draw) };
  const skewWad = between(draw, -WAD, WAD);
  return { kind: "gram-charlier", volWad, skewWad, excessKurtosisWad: between(draw, 0n, (24n * WAD) / 10n) };
}

/** Mostly what is traded; sometimes at its expiry, far from the money, or with a forward far from the spot. */
function drawOption(draw: Random): { spotWad: bigint; option: OptionTerms } {
  const spotWad = draw.integer(8) === 0 ? spread(draw, 115) + 1n : between(draw, WAD, 100_000n * WAD);
  const odd = draw.integer(8) === 0;
  const forwardWad =
    (spotWad * between(draw, (odd ? 60n : 98n) * WAD, (odd ? 300n : 102n) * WAD)) / (100n * WAD);
  const near = (forwardWad * between(draw, WAD / 2n, 2n * WAD)) / WAD;
  const far = draw.integer(5) === 0 ? spread(draw, 58) : 1n;
  const strikeWad = draw.integer(2) === 0 ? near * far : near / far;
  const time = draw.integer(5);
  const yearsWad = TIMES[time] ?? (time === 3 ? 0n : between(draw, 1n, 3n * WAD));
  const discountWad = between(draw, (9n * WAD) / 10n, (101n * WAD) / 100n);
  return {
    spotWad,
    option: { forwardWad, strikeWad, yearsWad, discountWad, isCall: draw.integer(2) === 0 },
  };
}

/** As the contract of the model decodes them. */
export function parametersOf(model: PricingModel | undefined): bigint[] {
  if (model === undefined) return [];
  if (model.kind === "black76") return [model.volWad];
  if (model.kind === "gram-charlier") return [model.volWad, model.skewWad, model.excessKurtosisWad];
  const { a, b, rho, m, sigma, yearsWad } = model.slice;
  return [a, b, rho, m, sigma, yearsWad];
}
