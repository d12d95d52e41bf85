import { grid, scenarios, THIRD_DOWN, THIRD_UP, UNMOVED } from "../scenarios.ts";
import type { BatchBooks } from "./batchBooks.ts";
import { type BatchMarket, CALL, PERPETUAL, SETTLED } from "./batchMarket.ts";
import { clearAccount, clearUnderlying, newSums, type Sums } from "./batchSums.ts";
import { equityError, MOVED_VALUE, relativeError, underlyingError } from "./errorBound.ts";
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
      addUnderlying(market.underlyings[underlying]!, market, relative, sums);
    }
    write(market, account, end - start, relative, sums, result);
  }
  return result;
}

/** Sums the legs from `leg` on that are of `underlying`, and returns where the next one's begin. */
function sumLegs(
  market: BatchMarket,
  books: BatchBooks,
  leg: number,
  end: number,
  underlying: number,
  sums: Sums,
): number {
  const { place, base, offset, quote, closing } = books;
  const { entries, roundedEntries, down, up, expiry, kind, mark, markWeight, weight, basisShare } = market;
  const { profits } = sums;
  const { venue } = market.underlyings[underlying]!;
  clearUnderlying(sums);
  let at = leg;
  while (at < end && market.underlying[place[at]!] === underlying) {
    const first = place[at]!;
    let [charged, lossDown, lossUp, calls, puts] = [0, 0, 0, 0, 0];
    for (; at < end && expiry[place[at]!] === expiry[first]; at++) {
      const instrument = place[at]!;
      const held = base[at]!;
      const size = Math.abs(held);
      const paid = quote[at]! / PER_QUOTE;
      sums.equity += held * mark[instrument]! + paid;
      sums.equityWeight += size * markWeight[instrument]! + Math.abs(paid);
      if (kind[instrument] === SETTLED) continue;
      const row = instrument * COUNT;
      for (let s = 0; s < COUNT; s++) profits[s] = profits[s]! + held * entries[row + s]!;
      sums.offset += offset[at]!;
      sums.weight += size * weight[instrument]! + offset[at]! * venue;
      const allowed = closing[at]!;
      const sold = held < 0 ? 0 : allowed;
      if (allowed !== 0) {
        sums.weight += allowed * weight[instrument]!;
        close(market, instrument, held, allowed, sums);
      }
      if (kind[instrument] === PERPETUAL) {
        sums.perpetual += held;
        continue;
      }
      charged += size;
      lossDown -= held * down[instrument]!;
      lossUp -= held * up[instrument]!;
      if (kind[instrument] === CALL) calls += held - sold;
      else puts += held - sold;
      if (allowed === 0) continue;
      const grown = Math.max(0, allowed - 2 * size);
      const bought = held > 0 ? 0 : allowed;
      lossDown += worstUse(sold, bought, roundedEntries[row + THIRD_DOWN]!) + grown;
      lossUp += worstUse(sold, bought, roundedEntries[row + THIRD_UP]!) + grown;
    }
    sums.options += charged;
    sums.naked += Math.max(0, -calls) + Math.max(0, -puts);
    sums.basis += (Math.max(0, charged + lossDown) + Math.max(0, charged + lossUp)) * basisShare[first]!;
  }
  return at;
}

/** Adds what any part of a closing allowance could lose: it sells what is long, buys what is short, either where nothing is held. */
function close(market: BatchMarket, instrument: number, held: number, allowed: number, sums: Sums): void {
  const { roundedEntries: entries, kind } = market;
  const { lost } = sums;
  const sold = held < 0 ? 0 : allowed;
  const bought = held > 0 ? 0 : allowed;
  const row = instrument * COUNT;
  if (!sums.closing) lost.fill(0);
  sums.closing = true;
  sums.closes = true;
  for (let s = 0; s < COUNT; s++) lost[s] = lost[s]! + worstUse(sold, bought, entries[row + s]!);
  const slope = entries[row + THIRD_UP]! - entries[row + THIRD_DOWN]!;
  sums.rise += worstUse(sold, bought, slope);
  sums.fall += worstUse(sold, bought, -slope);
  const grown = Math.max(0, allowed - 2 * Math.abs(held));
  if (kind[instrument] === PERPETUAL) sums.perpetualGrown += grown;
  else sums.optionsGrown += grown;
}

