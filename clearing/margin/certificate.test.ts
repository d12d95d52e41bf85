import { describe, expect, it } from "vitest";
import { CausewayError } from "../../errors/CausewayError.ts";
import { drawEngineCase } from "../../scripts/fuzz/margin/drawEngineCase.ts";
import { WAD } from "../math.ts";
import { type Random, random } from "../random.ts";
import { assess } from "./assess.ts";
import {
  bestCertificate,
  bestCertificateOf,
  type Certificate,
  certificateBound,
  certify,
} from "./certificate.ts";
import { ANY_AGE } from "./engineReading.ts";
import {
  type AccountParameters,
  defaultAccountParameters,
  defaultUnderlyingParameters,
} from "./marginParameters.ts";
import { portfolioMargin, type UnderlyingHoldings } from "./portfolioMargin.ts";
import {
  drawAccountParameters,
  drawAnyArray,
  drawMarket,
  drawMove,
  drawParameters,
  drawPayoffArray,
  list,
  magnitude,
  signed,
  usualParameters,
} from "./randomMargin.ts";
import { grid, scenarios, UNMOVED } from "./scenarios.ts";

const NOW = 1_764_000_000n;
const BTC = 10n ** 8n;
const calm = { priceWad: 60_000n * WAD, confidenceWad: 60n * WAD, ageSeconds: 0n, rampPpm: 0n };

function required(underlyings: readonly UnderlyingHoldings[], parameters = defaultAccountParameters): bigint {
  return portfolioMargin({ underlyings, parameters, time: NOW }).maintenance;
}

function bound(
  underlyings: readonly UnderlyingHoldings[],
  certificate: Certificate = bestCertificate(underlyings),
  parameters: AccountParameters = defaultAccountParameters,
): bigint {
  return certificateBound({ underlyings, parameters, certificate }).maintenanceWad;
}

describe("a certificate, over 1,500 random accounts", () => {
  const draw = random(411);
  const accounts = list(1_500, (i) => drawAccount(draw, i % 3 === 0));

  it("never proves more than is required, whatever it names", () => {
    for (const { underlyings, parameters } of accounts) {
      const most = required(underlyings, parameters);
      for (let i = 0; i < 4; i++)
        expect(bound(underlyings, drawCertificate(draw, underlyings.length), parameters)).toBeLessThanOrEqual(
          most,
        );
      expect(bound(underlyings, bestCertificate(underlyings), parameters)).toBeLessThanOrEqual(most);
    }
  });

  it("proves no more than the one that is found, but for its roundings", () => {
    for (const { underlyings, parameters } of accounts) {
      const best = bound(underlyings, bestCertificate(underlyings), parameters);
      for (let i = 0; i < 4; i++)
        expect(bound(underlyings, drawCertificate(draw, underlyings.length), parameters)).toBeLessThanOrEqual(
          best + 4n,
        );
    }
  });
});

it("the one that is found proves all where neither basis, minimums, tails nor concentration bind, the credit included", () => {
  const draw = random(412);
  let several = 0;
  for (let i = 0; i < 400; i++) {
    const underlyings = plainAccount(draw);
    const parameters = { ...drawAccountParameters(draw), crossCredit: BigInt(draw.integer(10 ** 9 + 1)) };
    const found =
      required(underlyings, parameters) - bound(underlyings, bestCertificate(underlyings), parameters);
    expect(found).toBeGreaterThanOrEqual(0n);
    // What is rounded against it, once for each underlying and part.
    expect(found).toBeLessThanOrEqual(4n * BigInt(underlyings.length));
    if (underlyings.length === 1) expect(found).toBe(0n);
    else several++;
  }
  expect(several).toBeGreaterThan(100);
});

it("of an account says its value to the bit, and refuses what cannot be assessed by the same name", () => {
  const draw = random(413);
  const arrays = list(8, (i) => (i % 3 === 2 ? drawAnyArray(draw) : drawPayoffArray(draw, i % 2 === 0)));
  let [answered, refused] = [0, 0];
  for (let i = 0; i < 600; i++) {
    const { market, exposures } = drawEngineCase(draw, i % 3 === 0, arrays);
    const account = { market, exposures };
    const whole = outcome(() => assess({ ...account, maxPriceAge: ANY_AGE }));
    const found = outcome(() => certify({ ...account, certificate: bestCertificateOf(account) }));
    if (typeof whole === "string" || typeof found === "string") {
      expect(found).toBe(whole);
      refused++;
    } else {
      expect(found.valueWad).toBe(whole.valueMaintenanceWad);
      expect(found.maintenanceWad).toBeLessThanOrEqual(whole.maintenanceWad);
      answered++;
    }
  }
  expect(answered).toBeGreaterThan(200);
  expect(refused).toBeGreaterThan(20);
});

