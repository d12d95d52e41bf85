import type { BatchBooks } from "../../../clearing/margin/batch/batchBooks.ts";
import type { BatchMarketParameters } from "../../../clearing/margin/batch/batchMarket.ts";
import { perpetualArray } from "../../../clearing/margin/riskArray.ts";
import {
  grid,
  scenarios,
  scenarioWeight,
  spotShock,
  THIRD_DOWN,
  THIRD_UP,
} from "../../../clearing/margin/scenarios.ts";
import { oracleUncertainty } from "../../../clearing/margin/underlyingRequirement.ts";

/*
 * The scenario margin as one writes it in an afternoon, written well: objects, arrays of numbers, a loop over the legs of each
 * account. It does the same work as `batchMargin` and comes to the same figures, but says nothing about its error.
 */

interface PlainUnderlying {
  price: number;
  scanRange: number;
  third: number;
  weights: readonly number[];
  rates: {
    optionMinimum: readonly [initial: number, maintenance: number];
    perpMinimum: readonly [initial: number, maintenance: number];
    venue: number;
    oracle: number;
    basisFlat: number;
    basisPerYear: number;
  };
  depth: number;
  cap: number;
  ramp: number;
}

interface PlainInstrument {
  underlying: PlainUnderlying;
  kind: "perpetual" | "call" | "put";
  /** Years; a perpetual expires now. */
  years: number;
  /** Share of the price by scenario. */
  array: readonly number[];
  mark: number;
}

/** In units and dollars. */
interface PlainLeg {
  instrument: PlainInstrument;
  base: number;
  offset: number;
  quote: number;
}

export interface PlainAccount {
  legs: readonly PlainLeg[];
  collateral: number;
}

export interface PlainMargin {
  initial: number;
  maintenance: number;
  equity: number;
  worstScenario: number;
}

export interface PlainParameters {
  maintenanceRatio: number;
  crossCredit: number;
}

const PPB = 1e9;
const YEAR = 31_536_000;
/** What the entry of an option may be off by. */
const ROUNDING = 1e-9;

/** The accounts as objects. */
export function plainAccounts(
  market: BatchMarketParameters,
  places: Int32Array,
  books: BatchBooks,
): PlainAccount[] {
  const underlyings = market.underlyings.map(({ parameters: p, market: m }): PlainUnderlying => {
    const uncertainty = Number(oracleUncertainty({ ...m, dailyVolatility: p.dailyVolatility })) / 1e18;
    return {
      price: Number(m.priceWad) / 1e18,
      scanRange: Number(p.scanRange) / PPB,
      third: Number(spotShock(scenarios[THIRD_UP]!, p.scanRange)) / PPB,
      weights: scenarios.map((scenario) => Number(scenarioWeight(scenario, p.scanRange)) / PPB),
      rates: {
        optionMinimum: [Number(p.optionMinimumInitial) / PPB, Number(p.optionMinimumMaintenance) / PPB],
        perpMinimum: [Number(p.perpMinimumInitial) / PPB, Number(p.perpMinimumMaintenance) / PPB],
        venue: Number(p.venueRate) / PPB,
        oracle: Math.min(1, Math.max(0, uncertainty - Number(p.oracleAllowance) / PPB)),
        basisFlat: Number(p.basisFlat) / PPB,
        basisPerYear: Number(p.basisPerYear) / PPB,
      },
      depth: Number(p.depth),
      cap: Number(p.concentrationCap) / PPB,
      ramp: Number(m.rampPpm) / 1e6,
    };
  });
  const byPlace: PlainInstrument[] = [];
  market.instruments.forEach(({ underlying, option }, given) => {
    const { price } = underlyings[underlying]!;
    const array = option?.array ?? perpetualArray(market.underlyings[underlying]!.parameters.scanRange);
    byPlace[places[given]!] = {
      underlying: underlyings[underlying]!,
      kind: option?.right ?? "perpetual",
      years: option === undefined ? 0 : Math.max(0, Number(option.expiry - market.time)) / YEAR,
      array: array.map((entry) => Number(entry) / PPB),
      mark: option === undefined ? price : (price * Number(option.mark)) / PPB,
    };
  });
  return Array.from(books.collateral, (collateral, account) => {
    const legs: PlainLeg[] = [];
    for (let leg = books.starts[account]!; leg < books.starts[account + 1]!; leg++)
      legs.push({
        instrument: byPlace[books.place[leg]!]!,
        base: books.base[leg]! / 1e8,
        offset: books.offset[leg]! / 1e8,
        quote: books.quote[leg]! / 1e6,
      });
    return { legs, collateral };
  });
}

