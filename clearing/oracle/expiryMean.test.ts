import { expect, it } from "vitest";
import { NO_SAMPLES, sampleExpiry, settlementPrice, windowStart } from "./expiryMean.ts";

const expiry = 1_800_000_000n;
const start = windowStart(expiry);
const sampleAll = (prices: readonly (readonly [time: bigint, priceWad: bigint])[]) =>
  prices.reduce((mean, [time, priceWad]) => sampleExpiry(mean, expiry, { time, priceWad }), NO_SAMPLES);
const minutes = (from: number, end: number, priceWad: bigint) =>
  Array.from({ length: end - from }, (_, i) => [start + BigInt(from + i) * 60n, priceWad] as const);

it("takes the first price of each minute of the window", () => {
  expect(sampleAll([[start - 1n, 9n], [start, 1n], [start + 59n, 9n], ...minutes(1, 30, 1n)])).toEqual({
    priceSumWad: 30n,
    samples: 30,
    nextMinute: 30n,
  });
});

it("takes later minutes only as long as samples are missing, and rounds the mean down", () => {
  const few = sampleAll(minutes(0, 19, 10n));
  expect(settlementPrice(few)).toBeUndefined();
  const late = sampleExpiry(few, expiry, { time: expiry + 86_400n, priceWad: 29n });
  expect(settlementPrice(late)).toBe(10n);
  expect(sampleExpiry(late, expiry, { time: expiry + 86_460n, priceWad: 29n })).toBe(late);
});
