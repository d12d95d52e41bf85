import { grid, scenarios, THIRD_DOWN, THIRD_UP, UNMOVED } from "../scenarios.ts";
import type { BatchBooks } from "./batchBooks.ts";
import { type BatchMarket, CALL, PERPETUAL } from "./batchMarket.ts";
import { concentrationError, ROUNDED_VALUE, relativeError } from "./errorBound.ts";
import type { UnderlyingFactors } from "./underlyingFactors.ts";

/** What accounts need and are worth, dollars, and how far each figure can be off. A place an account. */
export interface BatchMargin {
  initial: Float64Array;
  maintenance: Float64Array;
  /** Of `initial` and of `maintenance`. */
  error: Float64Array;
  /** Collateral and positions at their marks, all gains counted, as for maintenance. */
  equity: Float64Array;
  equityError: Float64Array;
  /** Place of the scenario of the grid in which all underlyings together lose most, as far as doubles tell. */
  worstScenario: Uint8Array;
}

/** Sums over one account, and over what it holds on one underlying. */
interface Sums {
  initial: number;
  maintenance: number;
  initialFloor: number;
  maintenanceFloor: number;
  /** Of all underlyings together by scenario of the grid, and of each one's worst: loss, dollars. */
  joint: Float64Array;
  apart: number;
  error: number;
  equity: number;
  equityWeight: number;
  /** Of one underlying: profit by scenario, 1e-17 of the spot, the rounding of arrays not charged. */
  profits: Float64Array;
  /** 1e-8: Σ |base| of options; net perpetual; Σ of what offsets over chains; short options that nothing covers. */
  options: number;
  perpetual: number;
  offset: number;
  naked: number;
  /** Loss that the basis charge takes, 1e-17 of the spot. */
  basis: number;
  /** Of its legs in the bound of the error, dollars. */
  weight: number;
}

const COUNT = scenarios.length;
const gridPlaces = Uint8Array.from(grid);
const PER_QUOTE = 1e6;

/** Room for the margin of so many accounts. */
export function newBatchMargin(accounts: number): BatchMargin {
  return {
    initial: new Float64Array(accounts),
    maintenance: new Float64Array(accounts),
    error: new Float64Array(accounts),
    equity: new Float64Array(accounts),
    equityError: new Float64Array(accounts),
    worstScenario: new Uint8Array(accounts),
  };
}

/**
 * Scenario margin of many accounts in doubles: what `portfolioMargin` requires, but for an error whose bound is given for each account
 * (`errorBound.ts` derives it).
 *
 * @param result where it is written; nothing else is allocated
 */
export function batchMargin(
  market: BatchMarket,
  books: BatchBooks,
  result: BatchMargin = newBatchMargin(books.collateral.length),
): BatchMargin {
  const sums = newSums();
  for (let account = 0; account < books.collateral.length; account++) {
    const start = books.starts[account]!;
    const end = books.starts[account + 1]!;
    const relative = relativeError(end - start);
    clearAccount(sums, books.collateral[account]!);
    for (let leg = start; leg < end; ) {
      const underlying = market.underlying[books.place[leg]!]!;
      leg = sumLegs(market, books, leg, end, underlying, sums);
      addUnderlying(market.underlyings[underlying]!, market.maintenanceRatio, relative, sums);
    }
    write(market, account, end - start, relative, sums, result);
  }
  return result;
}

/** Sums the legs from `leg` on that are of `underlying`, and returns where the next one's begin. */
function sumLegs(
  market: BatchMarket,
  { place, base, offset, quote }: BatchBooks,
  leg: number,
  end: number,
  underlying: number,
  sums: Sums,
): number {
  const { entries, expiry, kind, mark, weight, basisShare } = market;
  const { profits } = sums;
  const { venue } = market.underlyings[underlying]!;
  clearUnderlying(sums);
  let at = leg;
  while (at < end && market.underlying[place[at]!] === underlying) {
    const first = place[at]!;
    let [charged, down, up, calls, puts] = [0, 0, 0, 0, 0];
    for (; at < end && expiry[place[at]!] === expiry[first]; at++) {
      const instrument = place[at]!;
      const held = base[at]!;
      const size = Math.abs(held);
      const row = instrument * COUNT;
      for (let s = 0; s < COUNT; s++) profits[s] = profits[s]! + held * entries[row + s]!;
      down += held * entries[row + THIRD_DOWN]!;
      up += held * entries[row + THIRD_UP]!;
      if (kind[instrument] === PERPETUAL) sums.perpetual += held;
      else {
        charged += size;
        if (kind[instrument] === CALL) calls += held;
        else puts += held;
      }
      sums.offset += offset[at]!;
      sums.weight += size * weight[instrument]! + offset[at]! * venue;
      const [worth, paid] = [held * mark[instrument]!, quote[at]! / PER_QUOTE];
      sums.equity += worth + paid;
      sums.equityWeight += Math.abs(worth) + Math.abs(paid);
    }
    sums.options += charged;
    sums.naked += Math.max(0, -calls) + Math.max(0, -puts);
    sums.basis += (Math.max(0, charged - down) + Math.max(0, charged - up)) * basisShare[first]!;
  }
  return at;
}

