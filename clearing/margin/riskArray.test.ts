import { describe, expect, it } from "vitest";
import { arrayDelta, packRiskArray, perpetualArray, riskEntry, unpackRiskArray } from "./riskArray.ts";
import {
  describeScenario,
  grid,
  PPB,
  entries as places,
  scenarios,
  scenarioWeight,
  spotShock,
} from "./scenarios.ts";

const RANGE = (15n * PPB) / 100n;

describe("scenarios", () => {
  it("are the 30 of the risk model", () => {
    expect(scenarios).toHaveLength(30);
    expect(grid).toHaveLength(21);
    const on = (vol: string) =>
      grid
        .map((s) => scenarios[s]!)
        .filter((s) => s.vol === vol)
        .map((s) => spotShock(s, RANGE) / 10n ** 6n);
    for (const vol of ["flat", "up", "down"])
      expect(on(vol)).toEqual([-50n, -100n, -150n, 0n, 50n, 100n, 150n]);
    const rest = scenarios.filter((_, s) => !grid.includes(s));
    expect(rest.map(({ tailPpb }) => tailPpb / 10n ** 7n)).toEqual([
      -60n,
      -35n,
      50n,
      100n,
      200n,
      0n,
      0n,
      0n,
      0n,
    ]);
  });

  it("weigh a tail by 0.75 scan ranges over its move, rounded up, at most wholly", () => {
    const weights = [7, 15, 23, 24, 25].map((s) => scenarioWeight(scenarios[s]!, RANGE));
    expect(weights).toEqual([187_500_000n, 321_428_572n, 225_000_000n, 112_500_000n, 56_250_000n]);
    expect(scenarioWeight(scenarios[15]!, PPB)).toBe(PPB);
    expect(scenarioWeight(scenarios[26]!, RANGE)).toBe(PPB);
  });

  it("have words", () => {
    expect(describeScenario(scenarios[2]!, RANGE)).toBe("spot -15 %, vol flat");
    expect(describeScenario(scenarios[25]!, RANGE)).toBe("spot +200 %, vol up");
  });
});

describe("risk arrays", () => {
  it("unpack to what was packed", () => {
    const entries = places.map((s) => (s === 3 ? 0n : s % 2 === 0 ? -(2n ** 31n) : 2n ** 31n - 1n));
    expect(packRiskArray(entries)).toMatch(/^0x80000000(7fffffff)80000000000000008/);
    expect(unpackRiskArray(packRiskArray(entries))).toEqual(entries);
  });

  it("truncate thirds of the scan range, both ways alike", () => {
    const array = perpetualArray(PPB / 4n);
    expect([array[0], array[1], array[2], array[4], array[5], array[6]]).toEqual([
      -83_333_333n,
      -166_666_666n,
      -250_000_000n,
      83_333_333n,
      166_666_666n,
      250_000_000n,
    ]);
  });

  it("have the delta of a perpetual, which is one, and of its mirror", () => {
    for (const range of [PPB / 1000n, PPB / 4n, 333_333_339n, PPB]) {
      expect(arrayDelta(perpetualArray(range), range)).toBe(PPB);
      expect(
        arrayDelta(
          perpetualArray(range).map((move) => -move),
          range,
        ),
      ).toBe(-PPB);
    }
  });

  it("round entries down", () => {
    expect(riskEntry({ changeWad: 1n, priceWad: 3n })).toBe(333_333_333n);
    expect(riskEntry({ changeWad: -1n, priceWad: 3n })).toBe(-333_333_334n);
  });

  it("refuse what does not fit, or moves though nothing does", () => {
    const kind = (at: number, entry: bigint) => () =>
      packRiskArray(places.map((s) => (s === at ? entry : 0n)));
    for (const wrong of [kind(29, 2n ** 31n), kind(0, -(2n ** 31n) - 1n), kind(3, 1n)])
      expect(wrong).toThrow(expect.objectContaining({ kind: "RiskArrayEntryOutOfRange" }));
    expect(() => packRiskArray([])).toThrow(expect.objectContaining({ kind: "RiskArrayMalformed" }));
    expect(() => unpackRiskArray("0x00")).toThrow(expect.objectContaining({ kind: "RiskArrayMalformed" }));
  });
});
