import { maximum } from "../../math.ts";
import { gainedByMove, movedScenarios } from "../epochMove.ts";
import { type AccountParameters, checkAccountParameters, requireWithin } from "../marginParameters.ts";
import { perpetualArray, type RiskArray, requireRiskArray } from "../riskArray.ts";
import { PPB, scenarios, THIRD_DOWN, THIRD_UP } from "../scenarios.ts";
import { legWeight } from "./errorBound.ts";
import {
  type BatchUnderlying,
  basisShare,
  type UnderlyingFactors,
  underlyingFactors,
} from "./underlyingFactors.ts";

/** An instrument that accounts of a batch may hold: a perpetual unless it says otherwise. */
export interface BatchInstrument {
  /** Place of its underlying in the list of them. */
  underlying: number;
  option?: {
    right: "call" | "put";
    /** Unix seconds, a uint40. One that is past counts as expiring now. */
    expiry: bigint;
    /** Of the epoch, 1e-9 of its price, a uint48. */
    mark: bigint;
    array: RiskArray;
  };
  /** Of an option whose settlement price is fixed, which has no risk any more: dollars per unit, 1e18, a uint128. */
  payoffWad?: bigint;
}

export interface BatchMarketParameters {
  underlyings: readonly BatchUnderlying[];
  instruments: readonly BatchInstrument[];
  parameters: AccountParameters;
  /** Now, unix seconds. */
  time: bigint;
}

/** What accounts are margined by, as `batchMargin` reads it. Each instrument has a place: by underlying, then perpetuals first, then by expiry. */
export interface BatchMarket {
  /** Place of each instrument, in the order given. */
  places: Int32Array;
  /** What one of base gains by scenario at the price now: 30 a place, 1e-9 of the spot; and rounded, as closing allowances have it. */
  entries: Float64Array;
  roundedEntries: Float64Array;
  /** Entry of its array at -1/3 and at +1/3. */
  down: Float64Array;
  up: Float64Array;
  underlying: Int32Array;
  /** Equal for instruments of one underlying and expiry; perpetuals are one, too. */
  expiry: Int32Array;
  kind: Uint8Array;
  /** Dollars for a base of 1e-8; and by how many it weighs in the error of the equity. */
  mark: Float64Array;
  markWeight: Float64Array;
  basisShare: Float64Array;
  /** `legWeight`, dollars for a base of 1e-8. */
  weight: Float64Array;
  underlyings: readonly UnderlyingFactors[];
  maintenanceRatio: number;
  crossCredit: number;
}

/** Kinds of instruments. */
export const PERPETUAL = 0;
export const CALL = 1;
export const PUT = 2;
export const SETTLED = 3;

const UINT40 = 2n ** 40n;
const UINT48 = 2n ** 48n;
const UINT128 = 2n ** 128n;
/** A base of 1e-8 at a mark of 1e-18. */
const PER_DOLLAR = 1e26;
/** Gains are moved with so many bits behind the point: what is left of rounding then is far below that of a double. */
const BITS = 60n;
const UNIT = 2 ** 60;
/** From here on a sum over options may be cut off (`EpochMove`). */
const MOST_GAINED = 2 ** 41;
const MOST_ENTRY = 2 ** 31;

/**
 * Prepares a market for `batchMargin`.
 *
 * @throws CausewayError `MarginInputOutOfRange`, `RiskArrayMalformed`, `RiskArrayEntryOutOfRange`, as `portfolioMargin`
 */
export function batchMarket({
  underlyings,
  instruments,
  parameters,
  time,
}: BatchMarketParameters): BatchMarket {
  checkAccountParameters(parameters);
  for (const instrument of instruments) requireInstrument(instrument, underlyings.length);
  const order = instruments
    .map((_, given) => given)
    .sort((a, b) => byUnderlyingAndExpiry(instruments[a]!, instruments[b]!));
  const market = emptyMarket(order.length, {
    underlyings: underlyings.map(underlyingFactors),
    maintenanceRatio: Number(parameters.maintenanceRatio) / Number(PPB),
    crossCredit: Number(parameters.crossCredit) / Number(PPB),
  });
  order.forEach((given, place) => {
    const instrument = instruments[given]!;
    const before = place === 0 ? undefined : instruments[order[place - 1]!]!;
    const isFirst = before === undefined || byUnderlyingAndExpiry(before, instrument) !== 0;
    market.places[given] = place;
    market.expiry[place] = place === 0 ? 0 : market.expiry[place - 1]! + (isFirst ? 1 : 0);
    setInstrument(market, place, instrument, underlyings[instrument.underlying]!, time);
  });
  return market;
}

