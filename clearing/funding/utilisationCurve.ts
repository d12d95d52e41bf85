import { ceilDiv, WAD } from "../math.ts";
import { MAX_AMOUNT, PPB, PPB_TO_WAD, requireRange, YEAR } from "./limits.ts";

/** Yearly interest by the share that is lent: `InterestCurve` of `contracts/funding/UtilisationCurve.sol`. All 1e-9. */
export interface InterestCurve {
  /** Rate with nothing lent. */
  base: bigint;
  /** What the rate has risen by at the kink; `beyondKink` what it rises by from there until everything is lent. */
  toKink: bigint;
  beyondKink: bigint;
  /** Share lent at the kink, above 0 and below 1. */
  kink: bigint;
  /** Share of the interest that lenders do not get. */
  reserve: bigint;
}

/** 400 % a year for each part of the curve. */
const MAX_PART = 4n * PPB;
const MAX_RATE = 3n * MAX_PART * PPB_TO_WAD;

/** @throws CausewayError `FundingInputOutOfRange` as `UtilisationCurve.check` reverts */
export function checkInterestCurve(curve: InterestCurve): void {
  requireRange("base", curve.base, 0n, MAX_PART);
  requireRange("toKink", curve.toKink, 0n, MAX_PART);
  requireRange("beyondKink", curve.beyondKink, 0n, MAX_PART);
  requireRange("kink", curve.kink, 1n, PPB - 1n);
  requireRange("reserve", curve.reserve, 0n, PPB);
}

/**
 * Share of what could be lent that is lent, 1e18, rounded up; at most 1. Amounts in 1e-6 dollar.
 *
 * @throws CausewayError `FundingInputOutOfRange`
 */
export function utilisation(debt: bigint, supply: bigint): bigint {
  requireRange("debt", debt, 0n, MAX_AMOUNT);
  requireRange("supply", supply, 0n, MAX_AMOUNT);
  if (debt >= supply) return debt === 0n ? 0n : WAD;
  return ceilDiv(debt * WAD, supply);
}

/**
 * Yearly rate at a utilisation, 1e18, rounded up.
 *
 * @throws CausewayError `FundingInputOutOfRange`
 */
export function interestRate(utilisationWad: bigint, curve: InterestCurve): bigint {
  checkInterestCurve(curve);
  requireRange("utilisation", utilisationWad, 0n, WAD);
  const [base, toKink, beyondKink, kink] = [curve.base, curve.toKink, curve.beyondKink, curve.kink].map(
    (part) => part * PPB_TO_WAD,
  ) as [bigint, bigint, bigint, bigint];
  if (utilisationWad <= kink) return base + ceilDiv(toKink * utilisationWad, kink);
  return base + toKink + ceilDiv(beyondKink * (utilisationWad - kink), WAD - kink);
}

/**
 * One step of a debt: with its interest, simple within the step, rounded up.
 *
 * @param elapsed seconds, at most a year
 * @throws CausewayError `FundingInputOutOfRange`
 */
export function growDebt(debt: bigint, rateWad: bigint, elapsed: bigint): bigint {
  requireRange("debt", debt, 0n, MAX_AMOUNT);
  requireRange("rate", rateWad, 0n, MAX_RATE);
  requireRange("elapsed", elapsed, 0n, YEAR);
  return debt + ceilDiv(debt * rateWad * elapsed, YEAR * WAD);
}

/**
 * What lenders get of the interest that debtors paid, rounded down; the rest is the reserve's.
 *
 * @throws CausewayError `FundingInputOutOfRange`
 */
export function earnedInterest(interest: bigint, curve: InterestCurve): bigint {
  checkInterestCurve(curve);
  requireRange("interest", interest, 0n, MAX_AMOUNT);
  return (interest * (PPB - curve.reserve)) / PPB;
}
