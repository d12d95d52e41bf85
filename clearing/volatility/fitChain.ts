import { cleanQuotes, type LeftOutReason, SECONDS_PER_YEAR } from "./cleanQuotes.ts";
import { type ExpiryForward, expiryForward } from "./expiryForward.ts";
import { fitSlice, LEAST_POINTS } from "./fitSlice.ts";
import { median } from "./median.ts";
import type { OptionQuote, SmilePoint } from "./optionQuote.ts";
import { type SviSlice, totalVariance } from "./svi.ts";

/** How well a slice meets the quotes, in volatility (1 = 100 %) from the middle of bid and ask. */
export interface FitError {
  rootMeanSquare: number;
  largest: number;
  /** Quotes whose bid and ask the slice lies between. */
  insideSpread: number;
}

/** One expiry of a chain, fitted. */
export interface ExpiryFit {
  underlying: string;
  expirySeconds: number;
  /** From the quotes (their median) to expiry. */
  years: number;
  quotes: number;
  forward: ExpiryForward | null;
  /** Median of the quotes', dollars; `null` where the chain does not tell it. */
  spot: number | null;
  points: readonly SmilePoint[];
  leftOut: Partial<Record<LeftOutReason, number>>;
  /** `null` where there are too few quotes. */
  slice: SviSlice | null;
  error: FitError | null;
  /** Root mean square of our volatility of the venue's price less the venue's own. */
  markGap: number | null;
  /** Why the slice is refused; `null` if it is accepted. */
  refused: string | null;
}

export interface FitChainParameters {
  quotes: readonly OptionQuote[];
  /** Quotes older than the newest by more are left out; 600 by default. */
  maxAgeSeconds?: number;
  /** Quotes with bid and ask further apart in volatility are left out; 0.5 (50 points) by default. */
  maxSpread?: number;
  /** Called after each expiry. */
  onExpiry?: (fit: ExpiryFit) => void;
}

/**
 * A slice for each expiry of a chain, by underlying and from the nearest expiry to the furthest: each is held above the last one accepted before it.
 */
export function fitChain({
  quotes,
  maxAgeSeconds = 600,
  maxSpread = 0.5,
  onExpiry = () => {},
}: FitChainParameters): ExpiryFit[] {
  const nowSeconds = quotes.reduce((latest, { timeSeconds }) => Math.max(latest, timeSeconds), 0);
  const fits: ExpiryFit[] = [];
  for (const ofUnderlying of Map.groupBy(quotes, ({ underlying }) => underlying).values()) {
    let previous: SviSlice | null = null;
    const expiries = [...Map.groupBy(ofUnderlying, ({ expirySeconds }) => expirySeconds)];
    for (const [, ofExpiry] of expiries.sort(([one], [other]) => one - other)) {
      const fit = fitExpiry(ofExpiry, previous, { nowSeconds, maxAgeSeconds, maxSpread });
      if (fit.refused === null) previous = fit.slice;
      fits.push(fit);
      onExpiry(fit);
    }
  }
  return fits;
}

interface Limits {
  nowSeconds: number;
  maxAgeSeconds: number;
  maxSpread: number;
}

function fitExpiry(quotes: readonly OptionQuote[], previous: SviSlice | null, limits: Limits): ExpiryFit {
  const { underlying, expirySeconds } = quotes[0]!;
  const years = (expirySeconds - median(quotes.map(({ timeSeconds }) => timeSeconds))) / SECONDS_PER_YEAR;
  const forward = expiryForward(quotes);
  const cleaned =
    forward === null
      ? { points: [], leftOut: {} }
      : cleanQuotes({ quotes, forward: forward.forward, ...limits });
  const { points } = cleaned;
  const spots = quotes.flatMap((quote) => (quote.spot === null ? [] : [quote.spot]));
  const spot = spots.length === 0 ? null : median(spots);
  const known = { underlying, expirySeconds, years, quotes: quotes.length, forward, spot, ...cleaned };
  const markGaps = points.flatMap(({ markGap }) => (markGap === null ? [] : [markGap]));
  const markGap = markGaps.length === 0 ? null : rootMeanSquare(markGaps);
  if (points.length < LEAST_POINTS) {
    const refused =
      forward === null
        ? "no forward: no column underlying_price, and no strike with a call and a put quoted"
        : `too few quotes: ${points.length} of the ${LEAST_POINTS} that a slice needs`;
    return { ...known, slice: null, error: null, markGap, refused };
  }
  const { slice, fault } = fitSlice({ points, years, previous });
  const refused = fault === null ? null : `${fault.rule}: ${fault.text}`;
  return { ...known, slice, error: errorOf(slice, points, years), markGap, refused };
}

function errorOf(slice: SviSlice, points: readonly SmilePoint[], years: number): FitError {
  const fitted = points.map(({ k }) => Math.sqrt(totalVariance(slice, k) / years));
  const differences = points.map(({ volatility }, i) => fitted[i]! - volatility);
  return {
    rootMeanSquare: rootMeanSquare(differences),
    largest: Math.max(...differences.map(Math.abs)),
    insideSpread: points.filter(
      ({ bidVolatility, askVolatility }, i) => fitted[i]! >= bidVolatility && fitted[i]! <= askVolatility,
    ).length,
  };
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((total, value) => total + value * value, 0) / values.length);
}
