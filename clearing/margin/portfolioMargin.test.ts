import { describe, expect, it } from "vitest";
import { WAD } from "../math.ts";
import {
  defaultAccountParameters,
  defaultUnderlyingParameters,
  type UnderlyingParameters,
} from "./marginParameters.ts";
import { openInterestShare } from "./openInterestRamp.ts";
import {
  bufferMargin,
  type PortfolioMargin,
  portfolioMargin,
  type UnderlyingHoldings,
} from "./portfolioMargin.ts";
import { perpetualArray } from "./riskArray.ts";
import type { Holdings, OptionLeg } from "./riskBook.ts";
import { entries, PPB } from "./scenarios.ts";

const BTC = 10n ** 8n;
const NOW = 1_764_000_000n;
const DAY = 86_400n;
const calm = { priceWad: 60_000n * WAD, confidenceWad: 0n, ageSeconds: 0n, rampPpm: 0n };
const btc = defaultUnderlyingParameters("BTC");

function held(
  holdings: Partial<Holdings>,
  parameters: Partial<UnderlyingParameters> = {},
  market = calm,
): UnderlyingHoldings {
  return {
    parameters: { ...btc, ...parameters },
    market,
    holdings: { perpetuals: [], options: [], ...holdings },
  };
}

function margin(...underlyings: UnderlyingHoldings[]): PortfolioMargin {
  return portfolioMargin({ underlyings, parameters: defaultAccountParameters, time: NOW });
}

const perpetual = (base: bigint, offset = 0n) => ({ perpetuals: [{ base, offset }] });

