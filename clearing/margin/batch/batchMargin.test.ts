import { describe, expect, it } from "vitest";
import { absolute, floorDiv, maximum, minimum, WAD } from "../../math.ts";
import { type Random, random } from "../../random.ts";
import { relativeMove } from "../epochMove.ts";
import { defaultAccountParameters, defaultUnderlyingParameters } from "../marginParameters.ts";
import { type PortfolioMargin, portfolioMargin } from "../portfolioMargin.ts";
import {
  drawAccountParameters,
  drawAnyArray,
  drawMarket,
  drawParameters,
  drawPayoffArray,
  list,
  magnitude,
  signed,
  usualParameters,
} from "../randomMargin.ts";
import type { OptionLeg } from "../riskBook.ts";
import { grid } from "../scenarios.ts";
import { type BatchAccount, batchBooks } from "./batchBooks.ts";
import { type BatchMargin, batchMargin } from "./batchMargin.ts";
import { type BatchInstrument, type BatchMarketParameters, batchMarket } from "./batchMarket.ts";
import { maintenanceStanding } from "./maintenanceStanding.ts";
import type { BatchUnderlying } from "./underlyingFactors.ts";

const NOW = 1_764_000_000n;
const BTC = 10n ** 8n;
const WAD_PER_MICRO = 10n ** 12n;

interface Exact extends PortfolioMargin {
  /** Of the positions, dollars, 1e18. */
  value: bigint;
}

interface Batch {
  market: BatchMarketParameters;
  accounts: readonly BatchAccount[];
  fast: BatchMargin;
  exact: readonly Exact[];
}

const draw = random(404);
const usual = list(60, () => drawBatch(draw, false));
const wild = list(40, () => drawBatch(draw, true));
const batches = [...usual, ...wild];

describe("batchMargin, over 4,000 random accounts", () => {
  it("is never further from the exact model than it says, at the extremes neither", () => {
    for (const { accounts, fast, exact } of batches) {
      exact.forEach(({ initial, maintenance, value }, a) => {
        const error = exactly(fast.error[a]!);
        expect(distance(fast.initial[a]!, initial)).toBeLessThanOrEqual(error);
        expect(distance(fast.maintenance[a]!, maintenance)).toBeLessThanOrEqual(error);
        const equity = accounts[a]!.collateralWad + value;
        expect(distance(fast.equity[a]!, equity)).toBeLessThanOrEqual(exactly(fast.equityError[a]!));
      });
    }
  });

  it("says so little that it is of use: 1e-12 of the gross notional, unless concentration magnifies it", () => {
    for (const { market, accounts, fast } of usual) {
      accounts.forEach(({ legs }, a) => {
        const notionals = legs.map(({ instrument, base, offset, closing = 0n }) => {
          const {
            parameters,
            market: { priceWad },
          } = market.underlyings[market.instruments[instrument]!.underlying]!;
          return parameters.depth < 10n ** 9n
            ? Number.POSITIVE_INFINITY
            : Number((absolute(base) + offset + closing) * priceWad) / 1e26;
        });
        const gross = notionals.reduce((total, notional) => total + notional, 0);
        expect(fast.error[a]!).toBeLessThanOrEqual(1e-12 * gross + 1e-9);
      });
    }
  });

  it("finds a scenario that is the worst of all underlyings together, but for the error", () => {
    for (const { fast, exact } of usual) {
      exact.forEach(({ underlyings }, a) => {
        const closes = underlyings.some((u) => u.closes);
        const joint = grid.map((_, i) =>
          underlyings.reduce((total, u) => (closes ? 0n : total + u.gridProfits[i]!), 0n),
        );
        const worst = joint.reduce((least, profit) => minimum(least, profit), 0n);
        const found = joint[grid.indexOf(fast.worstScenario[a]!)]!;
        expect(found - worst).toBeLessThanOrEqual((2n * exactly(fast.error[a]!) * 10n ** 17n) >> BITS);
      });
    }
  });

  it("misses no account below maintenance, and calls none below that is not: one wei decides", () => {
    for (const { market, accounts, exact } of usual) {
      const at = (extra: bigint) =>
        standings(
          market,
          accounts.map((account, a) => withEquity(account, exact[a]!, exact[a]!.maintenance + extra)),
        );
      for (const standing of at(-1n)) expect(standing).not.toBe("above");
      for (const extra of [0n, 1n]) for (const standing of at(extra)) expect(standing).not.toBe("below");
    }
    for (const { accounts, fast, exact } of batches) {
      exact.forEach(({ maintenance, value }, a) => {
        const isBelow = accounts[a]!.collateralWad + value < maintenance;
        expect(maintenanceStanding(fast, a)).not.toBe(isBelow ? "above" : "below");
      });
    }
  });

  it("is sure a few errors away from maintenance", () => {
    for (const { market, accounts, fast, exact } of usual) {
      const standingsAt = (sign: number) =>
        standings(
          market,
          accounts.map((account, a) => {
            const { maintenance } = exact[a]!;
            const away = 3 * (fast.error[a]! + fast.equityError[a]!) + Number(maintenance) / 1e30 + 1e-9;
            return withEquity(account, exact[a]!, maintenance + (exactly(sign * away) >> BITS));
          }),
        );
      for (const standing of standingsAt(-1)) expect(standing).toBe("below");
      for (const standing of standingsAt(1)) expect(standing).toBe("above");
    }
  });
});

