import { maximum, minimum, WAD } from "../math.ts";
import { MAX_AMOUNT, MAX_HOURLY_RATE, MAX_PREMIUM, PPB, PPB_TO_WAD, requireRange } from "./limits.ts";

/** How the funding rate of an underlying is made: `FundingParameters` of `contracts/funding/FundingMath.sol`. Rates in 1e-9. */
export interface FundingParameters {
  /** Of eight hours: what longs pay when the perpetual trades at the index. */
  interest: bigint;
  /** By how much the rate of eight hours may differ from the premium, towards `interest`. */
  band: bigint;
  /** Most that an hour can cost, in either direction. */
  hourlyCap: bigint;
  /** An hour with fewer samples has no rate. */
  minSamples: bigint;
  /** Premium when the pool's position is at `poolScale`: κ. Only without a book. */
  poolRate: bigint;
  /** Net open interest against the pool at which the premium is all of `poolRate`, 1e-8; zero with a book. */
  poolScale: bigint;
}

/** Risk model, section 7; with a book. Half of the hour's minutes must have a sample. */
export const defaultFundingParameters: FundingParameters = {
  interest: PPB / 10_000n,
  band: (5n * PPB) / 10_000n,
  hourlyCap: (4n * PPB) / 1000n,
  minSamples: 30n,
  poolRate: 0n,
  poolScale: 0n,
};

/** @throws CausewayError `FundingInputOutOfRange` as `FundingMath.check` reverts */
export function checkFundingParameters(parameters: FundingParameters): void {
  requireRange("interest", parameters.interest, 0n, PPB / 100n);
  requireRange("band", parameters.band, 0n, PPB / 10n);
  requireRange("hourlyCap", parameters.hourlyCap, 1n, MAX_HOURLY_RATE / PPB_TO_WAD);
  requireRange("minSamples", parameters.minSamples, 1n, 60n);
  requireRange("poolRate", parameters.poolRate, 0n, PPB);
}

export interface BookSample {
  /** Price at which a sale of the impact size executes, dollars 1e18; zero if the book does not hold as much. */
  bidWad: bigint;
  /** Of a purchase; 2^128 − 1 if the book does not hold as much. */
  askWad: bigint;
  /** Price of the underlying, dollars 1e18. */
  indexWad: bigint;
}

/**
 * One sample with a book: (max(0, impact bid − I) − max(0, I − impact ask))/I, 1e18, cut off at ±1. Mirror of `FundingMath.premium`.
 *
 * @throws CausewayError `FundingInputOutOfRange`
 */
export function bookPremium({ bidWad, askWad, indexWad }: BookSample): bigint {
  requireRange("impactBid", bidWad, 0n, MAX_AMOUNT);
  requireRange("impactAsk", askWad, maximum(1n, bidWad), MAX_AMOUNT);
  requireRange("index", indexWad, 1n, MAX_AMOUNT);
  const distance = maximum(0n, bidWad - indexWad) - maximum(0n, indexWad - askWad);
  return minimum((distance * WAD) / indexWad, MAX_PREMIUM);
}

export interface PoolSample {
  /** Open interest against the pool: the pool's base with its sign changed, 1e-8. */
  netBase: bigint;
  scaleBase: bigint;
  /** κ, 1e-9. */
  poolRate: bigint;
}

/**
 * One sample without a book: κ·clamp(net/scale, ±1), 1e18. Mirror of `FundingMath.poolPremium`.
 *
 * @throws CausewayError `FundingInputOutOfRange`
 */
export function poolPremium({ netBase, scaleBase, poolRate }: PoolSample): bigint {
  requireRange("poolNet", netBase, -MAX_AMOUNT, MAX_AMOUNT);
  requireRange("poolScale", scaleBase, 1n, MAX_AMOUNT);
  requireRange("poolRate", poolRate, 0n, PPB);
  return (poolRate * PPB_TO_WAD * clamp(netBase, scaleBase)) / scaleBase;
}

/**
 * The rate of eight hours, 1e18: P + clamp(interest − P, ±band). Mirror of `FundingMath.rate8`.
 *
 * @throws CausewayError `FundingInputOutOfRange`
 */
export function rate8(premiumWad: bigint, { interest, band }: FundingParameters): bigint {
  requireRange("premium", premiumWad, -MAX_PREMIUM, MAX_PREMIUM);
  return premiumWad + clamp(interest * PPB_TO_WAD - premiumWad, band * PPB_TO_WAD);
}

/** The rate of one hour, 1e18: an eighth of that of eight, inside ±`hourlyCap`. Mirror of `FundingMath.hourlyRate`. */
export function hourlyRate(premiumWad: bigint, parameters: FundingParameters): bigint {
  return clamp(rate8(premiumWad, parameters) / 8n, parameters.hourlyCap * PPB_TO_WAD);
}

/**
 * The rate of an hour, 1e18, from the sum and the count of its samples; zero if there are fewer than `minSamples`. Mirror of
 * `FundingMath.rateOfHour`.
 *
 * @throws CausewayError `FundingInputOutOfRange`
 */
export function rateOfHour(sumWad: bigint, count: bigint, parameters: FundingParameters): bigint {
  if (count < parameters.minSamples) return 0n;
  requireRange("samples", count, 1n, 60n);
  requireRange("premiumSum", sumWad, -count * MAX_PREMIUM, count * MAX_PREMIUM);
  return hourlyRate(sumWad / count, parameters);
}

function clamp(value: bigint, most: bigint): bigint {
  return maximum(-most, minimum(value, most));
}
