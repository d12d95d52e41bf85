import type { Hex } from "viem";
import type { BatchInstrument, BatchMarketParameters } from "../../clearing/margin/batch/batchMarket.ts";
import type { BatchUnderlying } from "../../clearing/margin/batch/underlyingFactors.ts";
import { type EngineMarket, type EngineUnderlying, numberParts } from "../../clearing/margin/engineMarket.ts";
import { ANY_AGE, entryOf, settledPayoff, spotOf } from "../../clearing/margin/engineReading.ts";
import { CausewayError } from "../../errors/CausewayError.ts";

/** What many accounts are margined by. */
export interface MarginMarket extends BatchMarketParameters {
  /** Places in `instruments`, by id. What is not among them has no price, no parameters or no risk array. */
  places: ReadonlyMap<Hex, number>;
  /** What balances of all assets count for maintenance, cash and collateral after its haircut, dollars, 1e18. */
  collateralWad(balances: readonly bigint[]): bigint;
}

/**
 * The engine's market as the batch takes it, for maintenance: the latest prices and epochs, however old.
 *
 * @param numbers of the instruments that accounts hold, by id
 */
export function batchMarketOf(
  engine: EngineMarket,
  numbers: ReadonlyMap<Hex, number>,
): Omit<MarginMarket, "collateralWad"> {
  const underlyings: BatchUnderlying[] = [];
  const at = new Map<number, number>();
  for (const [index, known] of engine.underlyings) {
    const priced = pricedUnderlying(engine, index, known);
    if (priced !== undefined) at.set(index, underlyings.push(priced) - 1);
  }
  const instruments: BatchInstrument[] = [];
  const places = new Map<Hex, number>();
  for (const [instrument, number] of numbers) {
    const found = batchInstrument(engine, number, at.get(numberParts(number).underlying));
    if (found !== undefined) places.set(instrument, instruments.push(found) - 1);
  }
  return { underlyings, instruments, parameters: engine.account, time: engine.time, places };
}

function pricedUnderlying(
  engine: EngineMarket,
  index: number,
  { parameters, epoch }: EngineUnderlying,
): BatchUnderlying | undefined {
  try {
    const market = spotOf(engine, index, ANY_AGE);
    return { parameters, market, ...(epoch && { epochWad: epoch.priceWad }) };
  } catch (error) {
    if (error instanceof CausewayError) return undefined;
    throw error;
  }
}

function batchInstrument(
  engine: EngineMarket,
  number: number,
  underlying: number | undefined,
): BatchInstrument | undefined {
  if (underlying === undefined) return undefined;
  const { place, generation } = numberParts(number);
  if (place === 0) return generation === 0 ? { underlying } : undefined;
  const entry = entryOf(engine, number);
  if (entry === undefined || entry.expiry <= engine.time) {
    if (!engine.options.has(number)) return undefined;
    const payoffWad = settledPayoff(engine, number);
    if (payoffWad !== undefined) return { underlying, payoffWad };
  }
  return entry && hasRangeOfEpoch(engine, number) ? { underlying, option: entry } : undefined;
}

/**
 * Whether the epoch has the price scan range that is set. Until it has, the engine takes the epoch's for an account with options and the one
 * that is set for others, and the batch, which has one for all, leaves those with options to the engine.
 */
function hasRangeOfEpoch(engine: EngineMarket, number: number): boolean {
  const { parameters, epoch } = engine.underlyings.get(numberParts(number).underlying)!;
  return epoch?.scanRange === parameters.scanRange;
}
