import { deviation } from "../../clearing/pricing/black76.ts";
import { gramCharlierCall, unclampedCall } from "../../clearing/pricing/gramCharlier.ts";
import {
  modelVol,
  type OptionTerms,
  optionPrice,
  type PricingModel,
} from "../../clearing/pricing/optionPrice.ts";
import { type SviRefusal, sviRefusal } from "../../clearing/pricing/sviRefusal.ts";
import { type SviSlice, sviVariance } from "../../clearing/pricing/sviSlice.ts";
import { type Random, random } from "../../clearing/random.ts";
import { between, drawTerms } from "./pricingVectors.ts";

const WAD = 10n ** 18n;
const OPTIONS = 250;
const SLICES = 250;
/** As the contract's enum `Refusal`, whose 0 is none. */
const KINDS: readonly SviRefusal["kind"][] = [
  "range",
  "variance",
  "wings",
  "butterfly",
  "years",
  "calendarBefore",
  "calendarLater",
];

/** What the engines behind `IPricingModel` must give in both languages, to the bit (CLR-20). */
export function modelVectors(): Record<string, unknown> {
  return { gramCharlier: gramCharlier(), svi: svi(), slices: slices() };
}

function gramCharlier(): Record<string, unknown>[] {
  const draw = random(33);
  return untilThereAre(OPTIONS, () => {
    const option = drawNear(draw);
    const volWad = between(draw, WAD / 20n, 5n * WAD);
    const skewWad = between(draw, -2n * WAD, 2n * WAD);
    const excessKurtosisWad = between(draw, -WAD / 2n, 4n * WAD);
    const { forwardWad, strikeWad, yearsWad } = option;
    const call = { forwardWad, strikeWad, skewWad, excessKurtosisWad };
    const deviationWad = deviation(volWad, yearsWad);
    return {
      ...option,
      volWad,
      skewWad,
      excessKurtosisWad,
      deviationWad,
      unclampedWad: unclampedCall({ ...call, deviationWad }),
      callWad: gramCharlierCall({ ...call, deviationWad }),
      ...shocked(draw, option, { kind: "gram-charlier", volWad, skewWad, excessKurtosisWad }),
    };
  });
}

function svi(): Record<string, unknown>[] {
  const draw = random(34);
  return untilThereAre(OPTIONS, () => {
    const slice = drawSlice(draw);
    const option = drawNear(draw);
    const model = { kind: "svi", slice } as const;
    return {
      ...option,
      slice: fields(slice),
      volWad: modelVol(option, model),
      ...shocked(draw, option, model),
    };
  });
}

/** Slices between neighbours, and why they are refused. */
function slices(): Record<string, unknown>[] {
  const draw = random(35);
  return Array.from({ length: SLICES }, () => {
    const slice = drawSlice(draw);
    const before = draw.integer(3) === 0 ? undefined : scaled(draw, slice, 60n, 101n);
    const later = draw.integer(3) === 0 ? undefined : scaled(draw, slice, 99n, 160n);
    const refusal = sviRefusal(slice, { ...(before && { before }), ...(later && { later }) });
    const kWad = between(draw, -2n * WAD, 2n * WAD);
    return {
      slice: fields(slice),
      before: before === undefined ? [] : fields(before),
      later: later === undefined ? [] : fields(later),
      refusal: refusal === null ? 0 : 1 + KINDS.indexOf(refusal.kind),
      kWad: refusal?.kWad ?? 0n,
      valueWad: refusal?.valueWad ?? 0n,
      at: kWad,
      varianceWad: sviVariance(slice, kWad),
    };
  });
}

/** A price as it is, and under a shock. */
function shocked(draw: Random, option: OptionTerms, model: PricingModel): Record<string, bigint> {
  const forwardFactorWad = between(draw, WAD / 3n, 3n * WAD);
  const volFactorWad = between(draw, WAD / 2n, 2n * WAD);
  return {
    forwardFactorWad,
    volFactorWad,
    priceWad: optionPrice(option, model),
    shockedWad: optionPrice(option, model, { forwardFactorWad, volFactorWad }),
  };
}

function drawNear(draw: Random): OptionTerms {
  const { volWad: _, ...option } = drawTerms(draw);
  const yearsWad = option.yearsWad > 3n * WAD ? WAD : option.yearsWad;
  return { ...option, yearsWad };
}

/** A slice near what can be accepted. */
export function drawSlice(draw: Random): SviSlice {
  const percent = WAD / 100n;
  const b = draw.integer(10) === 0 ? between(draw, 0n, 2n * WAD) : between(draw, percent, 30n * percent);
  const rho = between(draw, -98n * percent, 98n * percent);
  const sigma = between(draw, percent / 10n, 60n * percent);
  const m = between(draw, -30n * percent, 30n * percent);
  const yearsWad = between(draw, percent, 2n * WAD);
  // Near the least that variance may be, mostly above it.
  return { a: between(draw, -(b * sigma) / WAD / 2n, 10n * percent), b, rho, m, sigma, yearsWad };
}

/** The same shape at another time, its level and slope scaled by so many percent. */
function scaled(draw: Random, slice: SviSlice, least: bigint, most: bigint): SviSlice {
  const by = (value: bigint): bigint => (value * between(draw, least, most)) / 100n;
  const tilt = draw.integer(3) === 0 ? between(draw, -WAD / 50n, WAD / 50n) : 0n;
  return { ...slice, a: by(slice.a), b: by(slice.b), m: slice.m + tilt, yearsWad: by(slice.yearsWad) };
}

function fields({ a, b, rho, m, sigma, yearsWad }: SviSlice): bigint[] {
  return [a, b, rho, m, sigma, yearsWad];
}

/** What is out of range is drawn again. */
function untilThereAre<T>(count: number, make: () => T): T[] {
  const made: T[] = [];
  while (made.length < count) {
    try {
      made.push(make());
    } catch {
      // Refused with a named error, which other tests are about.
    }
  }
  return made;
}
