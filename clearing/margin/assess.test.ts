import { describe, expect, it } from "vitest";
import { option, perpetual } from "../codec/instrumentId.ts";
import { WAD } from "../math.ts";
import { assess } from "./assess.ts";
import {
  type EngineMarket,
  type EngineUnderlying,
  instrumentNumber,
  numberParts,
  settlementKey,
} from "./engineMarket.ts";
import { ANY_AGE } from "./engineReading.ts";
import type { Exposure } from "./exposures.ts";
import { defaultAccountParameters, defaultUnderlyingParameters } from "./marginParameters.ts";
import { markOf, optionReferenceOf } from "./optionReference.ts";
import { perpetualArray } from "./riskArray.ts";
import type { RiskEntry } from "./riskEntry.ts";
import { PPB } from "./scenarios.ts";

const BTC = 10n ** 8n;
const NOW = 1_764_000_000n;
const DAY = 86_400n;
const SPOT = 60_000n * WAD;
const parameters = defaultUnderlyingParameters("BTC");
const call = {
  underlying: "BTC",
  expiry: Number(NOW + 7n * DAY),
  strike: 6_000_000_000_000n,
  right: "call",
} as const;
const [PERPETUAL, CALL, OTHER_CALL] = [0, 1, 2].map((place) =>
  instrumentNumber({ underlying: 1, place, generation: 0 }),
) as [number, number, number];

/** Worth a tenth of the spot, and like half of it: a delta of a half, no volatility. */
const entry: RiskEntry = {
  mark: PPB / 10n,
  expiry: BigInt(call.expiry),
  generation: 0n,
  right: "call",
  isCarried: false,
  array: perpetualArray(parameters.scanRange).map((move) => move / 2n),
};

function engine(changes: Partial<EngineUnderlying> = {}, market: Partial<EngineMarket> = {}): EngineMarket {
  return {
    underlyings: new Map([
      [
        1,
        {
          underlying: "BTC",
          parameters,
          limits: { gainsCap: 1_000n, maxEpochAge: 3_600n, maxMove: PPB / 8n, rampPerDay: PPB / 4n },
          price: { priceWad: SPOT, confidenceWad: 0n, ageSeconds: 0n, time: NOW },
          rampPpm: 0n,
          epoch: { priceWad: SPOT, time: NOW, scanRange: parameters.scanRange, entries: [entry] },
          ...changes,
        },
      ],
    ]),
    options: new Map([[CALL, call]]),
    settlements: new Map(),
    account: defaultAccountParameters,
    time: NOW,
    ...market,
  };
}

function exposure(number: number, base: bigint, dollars = 0n, others: Partial<Exposure> = {}): Exposure {
  return { number, base, quote: dollars * 10n ** 6n, offset: 0n, closing: 0n, ...others };
}

