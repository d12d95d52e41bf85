import { concat, type Hex, keccak256, numberToHex } from "viem";
import {
  type AccountParameters,
  defaultAccountParameters,
  defaultUnderlyingParameters,
  type UnderlyingParameters,
} from "../../clearing/margin/marginParameters.ts";
import { portfolioMargin, type UnderlyingHoldings } from "../../clearing/margin/portfolioMargin.ts";
import { packRiskArray, unpackRiskArray } from "../../clearing/margin/riskArray.ts";
import { PPB, scenarios, spotShock, UNMOVED } from "../../clearing/margin/scenarios.ts";
import type { UnderlyingMarket, UnderlyingRequirement } from "../../clearing/margin/underlyingRequirement.ts";
import { maximum, WAD } from "../../clearing/math.ts";
import { type Random, random } from "../../clearing/random.ts";

const PORTFOLIOS = 520;
const ARRAYS = 40;
const TIME = 1_764_000_000n;

type Values = Record<string, unknown>;

/** A leg as vectors have it: without expiry it is a perpetual; `array` is a place in the vectors' list of arrays. */
interface VectorLeg {
  base: bigint;
  offset: bigint;
  expiry: bigint;
  isPut: boolean;
  array: number;
}

/**
 * Portfolios on perpetuals and options of several underlyings, and what `PortfolioMargin` and `portfolioMargin` must both require of
 * them (CLR-20). To keep the file small, arrays and parameters come from lists, and of the components there is only a hash.
 */
export function scenarioMarginVectors(): Values {
  const draw = random(25);
  const symbols = ["BTC", "ETH", "SOL", "HYPE"];
  const parameters = [
    ...symbols.map(defaultUnderlyingParameters),
    ...symbols.map((symbol) => ({
      ...defaultUnderlyingParameters(symbol),
      depth: 50_000_000n,
      openInterestFrom: 10n ** 9n,
      openInterestTo: 5n * 10n ** 9n,
    })),
    ...Array.from({ length: 6 }, () => drawnParameters(draw)),
  ];
  const accounts = [defaultAccountParameters, ...Array.from({ length: 5 }, () => drawnAccount(draw))];
  const arrays = Array.from({ length: ARRAYS }, (_, i) =>
    packRiskArray(i % 4 === 3 ? anyArray(draw) : payoffArray(draw, draw.integer(2) === 0)),
  );
  // Risk model, section 10: +10 BTC on one chain, -8 on another, at 60,000.
  const golden = {
    account: 0,
    parameters: [0],
    market: [{ priceWad: 60_000n * WAD, confidenceWad: 0n, ageSeconds: 0n, openInterestWad: 0n }],
    legs: [[{ base: 2n * 10n ** 8n, offset: 8n * 10n ** 8n, expiry: 0n, isPut: false, array: 0 }]],
  };
  const drawn = Array.from({ length: PORTFOLIOS }, () => {
    const wild = draw.integer(4) === 0;
    const count = draw.integer(5);
    return {
      account: wild ? draw.integer(accounts.length) : 0,
      parameters: list(count, () => draw.integer(wild ? parameters.length : symbols.length * 2)),
      market: list(count, () => market(draw, wild)),
      legs: list(count, () => list(draw.integer(wild ? 12 : 7), (i) => leg(draw, wild, i === 0))),
    };
  });
  return {
    time: [TIME],
    accounts,
    parameters,
    arrays,
    portfolios: [golden, ...drawn].map((held) => {
      const underlyings = held.legs.map((legs, u) => ({
        parameters: parameters[held.parameters[u]!]!,
        market: held.market[u]!,
        holdings: holdings(legs, arrays),
      }));
      return { ...flat(held), ...required(underlyings, accounts[held.account]!) };
    }),
  };
}

function required(underlyings: readonly UnderlyingHoldings[], parameters: AccountParameters): Values {
  const margin = portfolioMargin({ underlyings, parameters, time: TIME });
  const words = [
    margin.crossCreditInitial,
    margin.crossCreditMaintenance,
    BigInt(margin.worstScenario),
    ...margin.underlyings.flatMap(componentsOf),
  ].map((word) => numberToHex(word, { size: 32 }));
  return { initial: margin.initial, maintenance: margin.maintenance, components: keccak256(concat(words)) };
}

/** In the order of the contract's struct. */
function componentsOf({ gridProfits: _, worstScenario, ...terms }: UnderlyingRequirement): bigint[] {
  return [...Object.values(terms), BigInt(worstScenario)];
}

function holdings(legs: readonly VectorLeg[], arrays: readonly Hex[]): UnderlyingHoldings["holdings"] {
  return {
    perpetuals: legs.filter(({ expiry }) => expiry === 0n),
    options: legs
      .filter(({ expiry }) => expiry !== 0n)
      .map(({ isPut, array, ...rest }) => ({
        ...rest,
        right: isPut ? ("put" as const) : ("call" as const),
        array: unpackRiskArray(arrays[array]!),
      })),
  };
}

