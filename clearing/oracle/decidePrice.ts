import { absolute, maximum, minimum } from "../math.ts";

const BPS = 10_000n;
/** Time constant of the moving average, and the least time that the rate bound allows for, seconds. */
const MINUTE = 60n;
/** How far a source may be ahead of the clock, seconds. */
const MAX_AHEAD_SECONDS = 15n;

/** Why there is no price, of a source or of all together, in the order of Solidity's `NoPrice`. */
export const NO_PRICE = [
  "none",
  "neverPriced",
  "incomplete",
  "notPositive",
  "outOfScale",
  "thin",
  "failed",
  "outOfBounds",
  "ahead",
  "tooOld",
  "uncertain",
  "deviates",
  "belowQuorum",
  "disagree",
  "notNewer",
  "tooFast",
  "sequencer",
] as const;

export type NoPrice = (typeof NO_PRICE)[number];

/** What one source says. */
export interface SourceReading {
  /** Dollars per unit, 1e18. */
  priceWad: bigint;
  /** Half the width of the interval that the source vouches for, dollars 1e18. */
  confidenceWad: bigint;
  /** Unix seconds of its publication. */
  time: bigint;
  /** `none` if the source has a price. */
  reason: NoPrice;
  /** A price older than this does not count. */
  heartbeatSeconds: bigint;
}

/** As `IPriceRouter.Parameters`. Shares are of 10,000. */
export interface PriceParameters {
  /** External sources that must agree. */
  quorum: number;
  maxDeviationBps: bigint;
  maxConfidenceBps: bigint;
  maxMoveBpsPerMinute: bigint;
  minPriceWad: bigint;
  maxPriceWad: bigint;
}

/** A price that was accepted. */
export interface AcceptedPrice {
  priceWad: bigint;
  confidenceWad: bigint;
  time: bigint;
  /** Moving average of the accepted prices, dollars 1e18. */
  emaWad: bigint;
}

export interface DecidePriceParameters {
  /** Unix seconds. */
  now: bigint;
  readings: readonly SourceReading[];
  /** Of the protocol's own trades: says where between two middle prices that agree the price is, and nothing else. */
  internal?: SourceReading | undefined;
  parameters: PriceParameters;
  /** The last accepted price, if there is one. */
  last?: AcceptedPrice | undefined;
}

export interface DecidePriceReturnType {
  reason: NoPrice;
  /** Only if `reason` is `none`. */
  price?: AcceptedPrice;
  /** Why each reading does not count, `none` if it does; the internal one is not among them. */
  reasons: NoPrice[];
}

/**
 * One price of many sources, to the bit as `PriceRouter.update` decides (CLR-20); the chain's own matters, the sequencer
 * and one price a second, are not its business. Rules and reasons: `docs/oracle.md`.
 */
export function decidePrice(input: DecidePriceParameters): DecidePriceReturnType {
  const { parameters, last } = input;
  const { quorum, maxDeviationBps } = parameters;
  const reasons = input.readings.map((reading) => screen(reading, parameters, input.now));
  const refuse = (reason: NoPrice): DecidePriceReturnType => ({ reason, reasons });

  const prices = ascending(input.readings.filter((_, i) => reasons[i] === "none").map((r) => r.priceWad));
  if (prices.length < quorum) return refuse("belowQuorum");
  const lower = prices[(prices.length - 1) >> 1]!;
  const upper = prices[prices.length >> 1]!;
  if ((upper - lower) * BPS > lower * maxDeviationBps) return refuse("disagree");
  const median = (lower + upper) / 2n;
  const { internal } = input;
  const tieBreak = internal !== undefined && screen(internal, parameters, input.now) === "none";
  const priceWad = tieBreak ? maximum(lower, minimum(internal.priceWad, upper)) : median;

  for (const [i, { priceWad: found }] of input.readings.entries()) {
    if (reasons[i] === "none" && absolute(found - median) * BPS > median * maxDeviationBps)
      reasons[i] = "deviates";
  }
  const accepted = input.readings.filter((_, i) => reasons[i] === "none");
  if (accepted.length < quorum) return refuse("belowQuorum");
  const distances = ascending(accepted.map((r) => r.confidenceWad + absolute(r.priceWad - priceWad)));
  const times = ascending(accepted.map((r) => r.time));
  const confidenceWad = distances[quorum - 1]!;
  const time = times[accepted.length - quorum]!;

  if (!last) return { reason: "none", price: { priceWad, confidenceWad, time, emaWad: priceWad }, reasons };
  const elapsed = time - last.time;
  if (elapsed <= 0n) return refuse("notNewer");
  const allowed = last.emaWad * parameters.maxMoveBpsPerMinute * maximum(elapsed, MINUTE);
  if (absolute(priceWad - last.emaWad) * BPS * MINUTE > allowed) return refuse("tooFast");
  const emaWad = (last.emaWad * MINUTE + priceWad * elapsed) / (MINUTE + elapsed);
  return { reason: "none", price: { priceWad, confidenceWad, time, emaWad }, reasons };
}

/** Whether one source counts, as far as that can be seen without the others. */
function screen(reading: SourceReading, parameters: PriceParameters, now: bigint): NoPrice {
  const { priceWad, confidenceWad, time, reason, heartbeatSeconds } = reading;
  if (reason !== "none") return reason;
  if (priceWad < parameters.minPriceWad || priceWad > parameters.maxPriceWad) return "outOfBounds";
  if (time > now + MAX_AHEAD_SECONDS) return "ahead";
  if (time + heartbeatSeconds < now) return "tooOld";
  if (confidenceWad > (priceWad * parameters.maxConfidenceBps) / BPS) return "uncertain";
  return "none";
}

function ascending(values: bigint[]): bigint[] {
  return values.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
