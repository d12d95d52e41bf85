import { expect, test } from "vitest";
import { fuzzMargin } from "../../scripts/fuzz/margin/fuzzMargin.ts";

test("CLR-20: margin, risk arrays and assessments of 500 random portfolios are the same in TypeScript and on chain", async () => {
  const result = await fuzzMargin({ portfolios: 500, seed: 20, from: 0, progress: () => undefined });
  expect(result).toMatchObject({ portfolios: 500, differing: 0, differences: [] });
  // Not of nothing.
  expect(result.instruments).toBeGreaterThan(5_000);
  expect(result.arrays).toBeGreaterThan(400);
  expect(result.exposures).toBeGreaterThan(4_000);
  expect(result.refused).toBeGreaterThan(0);
  expect(result.refused).toBeLessThan(50);
  expect(result.assessed).toBeGreaterThan(250);
  expect(result.assessed).toBeLessThan(450);
});
