import { describe, expect, it } from "vitest";
import { equity } from "./equity.ts";
import { positionValue } from "./positionValue.ts";

const WAD = 10n ** 18n;

describe("positionValue", () => {
  it("rounds towards minus infinity, long or short", () => {
    const markWad = 1n;
    expect(positionValue({ base: 1n, quote: 0n, markWad })).toBe(0n);
    expect(positionValue({ base: -1n, quote: 0n, markWad })).toBe(-1n);
    expect(positionValue({ base: -(10n ** 20n), quote: 0n, markWad })).toBe(-1n);
  });
});

describe("equity", () => {
  it("adds cash, collateral after its haircut and positions", () => {
    const total = equity({
      cash: -1_000_000n,
      collateral: [{ amount: 2n * 10n ** 8n, sharedDecimals: 8, priceWad: 4_000n * WAD, haircutBps: 1_000n }],
      positions: [{ base: 10n ** 8n, quote: -60_000_000_000n, markWad: 60_010n * WAD }],
    });
    expect(total).toBe(-1n * WAD + 7_200n * WAD + 10n * WAD);
  });

  it("values collateral at the lower edge of the band, at the least at nothing", () => {
    const at = (confidenceWad: bigint) =>
      equity({
        cash: 0n,
        collateral: [
          { amount: 10n ** 8n, sharedDecimals: 8, priceWad: 4_000n * WAD, confidenceWad, haircutBps: 1_000n },
        ],
        positions: [],
      });
    expect(at(100n * WAD)).toBe(3_510n * WAD);
    expect(at(4_001n * WAD)).toBe(0n);
  });

  it("counts cash and collateral only as far as their chains were heard of, and debts in full", () => {
    const half = 500_000_000n;
    const collateral = [
      {
        amount: 10n ** 8n,
        sharedDecimals: 8,
        priceWad: 4_000n * WAD,
        haircutBps: 1_000n,
        freshnessPpb: half,
      },
    ];
    expect(equity({ cash: 100_000_000n, cashFreshnessPpb: half, collateral, positions: [] })).toBe(
      1_850n * WAD,
    );
    expect(equity({ cash: -100_000_000n, cashFreshnessPpb: half, collateral, positions: [] })).toBe(
      1_700n * WAD,
    );
  });

  it("rounds collateral down", () => {
    const collateral = [{ amount: 1n, sharedDecimals: 8, priceWad: 1n, haircutBps: 0n }];
    expect(equity({ cash: 0n, collateral, positions: [] })).toBe(0n);
  });
});
