import { expect, test } from "vitest";
import { isDivergenceProven } from "./isDivergenceProven.ts";

const lane = {
  diverged: false,
  divergedSince: 1_000,
  maxLagSeconds: 600,
  toldTime: 1_000,
  arrivedUpTo: 5n,
  lastSequence: 5n,
  told: 1n,
  digest: 2n,
};

test("proven once the lag is over, by a report made since", () => {
  expect(isDivergenceProven(lane, 1_600n)).toBe(true);
  expect(isDivergenceProven(lane, 1_599n)).toBe(false);
});

test.each<[string, Partial<typeof lane>]>([
  ["it is paused for it already", { diverged: true }],
  ["the ends agreed since", { divergedSince: 0 }],
  ["no report was made since", { toldTime: 999 }],
  ["a report is missing", { arrivedUpTo: 4n }],
  ["the latest report agrees", { told: 2n }],
])("not proven when %s", (_, change) => {
  expect(isDivergenceProven({ ...lane, ...change }, 1_600n)).toBe(false);
});