/** Adds the requirement of one underlying, and its losses on the grid. */
function addUnderlying(
  factors: UnderlyingFactors,
  maintenanceRatio: number,
  relative: number,
  sums: Sums,
): void {
  const { profits, options, joint } = sums;
  const { unit, weights, ramp } = factors;
  let worst = 0;
  for (let s = 0; s < COUNT; s++) worst = Math.max(worst, (options - profits[s]!) * weights[s]!);
  let worstOnGrid = 0;
  for (let i = 0; i < gridPlaces.length; i++) {
    const loss = options - profits[gridPlaces[i]!]!;
    worstOnGrid = Math.max(worstOnGrid, loss);
    joint[i] = joint[i]! + loss * unit;
  }
  sums.apart += worstOnGrid * unit;

  const perpetual = Math.abs(sums.perpetual);
  const scan = Math.max(worst, sums.basis) * unit;
  const minimum = Math.max(sums.naked * factors.optionMinimumInitial, perpetual * factors.perpMinimumInitial);
  const minimumMaintenance = Math.max(
    sums.naked * factors.optionMinimumMaintenance,
    perpetual * factors.perpMinimumMaintenance,
  );
  const venue = sums.offset * factors.venue;
  const oracle = (options + perpetual) * factors.oracle;
  const difference = Math.abs(profits[THIRD_UP]! - profits[THIRD_DOWN]!);
  const notional = Math.max(difference * factors.perDifference, scan * factors.perRange);
  const concentration = concentrationFactor(notional, factors);
  const scaled = concentration * Math.max(scan, minimum);

  sums.initial += scaled + Math.max(0, notional - scaled) * ramp + venue + oracle;
  sums.maintenance +=
    concentration * Math.max(maintenanceRatio * scan, minimumMaintenance) + maintenanceRatio * venue;
  sums.initialFloor += minimum + venue + oracle;
  sums.maintenanceFloor += minimumMaintenance + maintenanceRatio * venue;
  sums.error += relative * sums.weight;
  sums.error += concentrationError({
    factors,
    scaled: Math.max(scan, minimum),
    notional,
    weight: sums.weight,
    relative,
  });
}

/** min(cap, max(1, 1/2 + √(notional / depth) / 2)). */
function concentrationFactor(notional: number, { depth, concentrationCap }: UnderlyingFactors): number {
  if (notional <= depth) return 1;
  return Math.min(concentrationCap, 0.5 + Math.sqrt(notional / depth) / 2);
}

function write(
  { crossCredit, maintenanceRatio }: BatchMarket,
  account: number,
  instruments: number,
  relative: number,
  sums: Sums,
  result: BatchMargin,
): void {
  const { joint } = sums;
  let worst = UNMOVED;
  for (let i = 0; i < joint.length; i++) if (joint[i]! > joint[worst]!) worst = i;
  const credit = crossCredit * (sums.apart - Math.max(0, joint[worst]!));
  result.initial[account] = Math.max(sums.initial - credit, sums.initialFloor);
  result.maintenance[account] = Math.max(sums.maintenance - maintenanceRatio * credit, sums.maintenanceFloor);
  result.error[account] = sums.error;
  result.equity[account] = sums.equity;
  result.equityError[account] = relative * sums.equityWeight + instruments * ROUNDED_VALUE;
  result.worstScenario[account] = gridPlaces[worst]!;
}

function newSums(): Sums {
  return {
    initial: 0,
    maintenance: 0,
    initialFloor: 0,
    maintenanceFloor: 0,
    joint: new Float64Array(grid.length),
    apart: 0,
    error: 0,
    equity: 0,
    equityWeight: 0,
    profits: new Float64Array(COUNT),
    options: 0,
    perpetual: 0,
    offset: 0,
    naked: 0,
    basis: 0,
    weight: 0,
  };
}

function clearAccount(sums: Sums, collateral: number): void {
  sums.joint.fill(0);
  sums.initial = 0;
  sums.maintenance = 0;
  sums.initialFloor = 0;
  sums.maintenanceFloor = 0;
  sums.apart = 0;
  sums.error = 0;
  sums.equity = collateral;
  sums.equityWeight = Math.abs(collateral);
}

function clearUnderlying(sums: Sums): void {
  sums.profits.fill(0);
  sums.options = 0;
  sums.perpetual = 0;
  sums.offset = 0;
  sums.naked = 0;
  sums.basis = 0;
  sums.weight = 0;
}
