import { describe, expect, it } from "vitest";
import { WAD } from "../math.ts";
import { earnedInterest, growDebt, interestRate, utilisation } from "./utilisationCurve.ts";

const curve = {
  base: 10_000_000n,
  toKink: 80_000_000n,
  beyondKink: 1_000_000_000n,
  kink: 800_000_000n,
  reserve: 100_000_000n,
};

describe("interest on negative cash", () => {
  it("bends at the kink", () => {
    const percent = (n: bigint): bigint => (n * WAD) / 100n;
    expect([0n, 40n, 80n, 90n, 100n].map((u) => interestRate(percent(u), curve))).toEqual(
      [1n, 5n, 9n, 59n, 109n].map(percent),
    );
  });

  it("rounds debtors up and lenders down", () => {
    expect(growDebt(10n ** 9n, (9n * WAD) / 100n, 86_400n)).toBe(10n ** 9n + 246_576n);
    expect(earnedInterest(246_576n, curve)).toBe(221_918n);
    expect(utilisation(1n, 3n)).toBe(WAD / 3n + 1n);
  });

  it("has a utilisation when nothing was supplied, or less than is lent", () => {
    expect([utilisation(0n, 0n), utilisation(1n, 0n), utilisation(5n, 4n)]).toEqual([0n, WAD, WAD]);
  });

  it("refuses a curve without a kink inside", () => {
    expect(() => interestRate(0n, { ...curve, kink: 1_000_000_000n })).toThrow(
      expect.objectContaining({ kind: "FundingInputOutOfRange" }),
    );
  });
});
