import { expect, test } from "vitest";
import { fuzzMargin } from "../../scripts/fuzz/margin/fuzzMargin.ts";

test("CLR-20: margin and risk arrays of 300 random portfolios are the same in TypeScript and on chain", async () => {
  const result = await fuzzMargin({ portfolios: 300, seed: 20, from: 0, progress: () => undefined });
  expect(result).toMatchObject({ portfolios: 300, differing: 0, differences: [] });
  // Not of nothing.
  expect(result.instruments).toBeGreaterThan(3_000);
  expect(result.arrays).toBeGreaterThan(250);
  expect(result.refused).toBeGreaterThan(0);
  expect(result.refused).toBeLessThan(30);
});