describe("batchMargin", () => {
  const btc = {
    parameters: defaultUnderlyingParameters("BTC"),
    market: { priceWad: 60_000n * WAD, confidenceWad: 0n, ageSeconds: 0n, rampPpm: 0n },
  };
  const perpetual = { underlying: 0 };
  const market = {
    underlyings: [btc],
    instruments: [perpetual],
    parameters: defaultAccountParameters,
    time: NOW,
  };
  const leg = { instrument: 0, base: 2n * BTC, offset: 8n * BTC, quote: -120_000_000_000n };

  it("reaches the golden row of the risk model", () => {
    const { fast } = compared(market, [{ legs: [leg], collateralWad: 16_320n * WAD }]);
    expect(fast.initial[0]).toBeCloseTo(20_400, 9);
    expect(fast.maintenance[0]).toBeCloseTo(16_320, 9);
    expect(fast.equity[0]).toBeCloseTo(16_320, 9);
    expect(fast.error[0]).toBeLessThan(1e-8);
    expect(fast.worstScenario[0]).toBe(2);
  });

  it.each([59_999n, 60_000n, 60_001n, 2_400n, 2_401n])(
    "is as near where concentration begins and ends: a depth of %s",
    (depth) => {
      const parameters = { ...btc.parameters, depth };
      const { fast, exact } = compared({ ...market, underlyings: [{ ...btc, parameters }] }, [
        { legs: [{ ...leg, base: BTC }], collateralWad: 0n },
      ]);
      expect(distance(fast.initial[0]!, exact[0]!.initial)).toBeLessThanOrEqual(exactly(fast.error[0]!));
      expect(fast.error[0]).toBeLessThan(1e-7);
    },
  );

  it("knows that concentration magnifies the error of what nearly cancels", () => {
    const parameters = { ...btc.parameters, depth: 20n };
    const worst = list(50, () => {
      // Three expiries that lose alike: what is left of 350,000 BTC is little, but nothing covers the short one.
      const array = drawPayoffArray(draw, false);
      const instruments = [0n, 1n, 2n].map((days) => ({
        ...perpetual,
        option: { right: "call" as const, expiry: NOW + days * 86_400n, mark: 0n, array },
      }));
      const [one, other] = [2n ** 44n + draw.bits(43), 2n ** 44n + draw.bits(42)];
      const legs = [one, other, -one - other].map((held, i) => ({
        ...leg,
        instrument: i,
        base: held,
        offset: 0n,
      }));
      const { fast, exact } = compared({ ...market, underlyings: [{ ...btc, parameters }], instruments }, [
        { legs, collateralWad: 0n },
      ]);
      const found = distance(fast.initial[0]!, exact[0]!.initial);
      expect(found).toBeLessThanOrEqual(exactly(fast.error[0]!));
      return Number(found >> BITS) / 1e18 / fast.initial[0]!;
    });
    expect(Math.max(...worst)).toBeGreaterThan(1e-12);
  });

  it("charges the options that closing allowances may leave uncovered", () => {
    const still = list(32, () => 0n);
    const instruments = (["call", "put"] as const).map((right) => ({
      ...perpetual,
      option: { right, expiry: NOW, mark: 0n, array: still },
    }));
    const held = { ...leg, offset: 0n, base: 5n * BTC, closing: 8n * BTC };
    const { fast } = compared({ ...market, instruments }, [
      { legs: [held], collateralWad: 0n },
      { legs: [{ ...held, instrument: 1 }], collateralWad: 0n },
    ]);
    expect(fast.initial[0]).toBeCloseTo(1_800, 9);
    expect(fast.initial[1]).toBeCloseTo(1_800, 9);
  });

  it("requires nothing of nothing", () => {
    const { fast } = compared(market, [{ legs: [], collateralWad: 0n }]);
    expect([fast.initial[0], fast.maintenance[0], fast.error[0], fast.equity[0]]).toEqual([0, 0, 0, 0]);
    expect(maintenanceStanding(fast, 0)).toBe("perhaps");
  });

  it("writes into the result that it is given", () => {
    const ready = batchMarket(market);
    const books = batchBooks(ready, [{ legs: [leg], collateralWad: 0n }]);
    const first = batchMargin(ready, books);
    expect(batchMargin(ready, books, first)).toBe(first);
    expect(first.initial[0]).toBeCloseTo(20_400, 9);
  });

  it.each([
    ["an unknown instrument", [{ ...leg, instrument: 1 }], "MarginInputOutOfRange"],
    ["a base too large", [{ ...leg, base: 2n ** 87n }], "MarginInputOutOfRange"],
    ["a quote too large", [{ ...leg, quote: 2n ** 87n }], "MarginInputOutOfRange"],
    ["129 instruments", list(129, () => leg), "MarginTooManyInstruments"],
  ])("refuses %s", (_, legs, kind) => {
    expect(() => batchBooks(batchMarket(market), [{ legs, collateralWad: 0n }])).toThrow(
      expect.objectContaining({ kind }),
    );
  });

  it.each([
    ["an unknown underlying", [{ ...perpetual, underlying: 1 }], "MarginInputOutOfRange"],
    ["a payoff too large", [{ ...perpetual, payoffWad: 2n ** 128n }], "MarginInputOutOfRange"],
    [
      "an array too short",
      [{ ...perpetual, option: { right: "put" as const, expiry: NOW, mark: 0n, array: [0n] } }],
      "RiskArrayMalformed",
    ],
  ])("refuses a market with %s", (_, instruments, kind) => {
    expect(() => batchMarket({ ...market, instruments })).toThrow(expect.objectContaining({ kind }));
  });
});

