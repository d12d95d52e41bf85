import { impliedDeviation } from "./impliedVolatility.ts";
import type { OptionQuote, SmilePoint } from "./optionQuote.ts";

/** A year of the venue's volatilities: 365 days. */
export const SECONDS_PER_YEAR = 365 * 86_400;

/** Why a quote is not used, in the order in which it is asked. */
export const leftOutReasons = [
  "expired",
  "stale",
  "in the money",
  "no bid",
  "no ask",
  "crossed",
  "no volatility",
  "too wide",
] as const;

export type LeftOutReason = (typeof leftOutReasons)[number];

export interface CleanQuotesParameters {
  /** Of one expiry. */
  quotes: readonly OptionQuote[];
  /** Dollars: for quotes that came without their own. */
  forward: number;
  /** Unix time of the newest quote of the chain, seconds. */
  nowSeconds: number;
  /** Older quotes are stale. */
  maxAgeSeconds: number;
  /** A bid and an ask further apart than this tell no volatility; 1 = 100 %. */
  maxSpread: number;
}

export interface CleanQuotes {
  /** By strike. */
  points: SmilePoint[];
  leftOut: Partial<Record<LeftOutReason, number>>;
}

/**
 * The quotes that tell a volatility. Of the two options of a strike the one out of the money is used: the other has the same volatility, but
 * nearly all of its price is what it would pay at once, so that a tick of it is many points of volatility.
 */
export function cleanQuotes(parameters: CleanQuotesParameters): CleanQuotes {
  const newest = new Map<string, OptionQuote>();
  for (const quote of parameters.quotes) {
    const { instrument, timeSeconds } = quote;
    // Of the same time the later row: a quote that came twice counts once.
    if (timeSeconds >= (newest.get(instrument)?.timeSeconds ?? timeSeconds)) newest.set(instrument, quote);
  }
  const leftOut: Partial<Record<LeftOutReason, number>> = {};
  const points = parameters.quotes.flatMap((quote) => {
    const isNewest = quote === newest.get(quote.instrument);
    const result = isNewest ? pointOf(quote, parameters) : "stale";
    if (typeof result !== "string") return [result];
    leftOut[result] = (leftOut[result] ?? 0) + 1;
    return [];
  });
  return { points: points.sort((one, other) => one.k - other.k), leftOut };
}

function pointOf(quote: OptionQuote, parameters: CleanQuotesParameters): SmilePoint | LeftOutReason {
  const { instrument, strike, right, bid, ask, mark, markVolatility } = quote;
  const years = (quote.expirySeconds - quote.timeSeconds) / SECONDS_PER_YEAR;
  if (!(years > 0)) return "expired";
  if (quote.timeSeconds < parameters.nowSeconds - parameters.maxAgeSeconds) return "stale";
  const logMoneyness = Math.log(strike / (quote.forward ?? parameters.forward));
  if (right !== (logMoneyness >= 0 ? "call" : "put")) return "in the money";
  if (bid === null) return "no bid";
  if (ask === null) return "no ask";
  if (bid >= ask) return "crossed";
  // Paid in coin: the price is already in units of the forward.
  const volatility = (price: number): number | null => {
    const deviation = impliedDeviation({ logMoneyness, price });
    return deviation === null ? null : deviation / Math.sqrt(years);
  };
  const [low, middle, high] = [volatility(bid), volatility((bid + ask) / 2), volatility(ask)];
  if (low === null || middle === null || high === null) return "no volatility";
  if (high - low > parameters.maxSpread) return "too wide";
  const own = mark === null || markVolatility === null ? null : volatility(mark);
  return {
    instrument,
    strike,
    k: logMoneyness,
    volatility: middle,
    bidVolatility: low,
    askVolatility: high,
    markGap: own === null ? null : own - markVolatility!,
  };
}
