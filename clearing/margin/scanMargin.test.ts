import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { scanMargin } from "./scanMargin.ts";
import { scanRates } from "./scanRates.ts";

const WAD = 10n ** 18n;
const BTC = 10n ** 8n;

describe("scanMargin", () => {
  it("CLR-20: reaches the golden row of the risk model", () => {
    const exposure = {
      base: 2n * BTC,
      longs: 10n * BTC,
      shorts: 8n * BTC,
      markWad: 60_000n * WAD,
      rates: scanRates("BTC"),
    };
    expect(scanMargin([exposure])).toEqual({ initialWad: 20_400n * WAD, maintenanceWad: 16_320n * WAD });
  });

  it("rounds each term up, once", () => {
    const exposure = { base: -1n, longs: 1n, shorts: 2n, markWad: 1n, rates: { scanWad: 1n, venueWad: 1n } };
    expect(scanMargin([exposure])).toEqual({ initialWad: 2n, maintenanceWad: 2n });
  });

  it("counts closing trades as far as they may go, and their offset", () => {
    const exposure = (base: bigint, closing: bigint) => ({
      base: base * BTC,
      longs: base > 0n ? base * BTC : 0n,
      shorts: base < 0n ? -base * BTC : 0n,
      closing: closing * BTC,
      markWad: 1_000n * WAD,
      rates: { scanWad: WAD / 10n, venueWad: WAD / 100n },
    });
    expect(scanMargin([exposure(3n, 2n)]).initialWad).toBe(320n * WAD);
    expect(scanMargin([exposure(-3n, 5n)]).initialWad).toBe(330n * WAD);
    expect(scanMargin([exposure(3n, 7n)]).initialWad).toBe(430n * WAD);
    expect(scanMargin([exposure(0n, 7n)]).initialWad).toBe(700n * WAD);
  });

  it("requires nothing of nothing", () => {
    expect(scanMargin([])).toEqual({ initialWad: 0n, maintenanceWad: 0n });
  });

  it("CLR-20: agrees with the shared vectors", () => {
    const file = new URL("../../test/vectors/margin.json", import.meta.url);
    const { underlyings, portfolios } = JSON.parse(readFileSync(file, "utf8"));
    for (const { symbol, scanWad, venueWad } of underlyings)
      expect(scanRates(symbol)).toEqual({ scanWad: BigInt(scanWad), venueWad: BigInt(venueWad) });
    for (const held of portfolios) {
      const exposures = held.underlying.map((symbol: string, i: number) => ({
        base: BigInt(held.base[i]),
        longs: BigInt(held.longs[i]),
        shorts: BigInt(held.shorts[i]),
        closing: BigInt(held.closing[i]),
        markWad: BigInt(held.markWad[i]),
        rates: scanRates(symbol),
      }));
      const { initialWad, maintenanceWad } = scanMargin(exposures);
      expect([String(initialWad), String(maintenanceWad)]).toEqual([held.initialWad, held.maintenanceWad]);
    }
  });
});