/** Forty accounts on up to four underlyings. Of a wild one every number is of any size. */
function drawBatch(draw: Random, wild: boolean): Batch {
  const underlyings = list(1 + draw.integer(4), () => drawUnderlying(draw, wild));
  const instruments = underlyings.flatMap((_, underlying): BatchInstrument[] => [
    { underlying },
    ...list(draw.integer(30), () => drawOption(draw, wild, underlying)),
    ...list(draw.integer(3), () => ({ underlying, payoffWad: magnitude(draw, wild ? 128 : 76) })),
  ]);
  const parameters = wild ? drawAccountParameters(draw) : defaultAccountParameters;
  // Not in the order in which the batch has them.
  const market = { underlyings, instruments: instruments.toReversed(), parameters, time: NOW };
  return compared(
    market,
    list(40, () => drawAccount(draw, wild, instruments.length)),
  );
}

/** Of half of them the price has moved since the epoch. */
function drawUnderlying(draw: Random, wild: boolean): BatchUnderlying {
  const parameters = wild ? drawParameters(draw) : usualParameters[draw.integer(usualParameters.length)]!;
  const market = drawMarket(draw, wild);
  if (draw.integer(2) === 0) return { parameters, market };
  const { priceWad } = market;
  const near = (priceWad * BigInt(970 + draw.integer(60))) / 1_000n;
  const far = minimum(2n ** 128n - 1n, (priceWad * magnitude(draw, 20)) / (magnitude(draw, 20) + 1n));
  return { parameters, market, epochWad: maximum(1n, wild ? far : near) };
}

