import { describe, expect, it } from "vitest";
import { formatDecimal, parseDecimal } from "./decimal.ts";

describe("parseDecimal", () => {
  it.each([
    ["0.3565", 35_650_000n],
    ["255.0", 25_500_000_000n],
    ["1", 100_000_000n],
    ["0.00000001", 1n],
    ["1.0000000000", 100_000_000n],
  ])("takes %s", (text, value) => {
    expect(parseDecimal(text, 8)).toBe(value);
  });

  it.each(["", "abc", "-1", "+1", "1e5", ".5", "5.", "1,5", "0x10", " 1", "0.000000001", "NaN"])(
    "refuses %j",
    (text) => {
      expect(parseDecimal(text, 8)).toBeNull();
    },
  );
});

describe("formatDecimal", () => {
  it.each([
    [20_400n * 10n ** 18n, 18, 6, "20400"],
    [-1_500_000n, 6, 6, "-1.5"],
    [1_999_999n, 6, 2, "1.99"],
    [-1n, 6, 2, "0"],
    [0n, 6, 6, "0"],
    [5n, 0, 0, "5"],
  ])("shows %s with %s decimals to %s places as %s", (value, decimals, places, text) => {
    expect(formatDecimal(value, decimals, places)).toBe(text);
  });
});
