import { expect, test } from "vitest";
import { isRampDue, type RampStanding } from "./isRampDue.ts";

const BTC = 10n ** 8n;
const WAD = 10n ** 18n;
/** 15 BTC of 10 to 20: half of the way. */
const told: RampStanding = {
  rampPpm: 500_000n,
  openInterest: 15n * BTC,
  priceWad: 60_000n * WAD,
  ageSeconds: 3_600n,
  maxEpochAge: 3_600n,
  caps: { openInterestFrom: 600_000n, openInterestTo: 1_200_000n },
};

test.each<[boolean, string, Partial<RampStanding>]>([
  [false, "nothing changed", {}],
  [false, "a little more", { openInterest: 15n * BTC + BTC / 10n - 1_000n }],
  [true, "a hundredth more", { openInterest: 15n * BTC + BTC / 10n }],
  [true, "a hundredth less", { openInterest: 15n * BTC - BTC / 10n }],
  [true, "a price that moved", { priceWad: 61_000n * WAD }],
  [false, "a price too old", { openInterest: 20n * BTC, ageSeconds: 3_601n }],
  [false, "no price", { openInterest: 20n * BTC, priceWad: 0n }],
  [false, "the first above the lower cap", { rampPpm: 0n, openInterest: 10n * BTC + 1n }],
  [true, "a hundredth above the lower cap", { rampPpm: 0n, openInterest: 10n * BTC + BTC / 10n }],
  [false, "at the lower cap", { rampPpm: 0n, openInterest: 10n * BTC }],
  [true, "back at the lower cap", { rampPpm: 1n, openInterest: 10n * BTC }],
  [false, "beyond the upper cap", { rampPpm: 1_000_000n, openInterest: 900n * BTC }],
])("%s: %s", (due, _, changed) => {
  expect(isRampDue({ ...told, ...changed })).toBe(due);
});
