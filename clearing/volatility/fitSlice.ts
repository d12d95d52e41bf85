import { levenbergMarquardt } from "ml-levenberg-marquardt";
import type { SmilePoint } from "./optionQuote.ts";
import { type SliceCoordinates, toSlice } from "./sliceCoordinates.ts";
import { type SliceFault, sliceFault } from "./sliceFault.ts";
import { type Bounds, type ScaledPoint, scaledVariance, squaredError, startSlices } from "./startSlice.ts";
import { butterfly, type SviSlice, totalVariance } from "./svi.ts";

/** A slice has five parameters. */
export const LEAST_POINTS = 5;

/** Half a spread is the error of a quote, but never less than this: a tight quote is no more exact than the model. 1 = 100 %. */
const LEAST_HALF_SPREAD = 0.0025;
const STARTS = 3;
/** Of a step, from Gauss and Newton's towards a short one downhill: the next is tried when one no longer helps. */
const DAMPINGS = [1e-3, 1, 1e3, 1e6];
const COORDINATES = [
  "lowest",
  "left",
  "right",
  "centre",
  "logWidth",
] as const satisfies (keyof SliceCoordinates)[];

/** Penalties of a broken rule, one after the other until none is broken. */
const PENALTIES = [10, 100, 1_000, 10_000, 100_000];
/** Kept from the rules' bounds, as a penalty leaves a little of what it penalises. */
const KEPT_FROM_ZERO = 0.005;
const LEAST_WING = 1e-4;
const MOST_SLOPE = 1.999;
/** Where penalties look, in deviations. Acceptance looks closer and has the last word. */
const PENALTY_PLACES = Array.from({ length: 73 }, (_, i) => (i - 36) / 4);

export interface FitSliceParameters {
  /** At least `LEAST_POINTS`, at different strikes. */
  points: readonly SmilePoint[];
  /** From the quotes to expiry. */
  years: number;
  /** The accepted slice of the expiry before, below which variance may not fall. */
  previous?: SviSlice | null;
}

export interface FittedSlice {
  slice: SviSlice;
  /** `null` if the slice is admissible. */
  fault: SliceFault | null;
}

/**
 * The slice nearest to the quotes: least squares of the differences of volatility, each in units of half its bid-ask spread, by
 * Levenberg and Marquardt's method from several starts. Where the nearest one admits arbitrage, the nearest that does not: the
 * rules enter as penalties that grow until they hold. Everything is deterministic.
 */
export function fitSlice({ points, years, previous = null }: FitSliceParameters): FittedSlice {
  const atForward = points.reduce((best, point) => (Math.abs(point.k) < Math.abs(best.k) ? point : best));
  const unit = atForward.volatility ** 2 * years;
  const scaled = points.map(({ k, volatility, bidVolatility, askVolatility }) => ({
    z: k / Math.sqrt(unit),
    level: volatility / atForward.volatility,
    weight: atForward.volatility / Math.max((askVolatility - bidVolatility) / 2, LEAST_HALF_SPREAD),
  }));
  const problem = { points: scaled, bounds: boundsOf(scaled, unit, previous), unit, previous };
  let best = startSlices({ ...problem, count: STARTS })
    .map((start) => descend(problem, start, 0))
    .reduce((one, other) => (squaredError(scaled, other) < squaredError(scaled, one) ? other : one));
  let fault = sliceFault(toSlice(best, unit), previous);
  for (const penalty of PENALTIES) {
    if (fault === null) break;
    best = descend(problem, best, penalty);
    fault = sliceFault(toSlice(best, unit), previous);
  }
  return { slice: toSlice(best, unit), fault };
}

interface Problem {
  points: readonly ScaledPoint[];
  bounds: Bounds;
  unit: number;
  previous: SviSlice | null;
}

function boundsOf(points: readonly ScaledPoint[], unit: number, previous: SviSlice | null): Bounds {
  const places = points.map(({ z }) => z);
  const variances = points.map(({ level }) => level * level);
  const slope = MOST_SLOPE / Math.sqrt(unit);
  const [from, to] = [Math.min(...places), Math.max(...places)];
  return {
    least: {
      lowest: 1e-3 * Math.min(...variances),
      left: LEAST_WING,
      right: LEAST_WING,
      centre: from - 1,
      logWidth: Math.log(0.02),
    },
    most: {
      lowest: 2 * Math.max(...variances),
      left: slope,
      right: slope,
      centre: to + 1,
      // A smile tells nothing of a bend wider than itself: the widest are all parabolas over the quotes, with ever steeper wings beyond. But
      // wings below which this one must not fall may need a wider one.
      logWidth: Math.log(
        Math.max((to - from) / 2, 0.1, previous === null ? 0 : (1.5 * previous.sigma) / Math.sqrt(unit)),
      ),
    },
  };
}

/**
 * From `start` downhill. The library keeps going from a step that made things worse, though it returns the best it saw: so it is started again
 * from there, with shorter steps where that does not help.
 */
function descend(problem: Problem, start: SliceCoordinates, penalty: number): SliceCoordinates {
  const residuals = (values: readonly number[]): number[] => residualsOf(problem, named(values), penalty);
  const count = residuals(valuesOf(start)).length;
  // The library fits y(x); here x is the number of a residual, and y, what it should be, 0.
  const data = { x: Array.from({ length: count }, (_, i) => i), y: new Array<number>(count).fill(0) };
  let best = valuesOf(start);
  let error = residuals(best).reduce((total, residual) => total + residual * residual, 0);
  let effort = 0;
  for (let round = 0; round < 60 && effort < DAMPINGS.length; round++) {
    const { parameterValues, parameterError } = levenbergMarquardt(
      data,
      (values) => {
        const all = residuals(values);
        return (i) => all[i]!;
      },
      {
        initialValues: best,
        minValues: valuesOf(problem.bounds.least),
        maxValues: valuesOf(problem.bounds.most),
        centralDifference: true,
        gradientDifference: 1e-6,
        damping: DAMPINGS[effort]!,
        maxIterations: 20,
        errorTolerance: 1e-24,
      },
    );
    const helped = error - parameterError > 1e-6 * error;
    if (parameterError < error) [best, error] = [parameterValues, parameterError];
    effort = helped ? 0 : effort + 1;
  }
  return named(best);
}

function residualsOf({ points, unit, previous }: Problem, at: SliceCoordinates, penalty: number): number[] {
  const residuals = points.map(
    ({ z, level, weight }) => (Math.sqrt(Math.max(scaledVariance(at, z), 0)) - level) * weight,
  );
  if (penalty === 0) return residuals;
  const slice = toSlice(at, unit);
  const deviation = Math.sqrt(unit);
  for (const z of PENALTY_PLACES) {
    const k = z * deviation;
    residuals.push(penalty * Math.max(0, KEPT_FROM_ZERO - butterfly(slice, k)));
    if (previous === null) continue;
    const risen = Math.sqrt(Math.max(totalVariance(slice, k), 0)) - Math.sqrt(totalVariance(previous, k));
    residuals.push(penalty * Math.max(0, KEPT_FROM_ZERO / 10 - risen / deviation));
  }
  return residuals;
}

function valuesOf(coordinates: SliceCoordinates): number[] {
  return COORDINATES.map((name) => coordinates[name]);
}

function named([lowest, left, right, centre, logWidth]: readonly number[]): SliceCoordinates {
  return { lowest: lowest!, left: left!, right: right!, centre: centre!, logWidth: logWidth! };
}
