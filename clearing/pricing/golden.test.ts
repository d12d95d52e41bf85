import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseDecimal } from "../decimal.ts";
import { absolute } from "../math.ts";
import { black76Call, deviation } from "./black76.ts";
import { discountFactor, yearsOf } from "./discount.ts";
import { expWad, lnWad } from "./fixedPoint.ts";
import { clampMoments, unclampedCall } from "./gramCharlier.ts";
import { greeks } from "./greeks.ts";
import { impliedVol } from "./impliedVol.ts";
import { logRatio } from "./logRatio.ts";
import { modelVol, type OptionTerms, optionPrice, type PricingModel } from "./optionPrice.ts";
import { sviDensity, sviRefusal } from "./sviRefusal.ts";
import type { SviSlice } from "./sviSlice.ts";

const WAD = 10n ** 18n;
const MONTH = (30n * WAD) / 365n;

/** 1e18 of a number, by its shortest decimal. */
function wad(value: number): bigint {
  const magnitude = parseDecimal(String(Math.abs(value)), 18)!;
  return value < 0 ? -magnitude : magnitude;
}

function option(forward: number, strike: number, rest: Partial<OptionTerms> = {}): OptionTerms {
  const terms = { yearsWad: MONTH, discountWad: WAD, isCall: true, ...rest };
  return { forwardWad: wad(forward), strikeWad: wad(strike), ...terms };
}

/** Within 1e-12 of the expected, the tolerance of the risk model. */
function near(found: bigint, expected: bigint): void {
  expect(absolute(found - expected) * 10n ** 12n).toBeLessThanOrEqual(expected);
}

