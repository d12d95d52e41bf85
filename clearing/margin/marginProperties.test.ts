import { describe, expect, it } from "vitest";
import { equity } from "../equity.ts";
import { WAD } from "../math.ts";
import { type Random, random } from "../random.ts";
import { defaultAccountParameters, defaultUnderlyingParameters } from "./marginParameters.ts";
import { type PortfolioMargin, portfolioMargin, type UnderlyingHoldings } from "./portfolioMargin.ts";
import { perpetualArray } from "./riskArray.ts";
import type { Holdings, OptionLeg } from "./riskBook.ts";
import { entries, PPB, scenarios, scenarioWeight, spotShock, UNMOVED } from "./scenarios.ts";

const BTC = 10n ** 8n;
const NOW = 1_764_000_000n;
const DAY = 86_400n;
/** Each of the few components of each underlying is rounded up once. */
const ROUNDING = 40n;
const calm = { priceWad: 60_000n * WAD, confidenceWad: 0n, ageSeconds: 0n, rampPpm: 0n };
const btc = defaultUnderlyingParameters("BTC");

function margin(...underlyings: UnderlyingHoldings[]): PortfolioMargin {
  return portfolioMargin({ underlyings, parameters: defaultAccountParameters, time: NOW });
}

describe("properties of the requirement, over 300 random accounts", () => {
  const draw = random(77);
  const accounts = Array.from({ length: 300 }, () => drawAccount(draw));
  const plain = accounts.map((account) =>
    account.map((u) => ({ ...u, parameters: { ...u.parameters, depth: btc.depth } })),
  );

  it("grows at least as fast as the account: scaling down never raises it", () => {
    for (const account of accounts) {
      const one = margin(...account);
      const five = margin(...account.map((u) => times(u, 5n)));
      expect(one.initial * 5n).toBeLessThanOrEqual(five.initial + 5n * ROUNDING);
      expect(one.maintenance * 5n).toBeLessThanOrEqual(five.maintenance + 5n * ROUNDING);
    }
  });

  it("never rises when a part of one instrument is closed", () => {
    for (const [first] of accounts) {
      const { perpetuals, options } = first!.holdings;
      const alone = (share: bigint): Holdings[] => [
        ...perpetuals.map((leg) => ({ perpetuals: [part(leg, share)], options: [] })),
        ...options.map((leg) => ({ perpetuals: [], options: [part(leg, share)] })),
      ];
      const all = alone(100n).map((holdings) => margin({ ...first!, holdings }));
      for (const share of [1n, BigInt(draw.integer(100)), 99n])
        alone(share).forEach((holdings, i) => {
          const { initial, maintenance } = margin({ ...first!, holdings });
          expect(initial).toBeLessThanOrEqual(all[i]!.initial + ROUNDING);
          expect(maintenance).toBeLessThanOrEqual(all[i]!.maintenance + ROUNDING);
        });
    }
  });

  it("between epochs grows as fast, but for what moved sums are rounded by", () => {
    for (const account of accounts) {
      const moves = account.map(() => BigInt(draw.integer(60_000_001) - 30_000_000));
      const moved = (factor: bigint) =>
        margin(...account.map((u, i) => ({ ...times(u, factor), move: moves[i]! })));
      const [one, five] = [moved(1n), moved(5n)];
      // Below five units of 1e-17 of the spot a loss (`errorBound.ts`), concentration at most three times.
      const blur = account.reduce(
        (total, { market }) => total + 15n * (market.priceWad / 10n ** 17n + 1n),
        0n,
      );
      expect(one.initial * 5n).toBeLessThanOrEqual(five.initial + 6n * (ROUNDING + blur));
      expect(one.maintenance * 5n).toBeLessThanOrEqual(five.maintenance + 6n * (ROUNDING + blur));
    }
  });

  it("covers the weighted loss in each scenario, before the credit across underlyings", () => {
    for (const account of accounts) {
      margin(...account).underlyings.forEach(({ initial }, u) => {
        const { holdings, parameters, market } = account[u]!;
        scenarios.forEach((scenario, s) => {
          const entries = [
            ...holdings.perpetuals.map(({ base }) => base * spotShock(scenario, parameters.scanRange)),
            ...holdings.options.map(({ base, array }) => base * array[s]!),
          ];
          const profit = entries.reduce((total, entry) => total + entry, 0n) * market.priceWad;
          expect(initial * 10n ** 26n).toBeGreaterThanOrEqual(
            -profit * scenarioWeight(scenario, parameters.scanRange),
          );
        });
      });
    }
  });

  it("needs of two accounts merged no more than of both, underlying by underlying, concentration and venues apart", () => {
    for (let i = 0; i + 1 < plain.length; i += 2) {
      const [a, b] = [plain[i]![0]!, plain[i + 1]![0]!];
      const other = { ...b, parameters: a.parameters, market: a.market };
      const both = { ...a, holdings: merged(a.holdings, b.holdings) };
      const sum = margin(a).initial + margin(other).initial;
      const { initial, underlyings } = margin(both);
      expect(initial - underlyings[0]!.venue).toBeLessThanOrEqual(sum + ROUNDING);
    }
  });

  it("needs of two accounts with perpetuals on several underlyings merged no more than of both, the credit included", () => {
    const bare = (account: readonly UnderlyingHoldings[]) =>
      account.map((u) => ({
        ...u,
        holdings: {
          perpetuals: u.holdings.perpetuals.map(({ base }) => ({ base, offset: 0n })),
          options: [],
        },
      }));
    for (let i = 0; i + 1 < plain.length; i += 2) {
      const [a, b] = [bare(plain[i]!), bare(plain[i + 1]!)];
      const other = b.slice(-a.length).map((u, at) => ({ ...a.slice(-b.length)[at]!, holdings: u.holdings }));
      const both = a.map((u, at) => {
        const same = other[at - (a.length - other.length)];
        return same === undefined ? u : { ...u, holdings: merged(u.holdings, same.holdings) };
      });
      const sum = margin(...a).initial + margin(...other).initial;
      expect(margin(...both).initial).toBeLessThanOrEqual(sum + ROUNDING);
    }
  });

  it("needs only the venue charge of a book and its exact mirror on another chain", () => {
    for (const account of accounts) {
      const mirrored = account.map((u) => ({
        ...u,
        holdings: {
          perpetuals: u.holdings.perpetuals.map(({ base }) => ({
            base: 0n,
            offset: base < 0n ? -base : base,
          })),
          options: u.holdings.options.map((leg) => ({
            ...leg,
            base: 0n,
            offset: leg.base < 0n ? -leg.base : leg.base,
          })),
        },
      }));
      const { initial, underlyings } = margin(...mirrored);
      expect(initial).toBe(underlyings.reduce((total, { venue }) => total + venue, 0n));
    }
  });

  it("asks of a perpetual what its array asks, but for the rounding that arrays are charged", () => {
    for (const range of [PPB / 1000n, (25n * PPB) / 100n, 333_333_334n, (95n * PPB) / 100n]) {
      const array = perpetualArray(range);
      const leg = { base: -7n * BTC, offset: 0n };
      const option: OptionLeg = { ...leg, right: "call", expiry: NOW, array };
      const only = (holdings: Holdings) =>
        margin({ parameters: { ...btc, scanRange: range }, market: calm, holdings }).underlyings[0]!;
      const perp = only({ perpetuals: [leg], options: [] });
      const asOption = only({ perpetuals: [], options: [option] });
      // One entry a unit: 7 · 60,000 · 1e-9.
      expect(asOption.scan - perp.scan).toBe(42n * 10n ** 13n);
    }
  });
});

