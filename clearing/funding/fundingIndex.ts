import { absolute, ceilDiv, floorDiv, minimum, WAD } from "../math.ts";
import { HOUR, MAX_AMOUNT, MAX_HOURLY_RATE, requireRange } from "./limits.ts";

/** Exact units (1e-26 dollar) in one of a quote (1e-6 dollar). */
export const UNIT = 10n ** 20n;
const MAX_TRAVEL = 2n ** 119n - 1n;

/** Dollars that one unit of base has paid since the first day, 1e18: a position of base b has paid b·index of its sign. */
export interface FundingIndices {
  long: bigint;
  short: bigint;
}

/** A quote as it is stored: funding that was paid is added back, so that time touches no position. */
export interface StoredPosition {
  /** 1e-8. */
  base: bigint;
  /** 1e-6 dollar. */
  stored: bigint;
}

/** Quote of a position, 1e-6 dollar, rounded down. Mirror of `FundingIndex.quoteOf`. */
export function fundedQuote({ base, stored }: StoredPosition, indices: FundingIndices): bigint {
  return stored + floorDiv(-paid(base, indices), UNIT);
}

/** The same with its fraction, 1e-26 dollar: what no order of anything can raise in sum. */
export function exactQuote({ base, stored }: StoredPosition, indices: FundingIndices): bigint {
  return stored * UNIT - paid(base, indices);
}

/** What is stored of a quote: the inverse of {@link fundedQuote}. */
export function storedQuote(base: bigint, quote: bigint, indices: FundingIndices): bigint {
  return quote - floorDiv(-paid(base, indices), UNIT);
}

export interface ShiftReturnType {
  /** What the stored quote changes by, besides the traded quote, 1e-6 dollar. */
  delta: bigint;
  /** What the account loses by rounding, 1e-26 dollar. */
  dust: bigint;
}

/** What a change of base does to the stored quote. Mirror of `FundingIndex.shift`. */
export function shift(oldBase: bigint, newBase: bigint, indices: FundingIndices): ShiftReturnType {
  const owed = paid(newBase, indices) - paid(oldBase, indices);
  const delta = floorDiv(owed, UNIT);
  return { delta, dust: owed - delta * UNIT };
}

export interface AccrueParameters {
  /** Hourly, 1e18; longs pay if positive. */
  rateWad: bigint;
  /** Index price, dollars 1e18. */
  priceWad: bigint;
  /** Seconds, at most an hour. */
  elapsed: bigint;
  /** Σ of the long bases, 1e-8; `openShort` of the short ones. */
  openLong: bigint;
  openShort: bigint;
}

export interface AccrueReturnType {
  /** By how much the long index moves, 1e18; `shortDelta` likewise. */
  longDelta: bigint;
  shortDelta: bigint;
  /** Paid and received by nobody, 1e-26 dollar. */
  surplus: bigint;
}

/**
 * Charges a rate for some time: payers rounded up; receivers rounded down, and scaled so that they never get more. Mirror of
 * `FundingIndex.accrue`.
 *
 * @throws CausewayError `FundingInputOutOfRange`
 */
export function accrue(input: AccrueParameters): AccrueReturnType {
  const { rateWad, priceWad, elapsed, openLong, openShort } = input;
  requireRange("rate", rateWad, -MAX_HOURLY_RATE, MAX_HOURLY_RATE);
  requireRange("price", priceWad, 1n, MAX_AMOUNT);
  requireRange("elapsed", elapsed, 1n, HOUR);
  requireRange("openLong", openLong, 0n, MAX_AMOUNT);
  requireRange("openShort", openShort, 0n, MAX_AMOUNT);
  const product = absolute(rateWad) * priceWad * elapsed;
  const divisor = HOUR * WAD;
  const [paying, receiving] = rateWad >= 0n ? [openLong, openShort] : [openShort, openLong];
  const pay = ceilDiv(product, divisor);
  const receive = receiving === 0n ? 0n : minimum(product / divisor, (pay * paying) / receiving);
  const surplus = pay * paying - receive * receiving;
  if (rateWad >= 0n) return { longDelta: pay, shortDelta: receive, surplus };
  return { longDelta: -receive, shortDelta: -pay, surplus };
}

/**
 * How far the indices of an instrument may travel in all, 1e18, if pairs hold less than 2^`baseBits`. Mirror of
 * `FundingIndex.travelLimit`.
 *
 * @throws CausewayError `FundingInputOutOfRange`
 */
export function travelLimit(baseBits: number): bigint {
  requireRange("baseBits", BigInt(baseBits), 0n, 79n);
  return minimum(MAX_TRAVEL, UNIT << BigInt(79 - baseBits));
}

function paid(base: bigint, indices: FundingIndices): bigint {
  return base * (base < 0n ? indices.short : indices.long);
}
