import { absolute, floorDiv, maximum, minimum } from "../math.ts";
import type { RiskArray } from "./riskArray.ts";
import {
  entries,
  NEAR_DOWN,
  NEAR_UP,
  nearShock,
  PPB,
  scenarios,
  spotShock,
  THIRD_DOWN,
  THIRD_UP,
  UNMOVED,
} from "./scenarios.ts";

/** A thousand times the price of the epoch: beyond it gains stay as there. */
const MAX_MOVE = 10n ** 12n;
/** By how much a unit of base gains at most: by the move, and in a scenario. */
const MAX_GAINED = 2n ** 41n;
const MAX_ENTRY = 2n ** 31n;
/** Places of the seven points of a row by spot: −1, −2/3, −1/3, 0, +1/3, +2/3, +1 of the price scan range. */
const row = [2, 1, 0, 3, 4, 5, 6] as const;

/** Gains by entry of an array, of one option or summed over many, at a price of the underlying that is not the epoch's. */
export interface EpochMoveParameters {
  gains: RiskArray;
  /** `relativeMove`. */
  move: bigint;
  scanRangePpb: bigint;
  /** Σ |base|. */
  size: bigint;
}

/** By what share the price has moved since the epoch, 1e-9, truncated; above −1, at most 1,000. */
export function relativeMove(priceWad: bigint, epochWad: bigint): bigint {
  return minimum(((priceWad - epochWad) * PPB) / epochWad, MAX_MOVE);
}

/**
 * What was gained by the move: quadratic up to the near points, and on from there to ±1/3 of the price scan range, whose entry it
 * meets; then along the row of volatility flat. To the bit as `EpochMove.gained` (CLR-20).
 */
export function gainedByMove(parameters: EpochMoveParameters): bigint {
  return within(gained(parameters), parameters.size * MAX_GAINED);
}

function gained({ gains, move, scanRangePpb }: EpochMoveParameters): bigint {
  const far = absolute(move);
  const near = nearShock(scanRangePpb);
  const third = scanRangePpb / 3n;
  const [down, up] = [gains[NEAR_DOWN]!, gains[NEAR_UP]!];
  if (far <= near) return (((up - down) * near + (up + down) * move) * move) / (2n * near * near);
  if (far > third) return along(gains, 0, 3n * move, scanRangePpb) >> WEIGHT_BITS;
  const [from, other, to] = move < 0n ? [down, up, gains[THIRD_DOWN]!] : [up, down, gains[THIRD_UP]!];
  // `slope` as the first parabola leaves with, times 2·near; then what is missing at the third, by the square of the way there.
  const slope = 3n * from + other;
  const width = third - near;
  const way = far - near;
  const missing = (to - from) * 2n * near - slope * width;
  return from + ((slope * width * width + missing * way) * way) / (2n * near * width * width);
}

/**
 * Gains by scenario as they are now, in the unit of the price now, each rounded down. Every scenario moves the price from where it is
 * now, so its gain is read where that ends, along the points with the same volatility, less what was gained already. The skew scenarios
 * stay as they are. To the bit as `EpochMove.scenarios` (CLR-20).
 */
export function movedScenarios(parameters: EpochMoveParameters): bigint[] {
  const { gains, move, scanRangePpb, size } = parameters;
  const already = gainedByMove(parameters);
  const now = (gain: bigint, bits: bigint): bigint =>
    within(floorDiv((gain - (already << bits)) * PPB, (PPB + move) << bits), size * MAX_ENTRY);
  return scenarios.map((scenario, s) => {
    if (s === UNMOVED) return 0n;
    if (s >= FIRST_SKEW) return gains[s]!;
    if (scenario.tailPpb !== 0n) {
      const shock = spotShock(scenario, scanRangePpb);
      return now(tailGain(gains, move + shock + (shock * move) / PPB), 0n);
    }
    const reach = scenario.thirds * scanRangePpb;
    const end = 3n * move + reach + (reach * move) / PPB;
    return now(along(gains, s - (s % 8), end, scanRangePpb), WEIGHT_BITS);
  });
}

const FIRST_SKEW = 26;

/**
 * Gain at `end` thirds of the price scan range · `range`, on the row of seven points that begins at `first`, times 2^49: piecewise
 * cubic with the slopes of central differences (Bessel's), which at the ends are those of the parabola through the last three; beyond the
 * ends straight on.
 */
function along(gains: RiskArray, first: number, end: bigint, range: bigint): bigint {
  const { from, weights } = rowWeights(end, range);
  return weights.reduce((sum, weight, i) => sum + weight * gains[first + row[from + i]!]!, 0n);
}

const WEIGHT_BITS = 49n;
const ONE = 2n ** 48n;

/** How much of neighbouring points of a row makes the gain at `end`, times 2^49. */
function rowWeights(end: bigint, range: bigint): { from: number; weights: readonly bigint[] } {
  if (end < -3n * range) {
    const beyond = ((end + 3n * range) * ONE) / range;
    return { from: 0, weights: [2n * ONE - 3n * beyond, 4n * beyond, -beyond] };
  }
  if (end > 3n * range) {
    const beyond = ((end - 3n * range) * ONE) / range;
    return { from: 4, weights: [beyond, -4n * beyond, 2n * ONE + 3n * beyond] };
  }
  const k = minimum(5n, (end + 3n * range) / range);
  const way = ((end + 3n * range - k * range) * ONE) / range;
  const square = (way * way) >> 48n;
  const cube = (square * way) >> 48n;
  // Hermite's basis: of the slope at either end, and of the point at the far and at the near end.
  const leaving = way - 2n * square + cube;
  const arriving = cube - square;
  const far = 3n * square - 2n * cube;
  const near = ONE - far;
  if (k === 0n)
    return {
      from: 0,
      weights: [2n * near - 3n * leaving - arriving, 2n * far + 4n * leaving, arriving - leaving],
    };
  if (k === 5n)
    return {
      from: 4,
      weights: [arriving - leaving, 2n * near - 4n * arriving, 2n * far + leaving + 3n * arriving],
    };
  return {
    from: Number(k) - 1,
    weights: [-leaving, 2n * near - arriving, 2n * far + leaving, arriving],
  };
}

/** Gain at a relative move `end`, volatility up, on the lines through the lower two tails and through the upper three. */
function tailGain(gains: RiskArray, end: bigint): bigint {
  const [minus60, minus35, plus50, plus100, plus200] = tailPlaces.map((s) => gains[s]!) as Tails;
  if (end < 0n) return minus35 + ((minus35 - minus60) * (end + 350_000_000n)) / 250_000_000n;
  if (end < PPB) return plus50 + ((plus100 - plus50) * (end - PPB / 2n)) / (PPB / 2n);
  return plus100 + ((plus200 - plus100) * (end - PPB)) / PPB;
}

type Tails = [bigint, bigint, bigint, bigint, bigint];
const tailPlaces = entries.filter((s) => scenarios[s] !== undefined && scenarios[s].tailPpb !== 0n);

function within(gain: bigint, most: bigint): bigint {
  return maximum(-most, minimum(most, gain));
}
