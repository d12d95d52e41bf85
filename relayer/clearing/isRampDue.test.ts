import { expect, test } from "vitest";
import { isRampDue, type RampStanding } from "./isRampDue.ts";

const BTC = 10n ** 8n;
const WAD = 10n ** 18n;
const NOW = 1_764_000_000n;
const HOUR = 3_600n;
/** 15 BTC of 10 to 20: half of the way. */
const told: RampStanding = {
  rampPpm: 500_000n,
  state: { rampPerDay: 240_000_000n, toldPpm: 500_000n, rampCeiling: ceiling(500_000n), rampTime: NOW },
  time: NOW,
  openInterest: 15n * BTC,
  priceWad: 60_000n * WAD,
  ageSeconds: 3_600n,
  maxEpochAge: 3_600n,
  caps: { openInterestFrom: 600_000n, openInterestTo: 1_200_000n },
};
const none = { rampPpm: 0n, state: { ...told.state, toldPpm: 0n, rampCeiling: 0n } };
const all = {
  rampPpm: 1_000_000n,
  state: { ...told.state, toldPpm: 1_000_000n, rampCeiling: ceiling(1_000_000n) },
};
/** Told of half of the way, charging none of it. */
const rising = { ...none, state: { ...told.state, rampCeiling: 0n } };

function ceiling(ppm: bigint): bigint {
  return ppm * 86_400_000n;
}

test.each<[boolean, string, Partial<RampStanding>]>([
  [false, "nothing changed", {}],
  [false, "a little more", { openInterest: 15n * BTC + BTC / 10n - 1_000n }],
  [true, "a hundredth more", { openInterest: 15n * BTC + BTC / 10n }],
  [true, "a hundredth less", { openInterest: 15n * BTC - BTC / 10n }],
  [true, "a price that moved", { priceWad: 61_000n * WAD }],
  [false, "a price too old", { openInterest: 20n * BTC, ageSeconds: 3_601n }],
  [false, "no price", { openInterest: 20n * BTC, priceWad: 0n }],
  [false, "the first above the lower cap", { ...none, openInterest: 10n * BTC + 1n }],
  [true, "a hundredth above the lower cap", { ...none, openInterest: 10n * BTC + BTC / 10n }],
  [false, "at the lower cap", { ...none, openInterest: 10n * BTC }],
  [true, "back at the lower cap", { rampPpm: 1n, openInterest: 10n * BTC }],
  [false, "beyond the upper cap", { ...all, openInterest: 900n * BTC }],
  // A hundredth an hour.
  [false, "told, and not yet a hundredth higher", { ...rising, time: NOW + HOUR - 1n }],
  [true, "told, and a hundredth higher", { ...rising, time: NOW + HOUR }],
  [true, "told of more than there is any longer", { ...rising, openInterest: 14n * BTC }],
  [
    true,
    "as much again, under a ceiling that had no time to fall",
    { rampPpm: 0n, state: { ...told.state, toldPpm: 0n } },
  ],
  [false, "a block older than the ceiling", { ...rising, time: NOW - HOUR }],
])("%s: %s", (due, _, changed) => {
  expect(isRampDue({ ...told, ...changed })).toBe(due);
});