/** The golden vectors of the risk model, section 10, with their sources. */
describe("golden vectors", () => {
  it("exp(1) and ln(1 wei) are those of Solady's tests", () => {
    expect(expWad(WAD)).toBe(2_718_281_828_459_045_235n);
    expect(lnWad(1n)).toBe(-41_446_531_673_892_822_313n);
  });

  it("Black-76: Haug, via QuantLib's European option test", () => {
    const yearsWad = (3n * WAD) / 4n;
    const terms = option(19, 19, { yearsWad, discountWad: discountFactor(WAD / 10n, yearsWad) });
    near(optionPrice(terms, { kind: "black76", volWad: (28n * WAD) / 100n }), 1_701_050_725_236_267_139n);
  });

  it("Black-76: Lyra utils' test data, recomputed at 50 digits", () => {
    const discountWad = 999_178_419_873_700_600n;
    const model: PricingModel = { kind: "black76", volWad: WAD / 4n };
    near(
      optionPrice(option(1000, 1200, { discountWad, isCall: false }), model),
      199_972_766_103_166_693_646n,
    );
    // Of a price much smaller than the forward 1e-15 of the forward.
    const call = optionPrice(option(1000, 1200, { discountWad }), model);
    expect(absolute(call - 137_082_128_426_573_646n)).toBeLessThanOrEqual(1_000_000n);
  });

  it("Gram-Charlier: by quadrature, 1e-49", () => {
    const model: PricingModel = {
      kind: "gram-charlier",
      volWad: (8n * WAD) / 10n,
      skewWad: (-4n * WAD) / 10n,
      excessKurtosisWad: (12n * WAD) / 10n,
    };
    near(optionPrice(option(100, 100), model), 8_509_621_641_136_667_896n);
    near(optionPrice(option(100, 120), model), 2_514_156_221_196_329_978n);
  });

  it.each([
    [-2n, 0n, 7.777],
    [-1n, 5n, 7.6565],
    [0n, 10n, 7.5363],
    [1n, 15n, 7.4162],
    [2n, 20n, 7.2963],
  ])(
    "modified Corrado-Su, skew %s tenths, excess kurtosis %s tenths: OpenGamma's test",
    (skew, kurtosis, price) => {
      const yearsWad = WAD / 4n;
      const discountWad = discountFactor((7n * WAD) / 100n, yearsWad);
      const found = unclampedCall({
        forwardWad: (100n * WAD * WAD) / discountWad,
        strikeWad: 100n * WAD,
        deviationWad: deviation((35n * WAD) / 100n, yearsWad),
        skewWad: (skew * WAD) / 10n,
        excessKurtosisWad: (kurtosis * WAD) / 10n,
      });
      expect(absolute((found * discountWad) / WAD - wad(price))).toBeLessThanOrEqual(10n ** 14n);
    },
  );

  const lyra: SviSlice = {
    a: 27_616_438_356_164_386n,
    b: 41_424_657_534_246_574n,
    rho: 3_452_054_794_520_548n,
    m: 1_726_027_397_260_274n,
    sigma: 345_205_479_452_055n,
    yearsWad: 38_356_164_383_561_646n,
  };

  it("SVI: Lyra utils' test data", () => {
    expect(sviRefusal(lyra)).toBeNull();
    near(modelVol(option(1805, 1500), { kind: "svi", slice: lyra }), 959_724_473_412_013_000n);
    near(modelVol(option(1805, 1800), { kind: "svi", slice: lyra }), 851_385_607_696_952_200n);
  });

  it("SVI: Vogt's slice is refused (Gatheral and Jacquier, arXiv:1204.0646)", () => {
    const vogt: SviSlice = {
      a: wad(-0.041),
      b: wad(0.1331),
      rho: wad(0.306),
      m: wad(0.3586),
      sigma: wad(0.4153),
      yearsWad: WAD,
    };
    expect(Number(sviDensity(vogt, wad(0.88))) / 1e18).toBeCloseTo(-0.03286, 5);
    expect(sviRefusal(vogt)?.kind).toBe("butterfly");
    // What is seen at z = 8 only.
    for (const k of [0, 0.132, -0.132, 0.264, -0.264, 0.528, -0.528])
      expect(sviDensity(vogt, wad(k))).toBeGreaterThan(0n);
    expect(sviRefusal(lyra, { later: { ...lyra, yearsWad: 2n * lyra.yearsWad } })).toBeNull();
    expect(sviRefusal(lyra, { later: lyra })?.kind).toBe("years");
    const cheaper = { ...lyra, a: lyra.a - 1_000n, yearsWad: 2n * lyra.yearsWad };
    expect(sviRefusal(lyra, { later: cheaper })).toMatchObject({ kind: "calendarLater", kWad: 0n });
  });
});

describe("out of range", () => {
  const model: PricingModel = { kind: "black76", volWad: WAD };
  it.each<[string, Partial<OptionTerms>, PricingModel, string]>([
    ["no forward", { forwardWad: 0n }, model, "forward"],
    ["no strike", { strikeWad: 0n }, model, "strike"],
    ["a strike past 2^120", { strikeWad: (1n << 120n) + 1n }, model, "strike"],
    ["no volatility", {}, { kind: "black76", volWad: 0n }, "vol"],
    ["more than 100 years", { yearsWad: 100n * WAD + 1n }, model, "years"],
    ["no discount factor", { discountWad: 0n }, model, "discount"],
    [
      "a strike 1e18 times the forward",
      { forwardWad: 1n, strikeWad: WAD },
      model,
      "ratio of forward and strike",
    ],
    [
      "no density",
      {},
      { kind: "gram-charlier", volWad: 100n * WAD, skewWad: 0n, excessKurtosisWad: 0n },
      "vol * sqrt(years)",
    ],
  ])("%s is refused by name", (_, terms, refusing, field) => {
    const priced = () => optionPrice(option(100, 100, terms), refusing);
    expect(priced).toThrow(
      expect.objectContaining({
        kind: "PricingInputOutOfRange",
        details: expect.objectContaining({ field }),
      }),
    );
  });

  it("a slice without variance is refused by name", () => {
    const slice = { a: -WAD / 10n, b: 0n, rho: 0n, m: 0n, sigma: WAD, yearsWad: WAD };
    expect(() => optionPrice(option(100, 100), { kind: "svi", slice })).toThrow(
      expect.objectContaining({ kind: "PricingSliceInvalid" }),
    );
  });

  it("an option at its expiry is worth its payoff at the forward", () => {
    expect(optionPrice(option(120, 100, { yearsWad: 0n }), model)).toBe(20n * WAD);
    expect(optionPrice(option(120, 100, { yearsWad: 0n, isCall: false }), model)).toBe(0n);
  });
});

