import { absolute, maximum, minimum, WAD } from "../math.ts";
import type { CallParameters } from "./black76.ts";
import { squareRoot } from "./fixedPoint.ts";
import { requirePrices, requireRange } from "./limits.ts";
import { logRatio } from "./logRatio.ts";
import { bell, isFar, scaledTail } from "./normalTail.ts";

const MAX_DEVIATION = 16n * WAD;
const MAX_MOMENT = 10n * WAD;
const MIN_ONE_PLUS_W = WAD / 20n;
const MAX_KURTOSIS = (24n * WAD) / 10n;
/** 2^64 / (24·√(2π)), rounded. */
const CORRECTION = 306_632_756_114_470_936n;
/** 0.65², 1e18: |γ1| ≤ 0.65·√γ2 without a root. */
const SKEW_SQUARE = (4_225n * WAD) / 10_000n;

/** Skew γ1 and excess kurtosis γ2 of the log return, 1e18. */
export interface Moments {
  skewWad: bigint;
  excessKurtosisWad: bigint;
}

/**
 * Undiscounted value of a call under a Gram–Charlier density that is exact for the forward, 1e18, to the bit as
 * `GramCharlier.call` (CLR-20), which has formula and sources. Skew and kurtosis are clamped; from max(0, F − K) to F.
 *
 * @throws CausewayError `PricingInputOutOfRange`
 */
export function gramCharlierCall(parameters: CallParameters & Moments): bigint {
  const raw = unclampedCall({ ...parameters, ...clampMoments(parameters) });
  const { forwardWad, strikeWad } = parameters;
  return minimum(maximum(raw, maximum(0n, forwardWad - strikeWad)), forwardWad);
}

/** The nearest skew and kurtosis for which the density is one: γ2 in [0, 2.4], |γ1| ≤ min(0.98·γ2, 0.65·√γ2). */
export function clampMoments({ skewWad, excessKurtosisWad }: Moments): Moments {
  const kurtosis = minimum(maximum(excessKurtosisWad, 0n), MAX_KURTOSIS);
  const size = absolute(skewWad);
  const linear = (kurtosis * 98n) / 100n;
  if (size <= linear && size * size <= kurtosis * SKEW_SQUARE)
    return { skewWad, excessKurtosisWad: kurtosis };
  const limit = minimum(linear, squareRoot(kurtosis * SKEW_SQUARE));
  const clamped = skewWad < 0n ? -limit : limit;
  return { skewWad: size > limit ? clamped : skewWad, excessKurtosisWad: kurtosis };
}

/**
 * The formula as it is, 1e18, as `GramCharlier.unclampedCall`. Outside the clamp it can leave what no arbitrage allows,
 * even be negative.
 *
 * @throws CausewayError `PricingInputOutOfRange`
 */
export function unclampedCall(parameters: CallParameters & Moments): bigint {
  const { forwardWad, strikeWad, deviationWad, skewWad, excessKurtosisWad } = parameters;
  requirePrices(forwardWad, strikeWad);
  if (deviationWad === 0n) return maximum(0n, forwardWad - strikeWad);
  requireRange("vol * sqrt(years)", deviationWad, 0n, MAX_DEVIATION);
  requireRange("skew", skewWad, -MAX_MOMENT, MAX_MOMENT);
  requireRange("excess kurtosis", excessKurtosisWad, -MAX_MOMENT, MAX_MOMENT);
  const square = (deviationWad * deviationWad) / WAD;
  const w = (square * (4n * skewWad * deviationWad + excessKurtosisWad * square)) / (24n * 10n ** 36n);
  const onePlusW = WAD + w;
  requireRange("1 + w of skew and kurtosis", onePlusW, MIN_ONE_PLUS_W, 10n ** 30n);

  const logWad = logRatio(forwardWad * WAD, strikeWad * onePlusW);
  const d1 = ((logWad + (deviationWad * deviationWad) / (2n * WAD)) << 64n) / deviationWad;
  const s = (deviationWad << 64n) / WAD;
  const d2 = d1 - s;
  const payoff = (d1 < 0n ? 0n : forwardWad) - (d2 < 0n ? 0n : strikeWad);
  if (isFar(d1)) return payoff;
  const polynomial =
    4n * skewWad * (2n * s - d1) +
    excessKurtosisWad * (((d1 * d1 - 3n * d1 * s + 3n * s * s) >> 64n) - (1n << 64n));
  const correction = (((polynomial * s) >> 64n) * CORRECTION) >> 64n;
  const tail1 = scaledTail(absolute(d1));
  const tail2 = scaledTail(absolute(d2)) * WAD;
  const factor = (d2 < 0n ? correction - tail2 : correction + tail2) / onePlusW + (d1 < 0n ? tail1 : -tail1);
  return payoff + ((forwardWad * ((factor * bell(d1)) >> 32n)) >> 96n);
}
