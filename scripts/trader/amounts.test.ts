import { expect, test } from "vitest";
import { settlementAsset } from "../../chains/assets.ts";
import { formatShared, parseAmount, parseCents, parseShared } from "./amounts.ts";

test("amounts are read to the last digit and shown as they were given", () => {
  expect(parseShared("--amount", "1.000001", settlementAsset)).toBe(1_000_001n);
  expect(formatShared(1_000_001n, settlementAsset)).toBe("1.000001");
  expect(parseCents("--credit", "3000.5")).toBe(300_050n);
  expect(parseCents("--credit", "0")).toBe(0n);
});

test.each([
  ["0", "--amount: found 0, expected a positive decimal with at most 6 decimals."],
  ["-1", "found -1, expected a positive decimal"],
  ["1e3", "found 1e3, expected a positive decimal"],
  ["0.0000001", "with at most 6 decimals."],
  ["18446744073709.551616", "at most 6 decimals, at most 18446744073709.551615."],
])("refuses %s", (text, message) => {
  expect(() => parseShared("--amount", text, settlementAsset)).toThrow(message);
});

test("a bound of its own is named", () => {
  expect(parseAmount({ option: "--buy", text: "2", decimals: 0, maximum: 2n })).toBe(2n);
  expect(() => parseAmount({ option: "--buy", text: "3", decimals: 0, maximum: 2n })).toThrow("at most 2.");
});
