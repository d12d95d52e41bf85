import { ceilDiv, minimum, WAD } from "../math.ts";
import { YEAR } from "./limits.ts";
import {
  checkInterestCurve,
  earnedInterest,
  growDebt,
  type InterestCurve,
  interestRate,
  utilisation,
} from "./utilisationCurve.ts";

/** What lenders put in and debtors owe: `Lending` of `contracts/hub/LendingPool.sol`, to the bit (CLR-20). Dollars are 1e-6. */
export interface LendingPool {
  /** What a unit of debt has grown to, 1e18. */
  indexWad: bigint;
  /** Σ of all debts, in units: dollars at an index of 1. */
  debt: bigint;
  /** What nobody has borrowed. */
  idle: bigint;
  /** Interest that is not the lenders'. */
  reserve: bigint;
  shares: bigint;
  /** Up to when interest is charged, unix seconds. */
  accruedAt: number;
  curve: InterestCurve;
}

/** A debt grows a million times at the most. */
const MAX_INDEX = 10n ** 24n;

/** @throws CausewayError `FundingInputOutOfRange` */
export function openLendingPool(curve: InterestCurve, now: number): LendingPool {
  checkInterestCurve(curve);
  return { indexWad: WAD, debt: 0n, idle: 0n, reserve: 0n, shares: 0n, accruedAt: now, curve };
}

/** The pool with interest charged up to now: simple since the last time, for a year at the most. */
export function accrueInterest(pool: LendingPool, now: number): LendingPool {
  const { index } = indexAt(pool, now);
  const interest = owedToLenders(pool, index) - owedToLenders(pool, pool.indexWad);
  // Without lenders nobody else owns it.
  const earned = pool.shares === 0n ? 0n : earnedInterest(interest, pool.curve);
  const reserve = pool.reserve + interest - earned;
  return { ...pool, accruedAt: now, indexWad: index, reserve };
}

/** What a unit of debt is at `now`, and the yearly rate since the last accrual, both 1e18. */
export function indexAt(pool: LendingPool, now: number): { index: bigint; rateWad: bigint } {
  const elapsed = minimum(BigInt(now - pool.accruedAt), YEAR);
  if (pool.debt === 0n || elapsed === 0n) return { index: pool.indexWad, rateWad: 0n };
  const lent = owedToLenders(pool, pool.indexWad);
  const rateWad = interestRate(utilisation(lent, pool.idle + lent), pool.curve);
  return { index: minimum(growDebt(pool.indexWad, rateWad, elapsed), MAX_INDEX), rateWad };
}

/** What a debt of so many units is, rounded up. */
export const owed = (units: bigint, index: bigint): bigint => ceilDiv(units * index, WAD);

const owedToLenders = (pool: LendingPool, index: bigint): bigint => (pool.debt * index) / WAD;

/** What all shares are worth: idle or lent, without the reserve. */
export const worth = (pool: LendingPool): bigint =>
  pool.idle + owedToLenders(pool, pool.indexWad) - pool.reserve;

/** What `shares` are worth, rounded down. */
export const worthOf = (pool: LendingPool, shares: bigint): bigint =>
  (shares * (worth(pool) + 1n)) / (pool.shares + 1n);

/** Lends `amount`, at most what is idle, of a pool that has accrued; `units` of the debt before and in the answer after. */
export function lend(pool: LendingPool, units: bigint, amount: bigint): { pool: LendingPool; units: bigint } {
  const more = ceilDiv(amount * WAD, pool.indexWad);
  return { pool: { ...pool, idle: pool.idle - amount, debt: pool.debt + more }, units: units + more };
}

/** Takes `amount`, above zero and at most what is owed, towards a debt of a pool that has accrued. */
export function repay(
  pool: LendingPool,
  units: bigint,
  amount: bigint,
): { pool: LendingPool; units: bigint } {
  const left = ceilDiv((owed(units, pool.indexWad) - amount) * WAD, pool.indexWad);
  return { pool: { ...pool, idle: pool.idle + amount, debt: pool.debt - (units - left) }, units: left };
}

/** Shares for `amount`, rounded down, of a pool that has accrued. */
export function supply(pool: LendingPool, amount: bigint): { pool: LendingPool; shares: bigint } {
  const shares = (amount * (pool.shares + 1n)) / (worth(pool) + 1n);
  return { pool: { ...pool, idle: pool.idle + amount, shares: pool.shares + shares }, shares };
}

/** Burns shares for what they are worth, which must be idle, of a pool that has accrued. */
export function redeem(pool: LendingPool, shares: bigint): { pool: LendingPool; amount: bigint } {
  const amount = worthOf(pool, shares);
  return { pool: { ...pool, idle: pool.idle - amount, shares: pool.shares - shares }, amount };
}
