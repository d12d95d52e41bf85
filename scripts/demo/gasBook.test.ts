import { expect, test } from "vitest";
import { createGasBook, percentile } from "./gasBook.ts";

test("percentile is the nearest rank", () => {
  expect(percentile([5, 1, 3], 50)).toBe(3);
  expect(percentile([1, 2, 3, 4], 50)).toBe(2);
  expect(percentile([1, 2, 3, 4], 99)).toBe(4);
  expect(percentile([], 50)).toBe(0);
});

test("a gas book counts by operation", () => {
  const book = createGasBook();
  book.add("deposit", 100n);
  book.add("deposit", 300n);
  book.add("trade", 7n);
  expect(book.summary()).toEqual({
    deposit: { count: 2, median: 100 },
    trade: { count: 1, median: 7 },
  });
});
