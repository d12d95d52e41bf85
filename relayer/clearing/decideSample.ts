import {
  type ExpiryMean,
  fixableFrom,
  type PublishedPrice,
  sampleExpiry,
  settlementPrice,
  windowStart,
} from "../../clearing/oracle/expiryMean.ts";

export interface DecideSampleParameters {
  /** Chain time, unix seconds. */
  now: bigint;
  expiry: bigint;
  mean: ExpiryMean & { isFixed: boolean };
  /** What the oracle has. */
  latest: PublishedPrice;
}

/** A minute that has no price by then gets one brought for it, seconds. */
export const LATE_IN_MINUTE = 30n;
const MINUTE = 60n;

/**
 * What an expiry's settlement price needs now. `fix`: it is due, and takes the oracle's price along if that counts. `sample`: the oracle's price counts.
 * `bring`: a price of this minute would, and the oracle has none though half of it is over.
 */
export function decideSample(
  parameters: DecideSampleParameters,
): "done" | "fix" | "sample" | "bring" | "wait" {
  const { now, expiry, mean, latest } = parameters;
  if (mean.isFixed) return "done";
  const next = sampleExpiry(mean, expiry, latest);
  if (now >= fixableFrom(expiry) && settlementPrice(next) !== undefined) return "fix";
  if (next !== mean) return "sample";
  const counts = sampleExpiry(mean, expiry, { time: now, priceWad: 1n }) !== mean;
  const isLate = (now - windowStart(expiry)) % MINUTE >= LATE_IN_MINUTE;
  return counts && isLate ? "bring" : "wait";
}
