import { describe, expect, it } from "vitest";
import { netPositions, netting } from "./netting.ts";

const WAD = 10n ** 18n;
const positions = [
  { account: "a", instrument: "BTC-PERP", chain: 0, base: 10n * 10n ** 8n },
  { account: "a", instrument: "BTC-PERP", chain: 1, base: -8n * 10n ** 8n },
  { account: "b", instrument: "BTC-PERP", chain: 0, base: -2n * 10n ** 8n },
];
const marks = new Map([["BTC-PERP", 60_000n * WAD]]);

describe("netPositions", () => {
  it("sums over chains and keeps longs and shorts apart", () => {
    expect(netPositions(positions)).toEqual([
      {
        account: "a",
        instrument: "BTC-PERP",
        base: 200_000_000n,
        longs: 1_000_000_000n,
        shorts: 800_000_000n,
      },
      { account: "b", instrument: "BTC-PERP", base: -200_000_000n, longs: 0n, shorts: 200_000_000n },
    ]);
  });
});

describe("netting", () => {
  it("compares what is open before and after", () => {
    expect(netting(positions, marks)).toEqual({
      grossWad: 1_200_000n * WAD,
      netWad: 240_000n * WAD,
      efficiencyWad: (8n * WAD) / 10n,
    });
  });

  it("saves nothing where there is nothing", () => {
    expect(netting([], marks).efficiencyWad).toBe(0n);
  });

  it("refuses a position without a mark", () => {
    expect(() => netting(positions, new Map())).toThrow(expect.objectContaining({ kind: "MarkMissing" }));
  });
});