describe("portfolioMargin", () => {
  it("CLR-20: reaches the golden row of the risk model", () => {
    const { initial, maintenance, underlyings } = margin(held(perpetual(2n * BTC, 8n * BTC)));
    expect(underlyings[0]).toMatchObject({
      scan: 18_000n * WAD,
      venue: 2_400n * WAD,
      concentration: WAD,
      ramp: 0n,
      oracle: 0n,
    });
    expect([initial, maintenance]).toEqual([20_400n * WAD, 16_320n * WAD]);
  });

  it("takes basis, minimums and concentration as the model says", () => {
    const one = margin(held(perpetual(BTC), { depth: 15_000n })).underlyings[0]!;
    // 0.3 of 15 % on one side, at 0.5.
    expect(one.basis).toBe(1_350n * WAD);
    expect(one.perpMinimumInitial).toBe(1_200n * WAD);
    expect(one.perpMinimumMaintenance).toBe(900n * WAD);
    // √(60,000 / 15,000) = 2.
    expect(one.concentration).toBe((3n * WAD) / 2n);
    expect([one.initial, one.maintenance]).toEqual([13_500n * WAD, 10_800n * WAD]);
    expect(margin(held(perpetual(1000n * BTC), { depth: 1n })).underlyings[0]!.concentration).toBe(3n * WAD);
  });

  it("charges short options that nothing covers, by right and expiry", () => {
    const still = entries.map(() => 0n);
    const option = (base: bigint, right: "call" | "put", days: bigint): OptionLeg => ({
      base: base * BTC,
      offset: 0n,
      right,
      expiry: NOW + days * DAY,
      array: still,
    });
    const options = [
      option(-3n, "call", 7n),
      option(1n, "call", 7n),
      option(2n, "call", 30n),
      option(-1n, "put", 7n),
    ];
    const { optionMinimumInitial, optionMinimumMaintenance } = margin(held({ options })).underlyings[0]!;
    expect([optionMinimumInitial, optionMinimumMaintenance]).toEqual([1_800n * WAD, 900n * WAD]);
  });

  it("raises the initial rate to the whole notional between the caps of open interest", () => {
    const caps = { openInterestFrom: 1_000n, openInterestTo: 2_000n };
    const at = (dollars: bigint) =>
      margin(held(perpetual(BTC), {}, { ...calm, rampPpm: openInterestShare(dollars * WAD, caps) }));
    expect(at(1_000n).initial).toBe(9_000n * WAD);
    expect(at(1_500n).initial).toBe(34_500n * WAD);
    expect(at(2_000n).initial).toBe(60_000n * WAD);
    expect(at(9_000n).initial).toBe(60_000n * WAD);
    expect(at(9_000n).maintenance).toBe(7_200n * WAD);
  });

  it("charges what the price's uncertainty exceeds ten basis points by, initially, at most the notional", () => {
    // 3 · 30 / 60,000 = 15 bp.
    const unsure = margin(held(perpetual(BTC), {}, { ...calm, confidenceWad: 30n * WAD }));
    expect(unsure.underlyings[0]!.oracle).toBe(30n * WAD);
    expect(unsure.maintenance).toBe(7_200n * WAD);
    // A day old: 4 %.
    expect(margin(held(perpetual(BTC), {}, { ...calm, ageSeconds: DAY })).underlyings[0]!.oracle).toBe(
      2_340n * WAD,
    );
    const lost = margin(held(perpetual(BTC), {}, { ...calm, ageSeconds: 2n ** 40n - 1n }));
    expect(lost.underlyings[0]!.oracle).toBe(60_000n * WAD);
  });

  it("credits half of what underlyings offset, never below the floor", () => {
    const eth = { ...calm, priceWad: 3_000n * WAD };
    const ethRange = { scanRange: (18n * PPB) / 100n };
    const hedged = margin(held(perpetual(BTC)), held(perpetual(-18n * BTC), ethRange, eth));
    expect(hedged.crossCreditInitial).toBe(9_000n * WAD);
    expect([hedged.initial, hedged.maintenance]).toEqual([9_720n * WAD, 7_776n * WAD]);
    expect(hedged.worstScenario).toBe(6);
    const floored = margin(
      held(perpetual(BTC), { perpMinimumInitial: (15n * PPB) / 100n }),
      held(perpetual(-18n * BTC), { ...ethRange, perpMinimumInitial: PPB / 10n }, eth),
    );
    expect(floored.initial).toBe(14_400n * WAD);
  });

  it("requires nothing of nothing", () => {
    expect(margin()).toMatchObject({ initial: 0n, maintenance: 0n });
    expect(margin(held({}))).toMatchObject({ initial: 0n, maintenance: 0n });
  });

  it.each([
    ["a price of zero", held(perpetual(1n), {}, { ...calm, priceWad: 0n }), "MarginInputOutOfRange"],
    ["a price too large", held({}, {}, { ...calm, priceWad: 2n ** 128n }), "MarginInputOutOfRange"],
    ["a base too large", held(perpetual(2n ** 87n)), "MarginInputOutOfRange"],
    ["a negative offset", held(perpetual(1n, -1n)), "MarginInputOutOfRange"],
    ["no scan range", held({}, { scanRange: 0n }), "MarginInputOutOfRange"],
    [
      "caps in the wrong order",
      held({}, { openInterestFrom: 5n, openInterestTo: 5n }),
      "MarginInputOutOfRange",
    ],
    [
      "a maintenance minimum above the initial one",
      held({}, { perpMinimumMaintenance: PPB / 10n }),
      "MarginInputOutOfRange",
    ],
    [
      "an option without expiry",
      held({ options: [{ base: 1n, offset: 0n, right: "put", expiry: 0n, array: perpetualArray(PPB) }] }),
      "MarginInputOutOfRange",
    ],
    [
      "an array too short",
      held({ options: [{ base: 1n, offset: 0n, right: "put", expiry: NOW, array: [0n] }] }),
      "RiskArrayMalformed",
    ],
    [
      "129 instruments",
      held({ perpetuals: Array.from({ length: 129 }, () => ({ base: 1n, offset: 0n })) }),
      "MarginTooManyInstruments",
    ],
  ])("refuses %s", (_, input, kind) => {
    expect(() => margin(input)).toThrow(expect.objectContaining({ kind }));
  });
});

describe("bufferMargin", () => {
  it("reaches the golden row of the risk model", () => {
    expect(bufferMargin(1_000n * WAD, 1_200n * WAD, defaultAccountParameters.bufferRatio)).toBe(-380n * WAD);
  });
});
