import type { Hex } from "viem";
import { CausewayError } from "../../errors/CausewayError.ts";
import { isPerpetual, option, optionTerms, underlyingOf, underlyingSymbol } from "../codec/instrumentId.ts";
import { ceilDiv, maximum, minimum } from "../math.ts";
import { type EngineMarket, numberParts } from "./engineMarket.ts";
import {
  ANY_AGE,
  entryOf,
  epochOf,
  knownUnderlying,
  settledPayoff,
  spotOf,
  type UsableEpoch,
} from "./engineReading.ts";
import { gainedByMove } from "./epochMove.ts";
import { requireWithin } from "./marginParameters.ts";
import { arrayDelta } from "./riskArray.ts";
import type { RiskEntry } from "./riskEntry.ts";
import { NEAR_DOWN, NEAR_UP, nearShock, PPB } from "./scenarios.ts";
import { underlyingRequirement } from "./underlyingRequirement.ts";

/** What vaults measure trades of an option at. Mirror of `OptionReference`. */
export interface OptionReference {
  /** Dollars per unit at `spotWad`, 1e18. */
  markWad: bigint;
  /** Change of the mark per change of the spot, billionths, an int32. */
  deltaPpb: bigint;
  spotWad: bigint;
  /** Credit per notional of the underlying, millionths, a uint32. */
  ratePpm: bigint;
  /** Unix seconds at which the price was published. */
  time: bigint;
}

const INT32 = 2n ** 31n;
const UINT32_MAX = 2n ** 32n - 1n;
const ONE = 10n ** 8n;
const MILLION = 10n ** 6n;

/**
 * Dollars per unit of base, 1e18, to the bit as `ScenarioMarginEngine.markOf` (CLR-20).
 *
 * @throws CausewayError as `assess`; `MarginUnsupportedInstrument`
 */
export function markOf(market: EngineMarket, instrument: Hex, maxPriceAge: bigint): bigint {
  if (isPerpetual(instrument)) {
    const symbol = underlyingSymbol(underlyingOf(instrument));
    const found = [...market.underlyings].find(([, { underlying }]) => underlying === symbol);
    return spotOf(market, found?.[0] ?? 0, maxPriceAge).priceWad;
  }
  const number = numberOf(market, instrument);
  return settledPayoff(market, number) ?? markNow(usableEntry(market, number, maxPriceAge));
}

/**
 * What vaults need to take trades of an option, to the bit as `ScenarioMarginEngine.optionReferenceOf` (CLR-20). The rate is what one option
 * alone, long or short, whichever needs more, has as scan or minimum, and the venue charge of one that another chain offsets.
 *
 * @throws CausewayError as `markOf`; `MarginInputOutOfRange` for a mark beyond 2^128
 */
export function optionReferenceOf(market: EngineMarket, instrument: Hex): OptionReference {
  const number = numberOf(market, instrument);
  if (settledPayoff(market, number) !== undefined) throw unsupported(instrument);
  const usable = usableEntry(market, number, ANY_AGE - 1n);
  const { entry, epoch, move, spot } = usable;
  const markWad = markNow(usable);
  requireWithin("markWad", markWad, 0n, 2n ** 128n - 1n);
  const near = nearShock(epoch.scanRange);
  const array = entry.array.with(NEAR_DOWN, gainedBy(usable, move - near));
  const deltaPpb = arrayDelta(array.with(NEAR_UP, gainedBy(usable, move + near)), epoch.scanRange);
  const { underlying } = numberParts(number);
  return {
    markWad,
    deltaPpb: maximum(-INT32, minimum(INT32 - 1n, deltaPpb)),
    spotWad: spot.priceWad,
    ratePpm: minimum(UINT32_MAX, ratePpm(market, underlying, usable)),
    time: knownUnderlying(market, underlying).price.time,
  };
}

interface UsableEntry extends UsableEpoch {
  entry: RiskEntry;
}

function usableEntry(market: EngineMarket, number: number, maxPriceAge: bigint): UsableEntry {
  const entry = entryOf(market, number);
  if (entry === undefined || (entry.isCarried && maxPriceAge !== ANY_AGE))
    throw new CausewayError("MarginNoArray", { details: { found: number } });
  return { ...epochOf(market, numberParts(number).underlying, maxPriceAge), entry };
}

function markNow(usable: UsableEntry): bigint {
  const worth = usable.entry.mark + gainedBy(usable, usable.move);
  return worth <= 0n ? 0n : (worth * usable.epoch.priceWad) / PPB;
}

/** By one unit of base, 1e-9 of the epoch's price. */
function gainedBy({ entry, epoch }: UsableEntry, move: bigint): bigint {
  return gainedByMove({ gains: entry.array, move, scanRangePpb: epoch.scanRange, size: 1n });
}

/** Requirement of one option as a share of the spot, millionths, rounded up. */
function ratePpm(market: EngineMarket, index: number, { entry, epoch, move, spot }: UsableEntry): bigint {
  const { parameters } = knownUnderlying(market, index);
  const needed = [ONE, -ONE].map((base) => {
    const { scan, optionMinimumInitial, venue } = underlyingRequirement({
      parameters: { ...parameters, scanRange: epoch.scanRange },
      market: spot,
      holdings: { perpetuals: [], options: [{ ...entry, base, offset: ONE }] },
      move,
      maintenanceRatio: market.account.maintenanceRatio,
      time: market.time,
    });
    return maximum(scan, optionMinimumInitial) + venue;
  });
  return ceilDiv(maximum(needed[0]!, needed[1]!) * MILLION, spot.priceWad);
}

function numberOf(market: EngineMarket, instrument: Hex): number {
  if (optionTerms(instrument) === null) throw unsupported(instrument);
  for (const [number, terms] of market.options) if (option(terms) === instrument.toLowerCase()) return number;
  throw unsupported(instrument);
}

function unsupported(instrument: Hex): CausewayError {
  return new CausewayError("MarginUnsupportedInstrument", { details: { found: instrument } });
}