describe("assess", () => {
  it("says what positions are worth and require, gains beyond the cap for maintenance only", () => {
    // 10 at 60,000 on one chain and -8 on another: the golden row of the risk model.
    const golden = exposure(PERPETUAL, 2n * BTC, -110_000n, { offset: 8n * BTC });
    expect(assess({ market: engine(), exposures: [golden], maxPriceAge: 300n })).toEqual({
      valueInitialWad: 1_000n * WAD,
      valueMaintenanceWad: 10_000n * WAD,
      initialWad: 20_400n * WAD,
      maintenanceWad: 16_320n * WAD,
    });
  });

  it("values options at the mark of the epoch, moved with the price", () => {
    const held = [exposure(CALL, 2n * BTC, -11_000n)];
    const still = assess({ market: engine(), exposures: held, maxPriceAge: 300n });
    expect(still.valueMaintenanceWad).toBe(1_000n * WAD);
    const price = { priceWad: 60_600n * WAD, confidenceWad: 0n, ageSeconds: 0n, time: NOW };
    const moved = assess({ market: engine({ price }), exposures: held, maxPriceAge: 300n });
    expect(moved.valueMaintenanceWad).toBe(1_600n * WAD);
  });

  it("values what is settled at its payoff, which needs neither price nor margin", () => {
    const past = { ...call, expiry: Number(NOW - DAY) };
    const price = { priceWad: 0n, confidenceWad: 0n, ageSeconds: 0n, time: 0n };
    const market = engine(
      { price },
      { options: new Map([[CALL, past]]), settlements: new Map([[settlementKey(past), 61_000n * WAD]]) },
    );
    const epochless = { ...market.underlyings.get(1)! };
    delete epochless.epoch;
    const settled = { ...market, underlyings: new Map([[1, epochless]]) };
    expect(assess({ market: settled, exposures: [exposure(CALL, -BTC)], maxPriceAge: 300n })).toEqual({
      valueInitialWad: -1_000n * WAD,
      valueMaintenanceWad: -1_000n * WAD,
      initialWad: 0n,
      maintenanceWad: 0n,
    });
  });

  it("needs no price for a gain or a loss alone", () => {
    const market = engine({}, { underlyings: new Map() });
    const found = assess({ market, exposures: [exposure(CALL, 0n, -5n)], maxPriceAge: 300n });
    expect(found).toMatchObject({ valueInitialWad: -5n * WAD, initialWad: 0n });
  });

  const far = { priceWad: 62_000n * WAD, confidenceWad: 0n, ageSeconds: 0n, time: NOW };
  const old = { priceWad: SPOT, confidenceWad: 0n, ageSeconds: 301n, time: NOW - 301n };
  const epoch = engine().underlyings.get(1)!.epoch!;
  it.each([
    ["no parameters", engine({}, { underlyings: new Map() }), PERPETUAL, "MarginNoParameters"],
    ["no price", engine({ price: { ...far, priceWad: 0n } }), PERPETUAL, "MarginStalePrice"],
    ["an old price", engine({ price: old }), CALL, "MarginStalePrice"],
    [
      "a price of 113 bits",
      engine({ price: { ...far, priceWad: 2n ** 112n } }),
      PERPETUAL,
      "MarginPriceOutOfRange",
    ],
    ["an old epoch", engine({ epoch: { ...epoch, time: NOW - 3_601n } }), CALL, "MarginStaleEpoch"],
    ["a price far from the epoch's", engine({ price: far }), CALL, "MarginMovedTooFar"],
    ["no array", engine({}, { options: new Map([[OTHER_CALL, call]]) }), OTHER_CALL, "MarginNoArray"],
    [
      "an array carried over",
      engine({ epoch: { ...epoch, entries: [{ ...entry, isCarried: true }] } }),
      CALL,
      "MarginNoArray",
    ],
    ["a number of nothing", engine(), OTHER_CALL, "MarginUnknownNumber"],
    ["a perpetual with a generation", engine(), PERPETUAL + 1, "MarginUnknownNumber"],
  ])("refuses %s", (_, market, number, kind) => {
    const exposures = [exposure(number, BTC)];
    expect(() => assess({ market, exposures, maxPriceAge: 300n })).toThrow(expect.objectContaining({ kind }));
  });

  it("takes old prices and epochs where any age will do: for display and liquidation", () => {
    const market = engine({ price: { ...far, ageSeconds: 10n ** 6n }, epoch: { ...epoch, time: 1n } });
    const { maintenanceWad } = assess({ market, exposures: [exposure(CALL, BTC)], maxPriceAge: ANY_AGE });
    expect(maintenanceWad).toBeGreaterThan(0n);
  });

  it("refuses 129 instruments, but for display and liquidation", () => {
    const exposures = Array.from({ length: 129 }, (_, i) => exposure(i, 0n, 1n));
    expect(() => assess({ market: engine(), exposures, maxPriceAge: 300n })).toThrow(
      expect.objectContaining({ kind: "MarginTooManyInstruments" }),
    );
    const { valueMaintenanceWad } = assess({ market: engine(), exposures, maxPriceAge: ANY_AGE });
    expect(valueMaintenanceWad).toBe(129n * WAD);
  });
});

describe("marks and references", () => {
  it("are of the price now, at least zero", () => {
    const price = { priceWad: 61_000n * WAD, confidenceWad: 0n, ageSeconds: 0n, time: NOW };
    expect(markOf(engine({ price }), perpetual("BTC"), 300n)).toBe(61_000n * WAD);
    // A delta of a half, but for a millionth and less of the spot by which the move is truncated.
    const mark = markOf(engine({ price }), option(call), 300n);
    expect(6_500n * WAD - mark).toBeLessThan(60_000n * 10n ** 9n);
    const reference = optionReferenceOf(engine({ price }), option(call));
    expect(reference).toMatchObject({ markWad: mark, deltaPpb: PPB / 2n, spotWad: 61_000n * WAD, time: NOW });
    // Half of 15 %, its rounding, and the venue charge.
    expect(reference.ratePpm).toBe(75_000n + 5_000n + 1n);
  });

  it("are refused for what is not listed, and a reference for what is settled", () => {
    const unlisted = option({ ...call, strike: 1n });
    const kind = "MarginUnsupportedInstrument";
    expect(() => markOf(engine(), unlisted, 300n)).toThrow(expect.objectContaining({ kind }));
    const past = { ...call, expiry: Number(NOW - DAY) };
    const market = engine(
      {},
      { options: new Map([[CALL, past]]), settlements: new Map([[settlementKey(past), SPOT + WAD]]) },
    );
    expect(markOf(market, option(past), 300n)).toBe(WAD);
    expect(() => optionReferenceOf(market, option(past))).toThrow(expect.objectContaining({ kind }));
  });
});

it("takes numbers of instruments apart and puts them together", () => {
  const parts = { underlying: 255, place: 1_023, generation: 16_383 };
  expect(instrumentNumber(parts)).toBe(2 ** 32 - 1);
  expect(numberParts(2 ** 32 - 1)).toEqual(parts);
});
