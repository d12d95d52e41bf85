import { expect, test } from "vitest";
import { type DecideRefreshParameters, decideRefresh } from "./decideRefresh.ts";

const WAD = 10n ** 18n;
const quiet: DecideRefreshParameters = {
  now: 1_000_100,
  priceWad: 4_000n * WAD,
  epoch: { priceWad: 4_000n * WAD, time: 1_000_000, places: 2 },
  limits: { scanRange: 160_000_000, maxEpochAge: 3_600, maxMove: 125_000_000 },
  made: { numbers: [16_793_600, 16_809_984], surfaceTime: 999_999 },
  before: { numbers: [16_793_600, 16_809_984], surfaceTime: 999_999 },
};
const { numbers, surfaceTime } = quiet.made;
// Half of 1/8 of 16 %.
const half = 40n * WAD;

test.each<[ReturnType<typeof decideRefresh>, Partial<DecideRefreshParameters>]>([
  [undefined, {}],
  [undefined, { before: undefined }],
  [undefined, { epoch: { priceWad: 0n, time: 0, places: 0 }, made: { numbers, surfaceTime: 0 } }],
  ["first", { epoch: { priceWad: 0n, time: 0, places: 0 } }],
  ["listed", { made: { numbers: [...numbers, 16_826_368], surfaceTime } }],
  // A place that another option has by now.
  ["listed", { made: { numbers: [16_793_601, 16_809_984], surfaceTime } }],
  ["surface", { made: { numbers, surfaceTime: surfaceTime + 1 } }],
  // Whether it was there when the epoch was made, only who made it knows.
  ["surface", { made: { numbers, surfaceTime: quiet.epoch.time }, before: undefined }],
  [undefined, { now: 1_001_800 }],
  ["old", { now: 1_001_801 }],
  [undefined, { priceWad: quiet.priceWad + half }],
  ["moved", { priceWad: quiet.priceWad + half + 1n }],
  ["moved", { priceWad: quiet.priceWad - half - 1n }],
])("%s", (reason, changed) => {
  expect(decideRefresh({ ...quiet, ...changed })).toBe(reason);
});
