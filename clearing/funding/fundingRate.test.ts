import { describe, expect, it } from "vitest";
import { WAD } from "../math.ts";
import {
  bookPremium,
  checkFundingParameters,
  defaultFundingParameters,
  hourlyRate,
  poolPremium,
  rate8,
  rateOfHour,
} from "./fundingRate.ts";
import { MAX_AMOUNT } from "./limits.ts";

const defaults = defaultFundingParameters;
const dollars = (units: number): bigint => BigInt(units) * WAD;

describe("funding rate", () => {
  it("CLR-20: has the golden row of the risk model", () => {
    const premium = bookPremium({
      bidWad: dollars(60_060),
      askWad: dollars(60_080),
      indexWad: dollars(60_000),
    });
    expect(premium).toBe(WAD / 1000n);
    expect(rate8(premium, defaults)).toBe((5n * WAD) / 10_000n);
    expect(hourlyRate(premium, defaults)).toBe((625n * WAD) / 10_000_000n);
  });

  it("is the interest inside the band, and leaves it only by as much as the premium does", () => {
    expect(rate8(0n, defaults)).toBe(WAD / 10_000n);
    expect(rate8((6n * WAD) / 10_000n, defaults)).toBe(WAD / 10_000n);
    expect(rate8((-10n * WAD) / 10_000n, defaults)).toBe((-5n * WAD) / 10_000n);
  });

  it("has no premium while the index is inside the book, or the book is empty on the side it would need", () => {
    const indexWad = dollars(100);
    expect(bookPremium({ bidWad: dollars(99), askWad: dollars(101), indexWad })).toBe(0n);
    expect(bookPremium({ bidWad: 0n, askWad: MAX_AMOUNT, indexWad })).toBe(0n);
    expect(bookPremium({ bidWad: 0n, askWad: dollars(99), indexWad })).toBe(-WAD / 100n);
  });

  it("cuts one absurd sample off, and refuses a crossed book", () => {
    const indexWad = dollars(100);
    expect(bookPremium({ bidWad: dollars(90_000), askWad: MAX_AMOUNT, indexWad })).toBe(WAD);
    expect(() => bookPremium({ bidWad: dollars(101), askWad: dollars(100), indexWad })).toThrow(
      expect.objectContaining({
        kind: "FundingInputOutOfRange",
        details: expect.objectContaining({ field: "impactAsk" }),
      }),
    );
  });

  it("follows the pool's position where there is no book", () => {
    const pool = { scaleBase: 1000n, poolRate: 2_000_000n };
    expect(poolPremium({ ...pool, netBase: 500n })).toBe(WAD / 1000n);
    expect(poolPremium({ ...pool, netBase: -9999n })).toBe((-2n * WAD) / 1000n);
  });

  it("is zero with too few samples, and capped with enough", () => {
    expect(rateOfHour(29n * WAD, 29n, defaults)).toBe(0n);
    expect(rateOfHour(30n * WAD, 30n, defaults)).toBe((4n * WAD) / 1000n);
    expect(rateOfHour(-60n * WAD, 60n, defaults)).toBe((-4n * WAD) / 1000n);
  });

  it("has bounds for every parameter", () => {
    checkFundingParameters(defaults);
    for (const wrong of [
      { interest: 10_000_001n },
      { band: 100_000_001n },
      { hourlyCap: 0n },
      { minSamples: 61n },
      { poolRate: 1_000_000_001n },
    ])
      expect(() => checkFundingParameters({ ...defaults, ...wrong })).toThrow(
        expect.objectContaining({ details: expect.objectContaining({ field: Object.keys(wrong)[0] }) }),
      );
  });
});