/** As lists of numbers, which Solidity reads fast: the legs of all underlyings in a row. */
function flat(held: {
  account: number;
  parameters: readonly number[];
  market: readonly UnderlyingMarket[];
  legs: readonly (readonly VectorLeg[])[];
}): Values {
  return {
    account: held.account,
    parameters: held.parameters,
    market: held.market.flatMap((m) => [m.priceWad, m.confidenceWad, m.ageSeconds, m.openInterestWad]),
    counts: held.legs.map((legs) => legs.length),
    base: held.legs.flat().map(({ base }) => base),
    // offset, expiry, put, array
    terms: held.legs.flat().flatMap((l) => [l.offset, l.expiry, l.isPut ? 1 : 0, l.array]),
  };
}

/** An option's payoff against strike and spot by scenario, and something for volatility. */
function payoffArray(draw: Random, isPut: boolean): bigint[] {
  const strike = (PPB * BigInt(50 + draw.integer(120))) / 100n;
  const vega = BigInt(draw.integer(40_000_000));
  const payoff = (spot: bigint): bigint => maximum(0n, isPut ? strike - spot : spot - strike);
  const smile = { flat: 0n, up: 1n, down: -1n, slopeUp: 1n, slopeDown: -1n, smileUp: 1n, smileDown: -1n };
  return scenarios.map((scenario, s) =>
    s === UNMOVED
      ? 0n
      : payoff(PPB + spotShock(scenario, 15n * 10n ** 7n)) - payoff(PPB) + vega * smile[scenario.vol],
  );
}

/** Entries of any size, the ends among them. */
function anyArray(draw: Random): bigint[] {
  return scenarios.map((_, s) => {
    if (s === UNMOVED) return 0n;
    const end = draw.integer(8);
    if (end < 2) return end === 0 ? -(2n ** 31n) : 2n ** 31n - 1n;
    return BigInt.asIntN(32, draw.bits(1 + draw.integer(32)));
  });
}

function leg(draw: Random, wild: boolean, perpetual: boolean): VectorLeg {
  const bits = wild ? 87 : 44;
  const base = magnitude(draw, bits) * (draw.integer(2) === 0 ? 1n : -1n);
  return {
    base: wild && draw.integer(20) === 0 ? -(2n ** 87n) : base,
    offset: draw.integer(2) === 0 ? 0n : magnitude(draw, wild ? 96 : 44),
    expiry: perpetual && draw.integer(2) === 0 ? 0n : TIME + 86_400n * BigInt(draw.integer(5) * 100 - 50),
    isPut: draw.integer(2) === 0,
    array: draw.integer(ARRAYS),
  };
}

function market(draw: Random, wild: boolean): UnderlyingMarket {
  if (wild)
    return {
      priceWad: magnitude(draw, 128) + (draw.integer(9) === 0 ? 2n ** 127n : 1n),
      confidenceWad: magnitude(draw, 120),
      ageSeconds: magnitude(draw, 40),
      openInterestWad: magnitude(draw, 128),
    };
  const priceWad = (magnitude(draw, 37) + 1n) * 10n ** 12n;
  return {
    priceWad,
    confidenceWad: draw.integer(2) === 0 ? 0n : priceWad / BigInt(200 + draw.integer(5_000)),
    ageSeconds: BigInt(draw.integer(120)),
    openInterestWad: magnitude(draw, 40) * 10n ** 16n,
  };
}

function drawnParameters(draw: Random): UnderlyingParameters {
  const rate = (): bigint => BigInt(draw.integer(Number(PPB) + 1));
  const [optionMinimumInitial, perpMinimumInitial] = [rate() / 10n, rate() / 10n];
  const openInterestFrom = magnitude(draw, 47);
  return {
    scanRange: PPB / 1000n + (rate() * 999n) / 1000n,
    optionMinimumInitial,
    optionMinimumMaintenance: optionMinimumInitial / 3n,
    perpMinimumInitial,
    perpMinimumMaintenance: perpMinimumInitial / 2n,
    venueRate: rate() / 50n,
    oracleAllowance: rate() / 100n,
    dailyVolatility: rate() / 10n,
    basisFlat: rate() * 4n,
    basisPerYear: rate() * 4n,
    concentrationCap: PPB + rate() * 3n,
    depth: magnitude(draw, 47) + 1n,
    openInterestFrom,
    openInterestTo: openInterestFrom + 1n + magnitude(draw, 46),
  };
}

function drawnAccount(draw: Random): AccountParameters {
  return {
    maintenanceRatio: 1n + BigInt(draw.integer(Number(PPB))),
    crossCredit: BigInt(draw.integer(Number(PPB) + 1)),
    bufferRatio: BigInt(draw.integer(Number(PPB) + 1)),
  };
}

/** Of random length as well as value. */
function magnitude(draw: Random, bits: number): bigint {
  return draw.bits(1 + draw.integer(bits));
}

function list<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}
