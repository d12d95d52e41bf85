import { describe, expect, it } from "vitest";
import { random } from "./random.ts";
import { settlement } from "./settlement.ts";

// With no base, quote is the value.
const worth = (value: bigint, cash = 0n) => ({ base: 0n, quote: value, cash });
const markWad = 10n ** 18n;

describe("settlement", () => {
  it("moves losses into gains through the pool", () => {
    const positions = [worth(-100n, 1_000n), worth(60n), worth(40n)];
    expect(settlement({ markWad, variationPool: 0n, spokeSums: [], positions })).toEqual({
      amounts: [-100n, 60n, 40n],
      variationPool: 0n,
    });
  });

  it("takes from a loser only the cash that is there, and shares it pro rata, rounded down", () => {
    const positions = [worth(-100n, 50n), worth(-10n, -5n), worth(70n), worth(30n)];
    expect(settlement({ markWad, variationPool: 1n, spokeSums: [], positions })).toEqual({
      amounts: [-50n, 0n, 35n, 15n],
      variationPool: 1n,
    });
  });

  it("keeps back what a spoke has reported of one side only", () => {
    const spokeSums = [
      { base: 0n, quote: 80n },
      { base: 0n, quote: -500n },
    ];
    expect(settlement({ markWad, variationPool: 100n, spokeSums, positions: [worth(50n)] })).toEqual({
      amounts: [20n],
      variationPool: 80n,
    });
    expect(settlement({ markWad, variationPool: 70n, spokeSums, positions: [worth(50n)] }).amounts).toEqual([
      0n,
    ]);
  });

  it("CLR-02: pays no gain that no loser has paid", () => {
    const draw = random(5);
    for (let run = 0; run < 500; run++) {
      const variationPool = draw.bits(8);
      const positions = Array.from({ length: 5 }, () => worth(draw.bits(10) - 512n, draw.bits(10) - 300n));
      const settled = settlement({ markWad, variationPool, spokeSums: [], positions });
      const moved = settled.amounts.reduce((total, amount) => total + amount, 0n);
      expect(settled.variationPool).toBe(variationPool - moved);
      expect(settled.variationPool).toBeGreaterThanOrEqual(0n);
      for (const [i, { quote, cash }] of positions.entries()) {
        const amount = settled.amounts[i]!;
        expect(amount * quote).toBeGreaterThanOrEqual(0n);
        expect(amount < 0n ? cash + amount : 0n).toBeGreaterThanOrEqual(0n);
      }
    }
  });
});
