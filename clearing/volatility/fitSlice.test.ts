import { describe, expect, it } from "vitest";
import { random } from "../random.ts";
import { fitSlice } from "./fitSlice.ts";
import type { SmilePoint } from "./optionQuote.ts";
import { sliceFault } from "./sliceFault.ts";
import { type SviSlice, totalVariance } from "./svi.ts";

const HOUR = 1 / 8760;

/** Quotes on a slice from −`reach` to `reach` deviations, with bid and ask `halfSpread` beside the middle. */
function quotesOn(
  slice: SviSlice,
  years: number,
  { reach = 3, count = 25, halfSpread = 0.005, noise = (): number => 0 } = {},
): SmilePoint[] {
  const deviation = Math.sqrt(totalVariance(slice, 0));
  return Array.from({ length: count }, (_, i) => {
    const k = (-1 + (2 * i) / (count - 1)) * reach * deviation;
    const volatility = Math.sqrt(totalVariance(slice, k) / years) + noise();
    return {
      instrument: `X-${i}`,
      strike: 60_000 * Math.exp(k),
      k,
      volatility,
      bidVolatility: volatility - halfSpread,
      askVolatility: volatility + halfSpread,
      markGap: null,
    };
  });
}

/** Largest difference of volatility from the quotes' slice over their range. */
function distance(one: SviSlice, other: SviSlice, points: readonly SmilePoint[], years: number): number {
  const differences = points.map(
    ({ k }) => Math.sqrt(totalVariance(one, k) / years) - Math.sqrt(totalVariance(other, k) / years),
  );
  return Math.max(...differences.map(Math.abs));
}

const known: [string, number, SviSlice][] = [
  ["an hour", HOUR, { a: 2e-5, b: 0.004, rho: -0.2, m: 0.001, sigma: 0.008 }],
  ["a day", 1 / 365, { a: 4e-4, b: 0.02, rho: 0.15, m: -0.004, sigma: 0.03 }],
  ["a month", 1 / 12, { a: 0.008, b: 0.09, rho: -0.35, m: 0.02, sigma: 0.12 }],
  ["a year", 1, { a: 0.1, b: 0.25, rho: -0.1, m: 0.1, sigma: 0.5 }],
  ["three years", 3, { a: 0.2, b: 0.35, rho: 0.3, m: -0.2, sigma: 1 }],
  ["an asymmetric month", 1 / 12, { a: -0.01, b: 0.16, rho: -0.8, m: -0.08, sigma: 0.2 }],
];

describe("fitSlice", () => {
  it.each(known)("finds the parameters that made the quotes: %s", (_, years, slice) => {
    expect(sliceFault(slice)).toBeNull();
    const points = quotesOn(slice, years);
    const { slice: found, fault } = fitSlice({ points, years });
    expect(fault).toBeNull();
    expect(distance(found, slice, points, years)).toBeLessThan(1e-9);
    for (const name of ["a", "b", "rho", "m", "sigma"] as const)
      expect(Math.abs(found[name] / slice[name] - 1)).toBeLessThan(1e-5);
  });

  it("is not led astray by noise: 25 quotes each up to a point off, the slice nowhere more than a point off, half on average", () => {
    const { integer } = random(7);
    const noise = (): number => (integer(20_001) - 10_000) / 1e6;
    let [sum, count] = [0, 0];
    for (const [, years, slice] of known)
      for (let draw = 0; draw < 10; draw++) {
        const points = quotesOn(slice, years, { noise });
        const { slice: found, fault } = fitSlice({ points, years });
        expect(fault).toBeNull();
        const far = distance(found, slice, points, years);
        expect(far).toBeLessThan(0.01);
        sum += far;
        count++;
      }
    expect(sum / count).toBeLessThan(0.005);
  });

  it("hardly heeds quotes with a wide spread", () => {
    const [, years, slice] = known[2]!;
    const points = quotesOn(slice, years).map((point, i) =>
      i % 6 === 0
        ? { ...point, volatility: point.volatility + 0.05, askVolatility: point.askVolatility + 0.3 }
        : point,
    );
    expect(distance(fitSlice({ points, years }).slice, slice, points, years)).toBeLessThan(0.001);
  });

  it("fits a flat smile and a smile of one wing", () => {
    const flat = { a: 0.02, b: 0.0001, rho: 0, m: 0, sigma: 0.1 };
    const wing = { a: 0.01, b: 0.05, rho: -0.99, m: 0.05, sigma: 0.1 };
    for (const slice of [flat, wing]) {
      const points = quotesOn(slice, 1 / 12);
      const { slice: found, fault } = fitSlice({ points, years: 1 / 12 });
      expect(fault).toBeNull();
      expect(distance(found, slice, points, 1 / 12)).toBeLessThan(1e-4);
    }
  });

  it("does with as few quotes as a slice has parameters", () => {
    const [, years, slice] = known[3]!;
    const points = quotesOn(slice, years, { count: 5 });
    expect(distance(fitSlice({ points, years }).slice, slice, points, years)).toBeLessThan(1e-6);
  });

  it("gives the nearest admissible slice to quotes with butterfly arbitrage (Vogt's slice)", () => {
    const vogt = { a: -0.041, b: 0.1331, rho: 0.306, m: 0.3586, sigma: 0.4153 };
    const points = quotesOn(vogt, 1, { reach: 8, count: 41 });
    expect(sliceFault(vogt)?.rule).toBe("butterfly");
    const { slice, fault } = fitSlice({ points, years: 1 });
    expect(fault).toBeNull();
    // Nearer would be refused: further than the wrong one is, and yet within two points of volatility.
    const off = distance(slice, vogt, points, 1);
    expect(off).toBeGreaterThan(0.001);
    expect(off).toBeLessThan(0.02);
  });

  it("keeps above the expiry before, though its own quotes lie lower", () => {
    const [, , month] = known[2]!;
    const years = 1 / 6;
    const lower = { ...month, a: month.a - 0.001 };
    const points = quotesOn(lower, years);
    expect(fitSlice({ points, years }).fault).toBeNull();
    const { slice, fault } = fitSlice({ points, years, previous: month });
    expect(fault).toBeNull();
    expect(sliceFault(slice, month)).toBeNull();
    expect(distance(slice, month, points, years)).toBeLessThan(0.01);
  });

  it("says so where nothing admissible is found", () => {
    const [, , month] = known[2]!;
    // Twenty times the variance of what is quoted, and steeper than any admissible wing.
    const impossible = { a: 0, b: 2.5, rho: 0, m: 0, sigma: 0.01 };
    const { fault } = fitSlice({ points: quotesOn(month, 1 / 12), years: 1 / 12, previous: impossible });
    expect(fault).not.toBeNull();
  });

  it("gives the same slice to the bit for the same quotes", () => {
    const [, years, slice] = known[2]!;
    const points = quotesOn(slice, years, { noise: () => 0.003 });
    expect(fitSlice({ points, years })).toEqual(fitSlice({ points, years }));
  });
});