/** The most that selling or buying so much of what gains `gain` loses. */
function worstUse(sold: number, bought: number, gain: number): number {
  return Math.max(0, sold * gain, -bought * gain);
}

/** Adds the requirement of one underlying, and its losses on the grid. */
function addUnderlying(
  factors: UnderlyingFactors,
  { maintenanceRatio, crossCredit }: BatchMarket,
  relative: number,
  sums: Sums,
): void {
  const { profits, lost, joint, closing, options, optionsGrown } = sums;
  const { unit, weights, ramp } = factors;
  const slope = profits[THIRD_DOWN]! - profits[THIRD_UP]!;
  if (closing) for (let s = 0; s < COUNT; s++) profits[s] = profits[s]! - lost[s]! - optionsGrown;
  let worst = 0;
  for (let s = 0; s < COUNT; s++) worst = Math.max(worst, (options - profits[s]!) * weights[s]!);
  let worstOnGrid = 0;
  for (let i = 0; i < gridPlaces.length; i++) {
    const loss = options - profits[gridPlaces[i]!]!;
    worstOnGrid = Math.max(worstOnGrid, loss);
    joint[i] = joint[i]! + loss * unit;
  }
  sums.apart += worstOnGrid * unit;

  const perpetual = Math.abs(sums.perpetual) + sums.perpetualGrown;
  const scan = Math.max(worst, sums.basis + perpetual * factors.perpBasis) * unit;
  const minimum = Math.max(sums.naked * factors.optionMinimumInitial, perpetual * factors.perpMinimumInitial);
  const minimumMaintenance = Math.max(
    sums.naked * factors.optionMinimumMaintenance,
    perpetual * factors.perpMinimumMaintenance,
  );
  const venue = sums.offset * factors.venue;
  const oracle = (options + optionsGrown + perpetual) * factors.oracle;
  const difference = Math.max(Math.abs(slope + sums.rise), Math.abs(slope - sums.fall));
  const notional = Math.max(difference * factors.perDifference, scan * factors.perRange);
  const scaled = Math.max(scan, minimum);
  const concentration = concentrationFactor(notional, factors);
  const base = concentration * scaled;

  sums.initial += base + Math.max(0, notional - base) * ramp + venue + oracle;
  sums.maintenance +=
    concentration * Math.max(maintenanceRatio * scan, minimumMaintenance) + maintenanceRatio * venue;
  sums.initialFloor += minimum + venue + oracle;
  sums.maintenanceFloor += minimumMaintenance + maintenanceRatio * venue;
  const { weight } = sums;
  const isMoved = options > 0 && factors.move !== 0n;
  sums.error += underlyingError({ factors, crossCredit, relative, weight, isMoved, scaled, notional });
  if (isMoved) sums.equityError += MOVED_VALUE * factors.markUnit;
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
  const { joint, closes } = sums;
  let worst = UNMOVED;
  for (let i = 0; i < joint.length; i++) if (joint[i]! > joint[worst]!) worst = i;
  // The worst use of closing allowances is of one underlying at a time.
  const credit = closes ? 0 : crossCredit * (sums.apart - Math.max(0, joint[worst]!));
  result.initial[account] = Math.max(sums.initial - credit, sums.initialFloor);
  result.maintenance[account] = Math.max(sums.maintenance - maintenanceRatio * credit, sums.maintenanceFloor);
  result.error[account] = sums.error;
  result.equity[account] = sums.equity;
  result.equityError[account] = sums.equityError + equityError(relative, sums.equityWeight, instruments);
  result.worstScenario[account] = closes ? UNMOVED : gridPlaces[worst]!;
}
