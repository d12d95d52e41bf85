import { PPB } from "../scenarios.ts";
import type { UnderlyingFactors } from "./underlyingFactors.ts";

/**
 * How far `batchMargin` can be from `portfolioMargin`.
 *
 * Doubles have 53 bits: an operation is off by a factor within 1 ± u, u = 2^-53. So is a base beyond 2^53 when it becomes a double, and an
 * entry (an int32, exact) times a base whose product is beyond 2^53; what stays below is exact. Nothing overflows or underflows: what is not zero
 * lies between 1e-70 and 2^300.
 *
 * **Sums, products, max, min, |x|.** A term that goes through k operations is off by k·u/(1 - k·u) = γ(k) of its size. Where terms are
 * added or subtracted, the errors add up and the results may cancel: so the error is γ(k) times the *weight*, which is the same
 * formula with every minus a plus, every |base| in place of its base, and of a max the sum of its arguments. max, min and |x| never
 * make an error larger. With n instruments no term goes through more than n + 36 operations: n for the sums over instruments, expiries and
 * underlyings, the rest one by one (the longest way is base → loss → basis → scan → net notional → ramp → sum). `OPERATIONS` is
 * 64 instead, which also covers that the bound itself is computed in doubles, and the 2e-18 by which the contract's concentration is rounded up.
 *
 * **Closing allowances** weigh as so much base: whatever part of one is used, each formula has it at the most once where it has |base|.
 *
 * **Concentration.** C(N) = min(cap, max(1, 1/2 + √(N/L)/2)) is flat below N = L and from the cap on, and between them its slope is
 * 1/(4·√(N·L)) at most 1/(4L). So an error δ of N makes one of min(cap - 1, δ/(4L)) of C, which multiplies max(scan, minimums), and
 * once more through the ramp.
 *
 * **The contract's own rounding.** It rounds each component up to 1e-18 dollar: at most 5 in C·max(scan, minimums), 1,003 in the net notional, as
 * the price scan range is at least a thousandth, 4 in the others: below `CEILINGS` an underlying. Where the price has moved from the
 * epoch's by m, it rounds the sum of an account's gains and what it gained already: `moveBlur` of each loss, and `MOVED_VALUE` of the value. And it
 * rounds values down by 1e-18 dollar, at most three for an instrument.
 */
const U = 2 ** -53;
const OPERATIONS = 64;
const CEILINGS = 2e-15;
const FLOORS = 3e-18;
/** By how much rounding moves the value of options on an underlying where the price has moved, 1e-17 of the epoch's price. */
export const MOVED_VALUE = 2;

/** By how much rounding moves a loss, in its own unit, 1e-17 of the spot: two in what is divided by 1 + m, and two after it. */
function moveBlur(move: bigint): number {
  return move === 0n ? 0 : 2 + 2 / (Number(PPB + move) / Number(PPB));
}

export interface LegWeightParameters {
  factors: UnderlyingFactors;
  /** Of the scenarios, at the price now. */
  entries: readonly number[];
  /** |entry| at -1/3 and at +1/3 of its array, together. */
  thirds: number;
  isOption: boolean;
  basisShare: number;
  crossCredit: number;
}

/** Dollars by which a base of 1e-8 weighs: the weight of everything that it goes into, initial, which is never less than that of maintenance. */
export function legWeight(parameters: LegWeightParameters): number {
  const { factors, entries, thirds, isOption, basisShare, crossCredit } = parameters;
  const { unit, ramp, concentrationCap, move } = factors;
  const rounding = isOption ? 1 + moveBlur(move) : 0;
  const worst = (rounding + Math.max(...entries.map(Math.abs))) * unit;
  const basis = basisShare * (2 * rounding + thirds) * unit;
  const minimum = isOption ? factors.optionMinimumInitial : factors.perpMinimumInitial;
  return (
    lossWeight(factors, crossCredit) * worst +
    scanWeight(factors) * basis +
    (1 + ramp) * concentrationCap * minimum +
    factors.oracle
  );
}

/** What a dollar of scan weighs in the requirement. */
function scanWeight({ ramp, concentrationCap, perThird }: UnderlyingFactors): number {
  return (1 + ramp) * concentrationCap + ramp * perThird;
}

/** What a dollar of loss in all scenarios does: scan, and the credit across underlyings. */
function lossWeight(factors: UnderlyingFactors, crossCredit: number): number {
  return scanWeight(factors) + 2 * crossCredit;
}

/** γ: the error for a weight of one with so many instruments. */
export function relativeError(instruments: number): number {
  const operations = (instruments + OPERATIONS) * U;
  return operations / (1 - operations);
}

export interface UnderlyingErrorParameters {
  factors: UnderlyingFactors;
  crossCredit: number;
  relative: number;
  /** Of the legs, offsets and closing allowances, dollars. */
  weight: number;
  /** Whether there are options, and the price is not that of their arrays. */
  isMoved: boolean;
  /** What concentration multiplies, max(scan, minimums), dollars. */
  scaled: number;
  /** N as computed, dollars. */
  notional: number;
}

/**
 * Error of the requirement of an underlying, dollars. The weight of N is at most that of its legs over cap · a third of the price scan
 * range, as that of a leg has cap times its scan.
 */
export function underlyingError(parameters: UnderlyingErrorParameters): number {
  const { factors, crossCredit, relative, weight, isMoved, scaled, notional } = parameters;
  const { unit, depth, concentrationCap, perThird, ramp } = factors;
  const blur = isMoved ? moveBlur(factors.move) : 0;
  const error = relative * weight + lossWeight(factors, crossCredit) * blur * unit + CEILINGS;
  const ofNotional = ((relative * weight) / concentrationCap + blur * unit) * perThird + CEILINGS;
  const capped = (2 * concentrationCap - 1) ** 2 * depth;
  if (notional + ofNotional <= depth || notional - ofNotional >= capped) return error;
  return error + (1 + ramp) * scaled * Math.min(concentrationCap - 1, ofNotional / (4 * depth));
}

/** Error of the equity of an account with so many instruments, dollars. */
export function equityError(relative: number, weight: number, instruments: number): number {
  return relative * weight + instruments * FLOORS;
}
