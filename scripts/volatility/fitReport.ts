import type { ExpiryFit } from "../../clearing/volatility/fitChain.ts";
import type { OptionQuote } from "../../clearing/volatility/optionQuote.ts";
import { totalVariance } from "../../clearing/volatility/svi.ts";
import type { FitResult } from "../schema/fit.ts";

export interface FitReportParameters {
  chain: string;
  quotes: readonly OptionQuote[];
  fits: readonly ExpiryFit[];
  plot: string | null;
  surfaces: string | null;
}

/** What `./causeway fit --json` prints. */
export function fitReport({ chain, quotes, fits, plot, surfaces }: FitReportParameters): FitResult {
  const quotedAt = quotes.reduce((latest, { timeSeconds }) => Math.max(latest, timeSeconds), 0);
  return {
    chain,
    quotedAt: iso(quotedAt),
    expiries: fits.map(expiryReport),
    accepted: fits.filter(({ refused }) => refused === null).length,
    plot,
    surfaces,
  };
}

function expiryReport(fit: ExpiryFit): FitResult["expiries"][number] {
  const { forward, slice, error, years } = fit;
  return {
    underlying: fit.underlying,
    expiry: iso(fit.expirySeconds),
    days: years * 365,
    years,
    forward: forward?.forward ?? null,
    forwardSource: forward?.source ?? null,
    parityGapBps: forward?.parityGapBps ?? null,
    quotes: fit.quotes,
    used: fit.points.length,
    leftOut: fit.leftOut,
    slice,
    atmVolatility: slice === null ? null : Math.sqrt(totalVariance(slice, 0) / years),
    rmseVolPoints: pointsOf(error?.rootMeanSquare),
    maxErrorVolPoints: pointsOf(error?.largest),
    insideSpread: error?.insideSpread ?? null,
    markGapVolPoints: pointsOf(fit.markGap),
    accepted: fit.refused === null,
    refused: fit.refused,
  };
}

function pointsOf(volatility: number | null | undefined): number | null {
  return volatility === null || volatility === undefined ? null : 100 * volatility;
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