describe("vectors shared with Solidity", () => {
  const { functions, black76 } = JSON.parse(
    readFileSync(new URL("../../test/vectors/pricing.json", import.meta.url), "utf8"),
  ) as Record<"functions" | "black76", Record<string, string>[]>;

  it("CLR-20: are what is computed here", () => {
    for (const row of functions) {
      expect(String(expWad(BigInt(row.exponent!)))).toBe(row.exp);
      expect(String(lnWad(BigInt(row.value!)))).toBe(row.ln);
      expect(String(yearsOf(BigInt(row.seconds!)))).toBe(row.yearsWad);
    }
    for (const { forwardWad, strikeWad, deviationWad, callWad } of black76)
      expect(
        String(
          black76Call({
            forwardWad: BigInt(forwardWad!),
            strikeWad: BigInt(strikeWad!),
            deviationWad: BigInt(deviationWad!),
          }),
        ),
      ).toBe(callWad);
  });
});

describe("greeks", () => {
  it.each([0.002, 0.08, 1, 3])("by difference are the closed forms, %s years", (years) => {
    const rateWad = wad(0.05);
    const yearsWad = wad(years);
    const terms = option(100, 103, {
      yearsWad,
      discountWad: discountFactor(rateWad, yearsWad),
      isCall: false,
    });
    const volWad = wad(0.6);
    const closed = greeks({ option: terms, rateWad, model: { kind: "black76", volWad } })!;
    const model: PricingModel = { kind: "gram-charlier", volWad, skewWad: 0n, excessKurtosisWad: 0n };
    const differences = greeks({ option: terms, rateWad, model })!;
    for (const name of ["delta", "gamma", "vega", "theta"] as const)
      expect(Number(differences[name]) / Number(closed[name])).toBeCloseTo(1, 5);
  });
});

describe("impliedVol", () => {
  it.each([0.05, 0.3, 0.8, 2, 5])("finds %s again", (vol) => {
    for (const strike of [99, 100, 101]) {
      const terms = option(100, strike);
      const callWad = optionPrice(terms, { kind: "black76", volWad: wad(vol) });
      expect(Number(impliedVol({ ...terms, callWad })) / 1e18).toBeCloseTo(vol, 8);
    }
  });

  it("has none for a price without time value", () => {
    expect(impliedVol({ ...option(100, 90), callWad: 10n * WAD })).toBeNull();
    expect(impliedVol({ ...option(100, 90, { yearsWad: 0n }), callWad: 11n * WAD })).toBeNull();
  });
});

it("the logarithm of a ratio is Solady's to the last wei or beside it", () => {
  for (let ratio = WAD; ratio < 10n ** 35n; ratio = (ratio * 1_037n) / 1_000n + 1n)
    expect(absolute(logRatio(ratio, WAD) - lnWad(ratio))).toBeLessThanOrEqual(1n);
  expect(logRatio(7n, 7n)).toBe(0n);
});

it("the clamp moves skew and kurtosis to the nearest that a density has", () => {
  const clamp = (skew: number, kurtosis: number) =>
    clampMoments({ skewWad: wad(skew), excessKurtosisWad: wad(kurtosis) });
  expect(clamp(-0.4, 1.2)).toEqual({ skewWad: wad(-0.4), excessKurtosisWad: wad(1.2) });
  expect(clamp(-0.2, 3)).toEqual({ skewWad: wad(-0.2), excessKurtosisWad: wad(2.4) });
  expect(clamp(1, 0.1)).toEqual({ skewWad: (98n * wad(0.1)) / 100n, excessKurtosisWad: wad(0.1) });
});
