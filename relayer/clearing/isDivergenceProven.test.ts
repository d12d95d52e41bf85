import { expect, test } from "vitest";
import { isDivergenceProven } from "./isDivergenceProven.ts";

const lane = {
  diverged: false,
  divergedSince: 1_000,
  maxLagSeconds: 600,
  toldTime: 1_600,
  arrivedUpTo: 5n,
  lastSequence: 5n,
  told: 1n,
  digest: 2n,
};

test("proven by a report made a whole lag after the one that showed it", () => {
  expect(isDivergenceProven(lane)).toBe(true);
});

test("proven although the hub has forgotten which reports arrived, after an unpausing", () => {
  expect(isDivergenceProven({ ...lane, arrivedUpTo: 2n ** 64n - 1n })).toBe(true);
});

test.each<[string, Partial<typeof lane>]>([
  ["it is paused for it already", { diverged: true }],
  ["the ends agreed since", { divergedSince: 0 }],
  ["the latest report was made too early", { toldTime: 1_599 }],
  ["a report is missing", { arrivedUpTo: 4n }],
  ["the latest report agrees", { told: 2n }],
])("not proven when %s", (_, change) => {
  expect(isDivergenceProven({ ...lane, ...change })).toBe(false);
});
