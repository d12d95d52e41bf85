import { expect, test } from "vitest";
import { percentile } from "./percentile.ts";

test("percentile is the nearest rank", () => {
  expect(percentile([5, 1, 3], 50)).toBe(3);
  expect(percentile([1, 2, 3, 4], 50)).toBe(2);
  expect(percentile([1, 2, 3, 4], 99)).toBe(4);
  expect(percentile([], 50)).toBe(0);
});