function drawOption(draw: Random, wild: boolean, underlying: number): BatchInstrument {
  const isPut = draw.integer(2) === 0;
  return {
    underlying,
    option: {
      right: isPut ? "put" : "call",
      expiry:
        wild && draw.integer(9) === 0 ? 2n ** 40n - 1n : NOW + 86_400n * BigInt(draw.integer(5) * 100 - 50),
      mark: magnitude(draw, wild ? 48 : 32),
      array: wild ? drawAnyArray(draw) : drawPayoffArray(draw, isPut),
    },
  };
}

function drawAccount(draw: Random, wild: boolean, instruments: number): BatchAccount {
  const closes = draw.integer(4) === 0;
  const legs = list(draw.integer(12) === 0 ? 128 : draw.integer(20), () => ({
    instrument: draw.integer(instruments),
    base: maximum(1n - 2n ** 87n, signed(draw, wild ? 87 : 44)),
    offset: draw.integer(2) === 0 ? 0n : magnitude(draw, wild ? 96 : 44),
    quote: signed(draw, wild ? 87 : 50),
    closing: closes && draw.integer(2) === 0 ? magnitude(draw, wild ? 88 : 45) : 0n,
  }));
  return { legs, collateralWad: signed(draw, wild ? 126 : 90) };
}

function compared(market: BatchMarketParameters, accounts: readonly BatchAccount[]): Batch {
  const ready = batchMarket(market);
  return {
    market,
    accounts,
    fast: batchMargin(ready, batchBooks(ready, accounts)),
    exact: accounts.map((account) => exactMargin(market, account)),
  };
}

function exactMargin(
  { underlyings, instruments, parameters, time }: BatchMarketParameters,
  account: BatchAccount,
): Exact {
  const legs = account.legs.map((leg) => ({ ...leg, ...instruments[leg.instrument]! }));
  const held = underlyings.map(({ epochWad, ...each }, place) => {
    const own = legs.filter(({ underlying, payoffWad }) => underlying === place && payoffWad === undefined);
    const perpetuals = own.filter(({ option }) => option === undefined);
    const options = own.flatMap(({ option, ...leg }): OptionLeg[] => (option ? [{ ...leg, ...option }] : []));
    const move = relativeMove(each.market.priceWad, epochWad ?? each.market.priceWad);
    return { ...each, move, holdings: { perpetuals, options } };
  });
  const margin = portfolioMargin({ underlyings: held, parameters, time });
  // As the engine has it: perpetuals and options of an underlying are each rounded down once, settled options one by one.
  const sum = (of: (leg: (typeof legs)[number]) => bigint) =>
    legs.reduce((total, leg) => total + of(leg), 0n);
  const values = underlyings.map(({ market, epochWad }, u) => {
    const base = sum((leg) =>
      leg.underlying === u && !leg.option && leg.payoffWad === undefined ? leg.base : 0n,
    );
    const marks = sum((leg) => (leg.underlying === u && leg.option ? leg.base * leg.option.mark : 0n));
    const options = (marks + margin.underlyings[u]!.gained) * (epochWad ?? market.priceWad);
    return floorDiv(base * market.priceWad, BTC) + floorDiv(options, 10n ** 17n);
  });
  const settled = sum(({ base, payoffWad = 0n }) => floorDiv(base * payoffWad, BTC));
  const value = values.reduce(
    (total, one) => total + one,
    settled + sum(({ quote }) => quote) * WAD_PER_MICRO,
  );
  return { ...margin, value };
}

function withEquity(account: BatchAccount, { value }: Exact, equityWad: bigint): BatchAccount {
  return { ...account, collateralWad: equityWad - value };
}

function standings(market: BatchMarketParameters, accounts: readonly BatchAccount[]) {
  const ready = batchMarket(market);
  const margin = batchMargin(ready, batchBooks(ready, accounts));
  return accounts.map((_, a) => maintenanceStanding(margin, a));
}

/** A double as 1e18 · 2^BITS, of which all that come up are multiples: exact. */
const BITS = 400n;
function exactly(dollars: number): bigint {
  // As far as can be, of what the batch cannot tell.
  if (dollars > 2 ** 600) return 1n << 2_000n;
  return BigInt(dollars * 2 ** 400) * WAD;
}

/** How far a double is from an amount, exactly. */
function distance(dollars: number, wad: bigint): bigint {
  return absolute(exactly(dollars) - (wad << BITS));
}