/** Margin of one account. */
export function plainMargin(
  account: PlainAccount,
  { maintenanceRatio, crossCredit }: PlainParameters,
): PlainMargin {
  const joint = grid.map(() => 0);
  const total = { initial: 0, maintenance: 0, initialFloor: 0, maintenanceFloor: 0, apart: 0 };
  for (const [underlying, legs] of Map.groupBy(account.legs, ({ instrument }) => instrument.underlying)) {
    const one = plainUnderlying(underlying, legs, maintenanceRatio);
    total.initial += one.initial;
    total.maintenance += one.maintenance;
    total.initialFloor += one.initialFloor;
    total.maintenanceFloor += one.maintenanceFloor;
    total.apart += Math.max(0, ...one.grid);
    one.grid.forEach((loss, i) => {
      joint[i]! += loss;
    });
  }
  const together = Math.max(...joint);
  const credit = crossCredit * (total.apart - Math.max(0, together));
  return {
    initial: Math.max(total.initial - credit, total.initialFloor),
    maintenance: Math.max(total.maintenance - maintenanceRatio * credit, total.maintenanceFloor),
    equity: account.legs.reduce(
      (worth, { instrument, base, quote }) => worth + base * instrument.mark + quote,
      account.collateral,
    ),
    worstScenario: grid[joint.indexOf(together)]!,
  };
}

function plainUnderlying(underlying: PlainUnderlying, legs: readonly PlainLeg[], maintenanceRatio: number) {
  const { price, scanRange, third, weights, rates, depth, cap, ramp } = underlying;
  const losses = scenarios.map(() => 0);
  const expiries = new Map<
    number,
    { down: number; up: number; calls: number; puts: number; years: number }
  >();
  let [perpetual, options, offset] = [0, 0, 0];
  for (const { instrument, base, offset: offsetting } of legs) {
    const { kind, array, years } = instrument;
    const charged = kind === "perpetual" ? 0 : Math.abs(base) * ROUNDING;
    for (let s = 0; s < losses.length; s++) losses[s]! += charged - base * array[s]!;
    const key = kind === "perpetual" ? -1 : years;
    const expiry = expiries.get(key) ?? { down: 0, up: 0, calls: 0, puts: 0, years };
    expiries.set(key, expiry);
    expiry.down += charged - base * array[THIRD_DOWN]!;
    expiry.up += charged - base * array[THIRD_UP]!;
    if (kind === "perpetual") perpetual += base;
    else options += Math.abs(base);
    if (kind === "call") expiry.calls += base;
    if (kind === "put") expiry.puts += base;
    offset += offsetting;
  }
  let [basis, naked] = [0, 0];
  for (const { down, up, calls, puts, years } of expiries.values()) {
    basis += 0.9 * (Math.max(0, down) + Math.max(0, up)) * (rates.basisFlat + rates.basisPerYear * years);
    naked += Math.max(0, -calls) + Math.max(0, -puts);
  }
  const scan = price * Math.max(basis, ...losses.map((loss, s) => loss * weights[s]!));
  const minimum = (which: 0 | 1): number =>
    price * Math.max(naked * rates.optionMinimum[which], Math.abs(perpetual) * rates.perpMinimum[which]);
  const venue = offset * price * rates.venue;
  const oracle = (options + Math.abs(perpetual)) * price * rates.oracle;
  const delta = Math.abs(losses[THIRD_UP]! - losses[THIRD_DOWN]!) / (2 * third);
  const notional = Math.max(delta * price, scan / scanRange);
  const concentration = Math.min(cap, Math.max(1, 1 + (Math.sqrt(notional / depth) - 1) / 2));
  const base = concentration * Math.max(scan, minimum(0));
  return {
    initial: base + Math.max(0, notional - base) * ramp + venue + oracle,
    maintenance: concentration * Math.max(maintenanceRatio * scan, minimum(1)) + maintenanceRatio * venue,
    initialFloor: minimum(0) + venue + oracle,
    maintenanceFloor: minimum(1) + maintenanceRatio * venue,
    grid: grid.map((s) => losses[s]! * price),
  };
}