function setInstrument(
  market: BatchMarket,
  place: number,
  instrument: BatchInstrument,
  { parameters, market: { priceWad } }: BatchUnderlying,
  time: bigint,
): void {
  const { underlying, option, payoffWad } = instrument;
  const factors = market.underlyings[underlying]!;
  market.underlying[place] = underlying;
  market.kind[place] = kindOf(instrument);
  if (option === undefined) {
    market.mark[place] = Number(payoffWad ?? priceWad) / PER_DOLLAR;
    market.markWeight[place] = market.mark[place]!;
    if (payoffWad !== undefined) return;
  }
  const array = (option?.array ?? perpetualArray(parameters.scanRange)).map(Number);
  const moved = option && movedOption(option.array, factors.move, parameters.scanRange);
  const entries = moved?.entries ?? array.slice(0, scenarios.length);
  if (option !== undefined) {
    const gained = moved?.gained ?? 0n;
    market.mark[place] = (Number((option.mark << BITS) + gained) / UNIT) * factors.markUnit;
    market.markWeight[place] = moved?.isCut
      ? Number.MAX_VALUE
      : Math.abs(market.mark[place]!) + (moved === undefined ? 0 : factors.markUnit);
    market.basisShare[place] = basisShare(parameters, maximum(0n, option.expiry - time));
  }
  const [down, up] = [array[THIRD_DOWN]!, array[THIRD_UP]!];
  market.entries.set(entries, place * scenarios.length);
  market.roundedEntries.set(moved?.rounded ?? entries, place * scenarios.length);
  market.down[place] = down;
  market.up[place] = up;
  const weight = legWeight({
    factors,
    entries,
    thirds: Math.abs(down) + Math.abs(up),
    basisShare: option === undefined ? basisShare(parameters, 0n) : market.basisShare[place]!,
    isOption: option !== undefined,
    crossCredit: market.crossCredit,
  });
  // Not infinity, of which none would not be nothing.
  market.weight[place] = moved?.isCut ? Number.MAX_VALUE : weight;
}

/**
 * What one of base gains at a price that is not the epoch's. `EpochMove` is linear in the gains but for rounding, which it does on an account's
 * sums, and for cutting off: what may be cut off weighs so much that nothing is said of who holds it.
 */
function movedOption(array: RiskArray, move: bigint, scanRangePpb: bigint) {
  if (move === 0n) return undefined;
  const parameters = { gains: array.map((gain) => gain << BITS), move, scanRangePpb, size: 1n << BITS };
  const gained = gainedByMove(parameters);
  const entries = movedScenarios(parameters).map((gain) => Number(gain) / UNIT);
  const isCut =
    Math.abs(Number(gained) / UNIT) >= MOST_GAINED ||
    entries.some((entry, s) => entry !== Number(array[s]) && Math.abs(entry) >= MOST_ENTRY);
  const rounded = movedScenarios({ gains: array, move, scanRangePpb, size: 1n }).map(Number);
  return { gained, entries, rounded, isCut };
}

function kindOf({ option, payoffWad }: BatchInstrument): number {
  if (payoffWad !== undefined) return SETTLED;
  if (option === undefined) return PERPETUAL;
  return option.right === "call" ? CALL : PUT;
}

function byUnderlyingAndExpiry(a: BatchInstrument, b: BatchInstrument): number {
  return a.underlying - b.underlying || Number(expiryOf(a) - expiryOf(b));
}

function expiryOf({ option }: BatchInstrument): bigint {
  return option?.expiry ?? 0n;
}

function requireInstrument({ underlying, option, payoffWad }: BatchInstrument, underlyings: number): void {
  requireWithin("underlying", BigInt(underlying), 0n, BigInt(underlyings) - 1n);
  if (payoffWad !== undefined) requireWithin("payoffWad", payoffWad, 0n, UINT128 - 1n);
  if (option === undefined) return;
  requireWithin("expiry", option.expiry, 1n, UINT40 - 1n);
  requireWithin("mark", option.mark, 0n, UINT48 - 1n);
  requireRiskArray(option.array);
}

function emptyMarket(
  count: number,
  shared: Pick<BatchMarket, "underlyings" | "maintenanceRatio" | "crossCredit">,
): BatchMarket {
  return {
    places: new Int32Array(count),
    entries: new Float64Array(count * scenarios.length),
    roundedEntries: new Float64Array(count * scenarios.length),
    down: new Float64Array(count),
    up: new Float64Array(count),
    underlying: new Int32Array(count),
    expiry: new Int32Array(count),
    kind: new Uint8Array(count),
    mark: new Float64Array(count),
    markWeight: new Float64Array(count),
    basisShare: new Float64Array(count),
    weight: new Float64Array(count),
    ...shared,
  };
}
