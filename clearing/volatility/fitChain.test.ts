import { describe, expect, it } from "vitest";
import { cleanQuotes, type LeftOutReason, SECONDS_PER_YEAR } from "./cleanQuotes.ts";
import { expiryForward } from "./expiryForward.ts";
import { fitChain } from "./fitChain.ts";
import { outOfTheMoneyPrice } from "./impliedVolatility.ts";
import type { OptionQuote } from "./optionQuote.ts";
import { type SviSlice, totalVariance } from "./svi.ts";

const NOW = 1_770_000_000;
const FORWARD = 60_000;
const month: SviSlice = { a: 0.008, b: 0.09, rho: -0.35, m: 0.02, sigma: 0.12 };
const quarter: SviSlice = { a: 0.03, b: 0.15, rho: -0.3, m: 0.03, sigma: 0.2 };
const strikes = Array.from({ length: 21 }, (_, i) => 40_000 + 2_000 * i);

/** Calls and puts of a slice at all strikes, 2 % between bid and ask. */
function chain(slice: SviSlice, years: number, change: Partial<OptionQuote> = {}): OptionQuote[] {
  return strikes.flatMap((strike) => {
    const logMoneyness = Math.log(strike / FORWARD);
    const deviation = Math.sqrt(totalVariance(slice, logMoneyness));
    const cheap = outOfTheMoneyPrice({ logMoneyness, deviation });
    const dear = cheap + Math.abs(1 - strike / FORWARD);
    return (["call", "put"] as const).map((right) => {
      const price = (right === "call") === strike >= FORWARD ? cheap : dear;
      return {
        instrument: `BTC-X-${years}-${strike}-${right}`,
        underlying: "BTC",
        right,
        strike,
        expirySeconds: NOW + years * SECONDS_PER_YEAR,
        timeSeconds: NOW,
        forward: FORWARD,
        spot: null,
        bid: price * 0.99,
        ask: price * 1.01,
        mark: price,
        markVolatility: deviation / Math.sqrt(years),
        ...change,
      };
    });
  });
}

describe("expiryForward", () => {
  it("takes the chain's own and compares it with parity", () => {
    const { forward, source, parityGapBps } = expiryForward(chain(month, 1 / 12))!;
    expect({ forward, source }).toEqual({ forward: FORWARD, source: "quoted" });
    expect(Math.abs(parityGapBps!)).toBeLessThan(1e-6);
  });

  it("takes parity's where the chain has none, and none without both options of a strike", () => {
    const quotes = chain(month, 1 / 12, { forward: null });
    expect(expiryForward(quotes)).toMatchObject({ source: "parity", forward: expect.closeTo(FORWARD, 6) });
    expect(expiryForward(quotes.filter(({ right }) => right === "call"))).toBeNull();
    expect(expiryForward(quotes.map((quote) => ({ ...quote, bid: null })))).toBeNull();
  });
});

