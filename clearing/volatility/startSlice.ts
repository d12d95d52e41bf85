import { Matrix, solve } from "ml-matrix";
import type { SliceCoordinates } from "./sliceCoordinates.ts";

/** A point in fitting coordinates, see `SliceCoordinates`. */
export interface ScaledPoint {
  /** ln(strike / forward) / √w₀. */
  z: number;
  /** Volatility over that at the forward. */
  level: number;
  /** What a difference of `level` of 1 counts. */
  weight: number;
}

export interface Bounds {
  least: SliceCoordinates;
  most: SliceCoordinates;
}

export interface StartSlicesParameters {
  points: readonly ScaledPoint[];
  bounds: Bounds;
  /** How many to return. */
  count: number;
}

const CENTRES = 13;
const LOG_WIDTHS = 11;

/**
 * Where to start a fit from, best first: De Marco and Martini's quasi-explicit calibration ("Quasi-explicit calibration of Gatheral's SVI model",
 * Zeliade, 2009). For a given centre m and width σ, variance is linear in (a, bρσ, bσ), hence the best such three are solved for; only m and σ
 * have to be searched, here on a grid, as the fit that follows moves all five.
 */
export function startSlices({ points, bounds, count }: StartSlicesParameters): SliceCoordinates[] {
  const { least, most } = bounds;
  const starts = spaced(least.centre, most.centre, CENTRES).flatMap((centre) =>
    spaced(least.logWidth, most.logWidth, LOG_WIDTHS).map((logWidth) => {
      const start = within(bounds, bestLinear(points, centre, logWidth));
      return { start, error: squaredError(points, start) };
    }),
  );
  starts.sort((one, other) => one.error - other.error);
  return starts.slice(0, count).map(({ start }) => start);
}

/** Sum of the squared weighted differences of volatility, in units of that at the forward. */
export function squaredError(points: readonly ScaledPoint[], slice: SliceCoordinates): number {
  return points.reduce((total, { z, level, weight }) => {
    const difference = (Math.sqrt(scaledVariance(slice, z)) - level) * weight;
    return total + difference * difference;
  }, 0);
}

/** w(k)/w₀ at k = z·√w₀. */
export function scaledVariance(
  { lowest, left, right, centre, logWidth }: SliceCoordinates,
  z: number,
): number {
  const [width, x] = [Math.exp(logWidth), z - centre];
  return (
    lowest +
    ((right - left) / 2) * x +
    ((right + left) / 2) * Math.sqrt(x * x + width * width) -
    Math.sqrt(left * right) * width
  );
}

function bestLinear(points: readonly ScaledPoint[], centre: number, logWidth: number): SliceCoordinates {
  const width = Math.exp(logWidth);
  const rows = points.map(({ z, level, weight }) => {
    const x = (z - centre) / width;
    // A difference of variance is 2·level times one of volatility.
    const scale = weight / (2 * level);
    return { row: [scale, scale * x, scale * Math.sqrt(x * x + 1)], value: scale * level * level };
  });
  const solution = solve(
    new Matrix(rows.map(({ row }) => row)),
    Matrix.columnVector(rows.map(({ value }) => value)),
    true, // by singular values: with few points, or a straight smile, the three are not determined
  );
  const [a, d, c] = solution.getColumn(0) as [number, number, number];
  const [left, right] = [Math.max(0, (c - d) / width), Math.max(0, (c + d) / width)];
  return { lowest: a + Math.sqrt(left * right) * width, left, right, centre, logWidth };
}

function within({ least, most }: Bounds, slice: SliceCoordinates): SliceCoordinates {
  const clamp = (name: keyof SliceCoordinates): number =>
    Math.min(Math.max(slice[name], least[name]), most[name]);
  return {
    lowest: clamp("lowest"),
    left: clamp("left"),
    right: clamp("right"),
    centre: clamp("centre"),
    logWidth: clamp("logWidth"),
  };
}

function spaced(least: number, most: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => least + ((most - least) * i) / (count - 1));
}
