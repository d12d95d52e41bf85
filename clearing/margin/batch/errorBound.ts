import { THIRD_DOWN, THIRD_UP } from "../scenarios.ts";
import type { UnderlyingFactors } from "./underlyingFactors.ts";

/**
 * How far `batchMargin` can be from `portfolioMargin`.
 *
 * Doubles have 53 bits: an operation is off by a factor within 1 ± u, u = 2^-53. So is a base beyond 2^53 when it becomes a double, and an
 * entry (an int32, exact) times a base whose product is beyond 2^53; what stays below is exact. Nothing overflows or underflows: what is not zero
 * lies between 1e-60 and 2^300.
 *
 * **Sums, products, max, min, |x|.** A term that goes through k operations is off by k·u/(1 - k·u) = γ(k) of its size. Where terms are
 * added or subtracted, the errors add up and the results may cancel: so the error is γ(k) times the *weight*, which is the same
 * formula with every minus a plus, every |base| in place of its base, and of a max the sum of its arguments. max, min and |x| never
 * make an error larger. With n instruments no term goes through more than n + 36 operations: n for the sums over instruments, expiries and
 * underlyings, the rest one by one (the longest way is base → loss → basis → scan → net notional → ramp → sum). `OPERATIONS` is
 * 64 instead, which also covers that the bound itself is computed in doubles, and the 2e-18 by which the contract's concentration is rounded up.
 *
 * **Concentration.** C(N) = min(cap, max(1, 1/2 + √(N/L)/2)) is flat below N = L and from the cap on, and between them its slope is
 * 1/(4·√(N·L)) at most 1/(4L). So an error δ of N makes one of min(cap - 1, δ/(4L)) of C, which multiplies max(scan, minimums), and
 * once more through the ramp: `concentrationError`.
 *
 * **The contract's own rounding.** It rounds each component up to 1e-18 dollar: at most 5 in C·max(scan, minimums), 1,003 in the net notional, as
 * the price scan range is at least a thousandth, 4 in the others: below `CEILINGS` an underlying.
 */
const U = 2 ** -53;
const OPERATIONS = 64;
const CEILINGS = 2e-15;
/** What the hub rounds the value of a position down by, dollars. */
export const ROUNDED_VALUE = 1e-6;

export interface LegWeightParameters {
  factors: UnderlyingFactors;
  /** Of the scenarios. */
  entries: readonly number[];
  isOption: boolean;
  basisShare: number;
  crossCredit: number;
}

/** Dollars by which a base of 1e-8 weighs: the weight of everything that it goes into, initial, which is never less than that of maintenance. */
export function legWeight({
  factors,
  entries,
  isOption,
  basisShare,
  crossCredit,
}: LegWeightParameters): number {
  const { unit, ramp, concentrationCap, perThird } = factors;
  const rounding = isOption ? 1 : 0;
  const worst = (rounding + Math.max(...entries.map(Math.abs))) * unit;
  const thirds = 2 * rounding + Math.abs(entries[THIRD_DOWN]!) + Math.abs(entries[THIRD_UP]!);
  const scan = worst + basisShare * thirds * unit;
  const minimum = isOption ? factors.optionMinimumInitial : factors.perpMinimumInitial;
  const scaled = concentrationCap * (scan + minimum);
  return scaled + ramp * (scaled + scan * perThird) + factors.oracle + 2 * crossCredit * worst;
}

/** γ: the error for a weight of one with so many instruments. */
export function relativeError(instruments: number): number {
  const operations = (instruments + OPERATIONS) * U;
  return operations / (1 - operations);
}

export interface ConcentrationErrorParameters {
  factors: UnderlyingFactors;
  /** What concentration multiplies, max(scan, minimums), dollars. */
  scaled: number;
  /** N as computed, dollars. */
  notional: number;
  /** Of the underlying's legs and offsets, dollars. */
  weight: number;
  relative: number;
}

/**
 * Error that concentration adds to the requirement of an underlying, and the contract's rounding, dollars. The weight of N is at
 * most that of its legs over cap · a third of the price scan range, as that of a leg has cap times its scan.
 */
export function concentrationError({
  factors,
  scaled,
  notional,
  weight,
  relative,
}: ConcentrationErrorParameters): number {
  const { depth, concentrationCap, perThird, ramp } = factors;
  const error = (relative * weight * perThird) / concentrationCap + CEILINGS;
  const capped = (2 * concentrationCap - 1) ** 2 * depth;
  if (notional + error <= depth || notional - error >= capped) return CEILINGS;
  return (1 + ramp) * scaled * Math.min(concentrationCap - 1, error / (4 * depth)) + CEILINGS;
}