it("with half the scan range named proves half of it, and the minimum where nothing is lost", () => {
  const long = [{ ...btc(), holdings: { perpetuals: [{ base: BTC, offset: 0n }], options: [] } }];
  const named = (s: number): bigint => bound(long, { joint: UNMOVED, scenarios: [s] });
  expect(named(2)).toBe(7_200n * WAD);
  expect(named(0)).toBe(2_400n * WAD);
  expect(named(6)).toBe(900n * WAD);
  const { bandWad } = certificateBound({
    underlyings: long,
    parameters: defaultAccountParameters,
    certificate: bestCertificate(long),
  });
  expect(bandWad).toBe(60n * WAD);
});

it("refuses a malformed certificate by name", () => {
  const held = [{ ...btc(), holdings: { perpetuals: [], options: [] } }];
  const refusal = (certificate: Certificate) => outcome(() => bound(held, certificate));
  expect(refusal({ joint: 2, scenarios: [] })).toBe("MarginScenarioCount");
  expect(refusal({ joint: 7, scenarios: [0] })).toBe("MarginNotOnGrid");
  expect(refusal({ joint: 26, scenarios: [0] })).toBe("MarginNotOnGrid");
  expect(refusal({ joint: 2, scenarios: [30] })).toBe("MarginUnknownScenario");
  expect(refusal({ joint: 2, scenarios: [29] })).toBe(0n);
});

function btc() {
  return { parameters: defaultUnderlyingParameters("BTC"), market: calm };
}

/** What it returns, or the name of what it throws. */
function outcome<T>(of: () => T): T | string {
  try {
    return of();
  } catch (error) {
    if (!(error instanceof CausewayError)) throw error;
    return error.kind;
  }
}

function drawCertificate(draw: Random, underlyings: number): Certificate {
  return {
    joint: grid[draw.integer(grid.length)]!,
    scenarios: list(underlyings, () => draw.integer(scenarios.length)),
  };
}

function drawAccount(draw: Random, wild: boolean) {
  const underlyings = list(1 + draw.integer(3), () => ({
    parameters: wild ? drawParameters(draw) : usualParameters[draw.integer(usualParameters.length)]!,
    market: drawMarket(draw, wild),
    move: drawMove(draw, wild),
    holdings: {
      perpetuals: draw.integer(2) === 0 ? [] : [drawLeg(draw, wild)],
      options: list(draw.integer(5), () => drawOption(draw, wild)),
    },
  }));
  return { underlyings, parameters: wild ? drawAccountParameters(draw) : defaultAccountParameters };
}

function drawLeg(draw: Random, wild: boolean) {
  const closing = draw.integer(5) === 0 ? magnitude(draw, wild ? 88 : 40) : 0n;
  return { base: signed(draw, wild ? 86 : 44), offset: magnitude(draw, wild ? 96 : 40), closing };
}

function drawOption(draw: Random, wild: boolean) {
  const isPut = draw.integer(2) === 0;
  return {
    ...drawLeg(draw, wild),
    right: isPut ? ("put" as const) : ("call" as const),
    expiry: NOW + 86_400n * BigInt(draw.integer(4) * 30),
    array: wild ? drawAnyArray(draw) : drawPayoffArray(draw, isPut),
  };
}

/** Perpetuals, and options that gain by spot and volatility alone: worst on the grid, no basis, no minimum above the scan, no little depth. */
function plainAccount(draw: Random): UnderlyingHoldings[] {
  return list(1 + draw.integer(3), (i) => {
    const parameters = {
      ...usualParameters[i]!,
      optionMinimumInitial: 0n,
      optionMinimumMaintenance: 0n,
      perpMinimumMaintenance: 0n,
      basisFlat: 0n,
      basisPerYear: 0n,
    };
    const [slope, vega] = [signed(draw, 26), signed(draw, 26)];
    const array = list(32, (s) => {
      const scenario = scenarios[s];
      if (scenario === undefined || s === UNMOVED || scenario.tailPpb !== 0n || s > 25) return 0n;
      const vol = scenario.vol === "up" ? 1n : scenario.vol === "down" ? -1n : 0n;
      return slope * scenario.thirds + vega * vol;
    });
    const option = { base: signed(draw, 40), offset: 0n, right: "call" as const, expiry: NOW, array };
    return {
      parameters,
      market: drawMarket(draw, false),
      holdings:
        draw.integer(2) === 0
          ? { perpetuals: [{ base: signed(draw, 40), offset: magnitude(draw, 38) }], options: [] }
          : { perpetuals: [], options: [option] },
    };
  });
}