it("more cash or collateral never lowers equity", () => {
  const draw = random(78);
  for (let i = 0; i < 300; i++) {
    const collateral = Array.from({ length: 1 + draw.integer(4) }, () => ({
      amount: draw.bits(64),
      sharedDecimals: draw.integer(9),
      priceWad: draw.bits(80),
      confidenceWad: draw.bits(80),
      haircutBps: BigInt(draw.integer(10_001)),
    }));
    const positions = [{ base: signed(draw, 60), quote: signed(draw, 60), markWad: draw.bits(80) }];
    const cash = signed(draw, 60);
    const before = equity({ cash, collateral, positions });
    expect(equity({ cash: cash + draw.bits(40), collateral, positions })).toBeGreaterThanOrEqual(before);
    const more = collateral.map((one) => ({ ...one, amount: one.amount + draw.bits(1 + draw.integer(64)) }));
    expect(equity({ cash, collateral: more, positions })).toBeGreaterThanOrEqual(before);
  }
});

function drawAccount(draw: Random): UnderlyingHoldings[] {
  return ["BTC", "ETH", "SOL"].slice(draw.integer(3)).map((symbol) => ({
    parameters: { ...defaultUnderlyingParameters(symbol), depth: BigInt(1 + draw.integer(100_000_000)) },
    market: {
      priceWad: draw.bits(70) + 1n,
      confidenceWad: draw.bits(58),
      ageSeconds: BigInt(draw.integer(60)),
      rampPpm: 0n,
    },
    holdings: {
      perpetuals: draw.integer(2) === 0 ? [] : [{ base: signed(draw, 40), offset: draw.bits(38) }],
      options: Array.from({ length: 1 + draw.integer(6) }, () => drawOption(draw)),
    },
  }));
}

function drawOption(draw: Random): OptionLeg {
  return {
    base: signed(draw, 40),
    offset: draw.bits(38),
    right: draw.integer(2) === 0 ? "call" : "put",
    expiry: NOW + DAY * BigInt(draw.integer(4) * 30),
    array: entries.map((s) => (s === UNMOVED ? 0n : signed(draw, 29))),
  };
}

function signed(draw: Random, bits: number): bigint {
  const value = draw.bits(1 + draw.integer(bits));
  return draw.integer(2) === 0 ? value : -value;
}

/** So many percent of a position, truncated. */
function part<T extends { base: bigint }>(leg: T, share: bigint): T {
  return { ...leg, base: (leg.base * share) / 100n };
}

function times(u: UnderlyingHoldings, factor: bigint): UnderlyingHoldings {
  const scaled = <T extends { base: bigint; offset: bigint }>(leg: T): T => ({
    ...leg,
    base: leg.base * factor,
    offset: leg.offset * factor,
  });
  const { perpetuals, options } = u.holdings;
  return { ...u, holdings: { perpetuals: perpetuals.map(scaled), options: options.map(scaled) } };
}

function merged(a: Holdings, b: Holdings): Holdings {
  return { perpetuals: [...a.perpetuals, ...b.perpetuals], options: [...a.options, ...b.options] };
}