describe("cleanQuotes", () => {
  const clean = (quotes: readonly OptionQuote[], nowSeconds = NOW) =>
    cleanQuotes({ quotes, forward: FORWARD, nowSeconds, maxAgeSeconds: 600, maxSpread: 0.5 });

  it("uses the option out of the money of each strike, the call at the forward, by strike", () => {
    const { points, leftOut } = clean(chain(month, 1 / 12));
    expect(points.map(({ strike }) => strike)).toEqual(strikes);
    expect(points.map(({ instrument }) => instrument.endsWith("call"))).toEqual(
      strikes.map((k) => k >= FORWARD),
    );
    expect(leftOut).toEqual({ "in the money": strikes.length });
    for (const { k, volatility, markGap } of points) {
      expect(volatility).toBeCloseTo(Math.sqrt(totalVariance(month, k) * 12), 12);
      expect(markGap).toBeCloseTo(0, 12);
    }
  });

  it.each<[LeftOutReason, Partial<OptionQuote>, number?]>([
    ["no bid", { bid: null }],
    ["no ask", { ask: null }],
    ["crossed", { bid: 0.03, ask: 0.03 }],
    ["crossed", { bid: 0.04, ask: 0.03 }],
    ["expired", { expirySeconds: NOW }],
    ["stale", {}, NOW + 601],
    ["no volatility", { ask: 3 }],
    ["too wide", { bid: 0.0001, ask: 0.2 }],
  ])("leaves out: %s %j", (reason, change, nowSeconds) => {
    const [quote] = chain(month, 1 / 12).filter(({ strike, right }) => strike === 62_000 && right === "call");
    expect(clean([{ ...quote!, ...change }], nowSeconds)).toEqual({ points: [], leftOut: { [reason]: 1 } });
  });

  it("takes the newest quote of an instrument", () => {
    const old = chain(month, 1 / 12, { timeSeconds: NOW - 60 });
    const { points, leftOut } = clean([...old, ...chain(month, 1 / 12)]);
    expect(points).toEqual(clean(chain(month, 1 / 12)).points);
    expect(leftOut).toEqual({ stale: 2 * strikes.length, "in the money": strikes.length });
  });

  it("counts a quote once that came twice at the same time, the later row", () => {
    const later = chain(month, 1 / 12).map((quote) => ({ ...quote, bid: quote.bid! * 1.001 }));
    const { points, leftOut } = clean([...chain(month, 1 / 12), ...later]);
    expect(points).toEqual(clean(later).points);
    expect(leftOut).toEqual({ stale: 2 * strikes.length, "in the money": strikes.length });
  });

  it("takes each quote's own forward, and the expiry's without", () => {
    const moved = clean(chain(month, 1 / 12, { forward: 61_000 })).points;
    expect(moved[0]!.k).toBe(Math.log(strikes[0]! / 61_000));
    expect(clean(chain(month, 1 / 12, { forward: null })).points[0]!.k).toBe(Math.log(strikes[0]! / FORWARD));
  });
});

describe("fitChain", () => {
  const both = [...chain(quarter, 0.25), ...chain(month, 1 / 12)];

  it("fits each expiry, nearest first, and tells how well", () => {
    const seen: number[] = [];
    const fits = fitChain({ quotes: both, onExpiry: ({ years }) => seen.push(years) });
    expect(seen.map((years) => years.toFixed(3))).toEqual(["0.083", "0.250"]);
    for (const [i, slice] of [month, quarter].entries()) {
      const fit = fits[i]!;
      expect(fit).toMatchObject({ underlying: "BTC", quotes: 42, refused: null });
      expect(fit.points).toHaveLength(21);
      expect(fit.error!.insideSpread).toBe(21);
      expect(fit.error!.largest).toBeLessThan(1e-4);
      expect(fit.error!.rootMeanSquare).toBeLessThanOrEqual(fit.error!.largest);
      expect(totalVariance(fit.slice!, 0)).toBeCloseTo(totalVariance(slice, 0), 6);
    }
  });

  it("keeps underlyings apart", () => {
    const other = chain(month, 0.25).map((quote) => ({ ...quote, underlying: "ETH" }));
    const fits = fitChain({ quotes: [...both, ...other] });
    // ETH's quarter has less variance than BTC's month would allow.
    expect(fits.map(({ underlying, refused }) => [underlying, refused])).toEqual([
      ["BTC", null],
      ["BTC", null],
      ["ETH", null],
    ]);
    expect(fits[2]!.error!.largest).toBeLessThan(1e-4);
  });

  it("refuses an expiry with too few quotes or no forward, and fits the others", () => {
    const few = chain(month, 1 / 12).slice(0, 8);
    const lost = chain(month, 1 / 6, { forward: null, bid: null });
    const fits = fitChain({ quotes: [...few, ...lost, ...chain(quarter, 0.25)] });
    expect(fits[0]).toMatchObject({
      slice: null,
      error: null,
      refused: "too few quotes: 4 of the 5 that a slice needs",
    });
    expect(fits[1]).toMatchObject({
      slice: null,
      forward: null,
      refused: expect.stringContaining("no forward"),
    });
    expect(fits[2]).toMatchObject({ refused: null });
  });
});
