import { maximum } from "../../math.ts";
import {
  type AccountParameters,
  checkAccountParameters,
  requireWithin,
  type UnderlyingParameters,
} from "../marginParameters.ts";
import { perpetualArray, type RiskArray, requireRiskArray } from "../riskArray.ts";
import { PPB, scenarios } from "../scenarios.ts";
import type { UnderlyingMarket } from "../underlyingRequirement.ts";
import { legWeight } from "./errorBound.ts";
import { type UnderlyingFactors, underlyingFactors } from "./underlyingFactors.ts";

/** An instrument that accounts of a batch may hold. */
export interface BatchInstrument {
  /** Place of its underlying in the list of them. */
  underlying: number;
  /** Dollars per unit, 1e18, a uint128. */
  markWad: bigint;
  /** Of an option; a perpetual has none. */
  option?: {
    right: "call" | "put";
    /** Unix seconds, a uint40. One that is past counts as expiring now. */
    expiry: bigint;
    array: RiskArray;
  };
}

export interface BatchMarketParameters {
  underlyings: readonly { parameters: UnderlyingParameters; market: UnderlyingMarket }[];
  instruments: readonly BatchInstrument[];
  parameters: AccountParameters;
  /** Now, unix seconds. */
  time: bigint;
}

/** What accounts are margined by, as `batchMargin` reads it. Each instrument has a place: by underlying, then perpetuals first, then by expiry. */
export interface BatchMarket {
  /** Place of each instrument, in the order given. */
  places: Int32Array;
  /** 30 a place, 1e-9 of the spot. */
  entries: Int32Array;
  underlying: Int32Array;
  /** Equal for instruments of one underlying and expiry; perpetuals are one, too. */
  expiry: Int32Array;
  kind: Uint8Array;
  /** Dollars for a base of 1e-8. */
  mark: Float64Array;
  /** Share of the losses at ±1/3 that the basis charge takes. */
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

const YEAR = 31_536_000n;
const UINT40 = 2n ** 40n;
const UINT128 = 2n ** 128n;
/** A base of 1e-8 at a mark of 1e-18. */
const PER_DOLLAR = 1e26;

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
  const count = order.length;
  const market: BatchMarket = {
    places: new Int32Array(count),
    entries: new Int32Array(count * scenarios.length),
    underlying: new Int32Array(count),
    expiry: new Int32Array(count),
    kind: new Uint8Array(count),
    mark: new Float64Array(count),
    basisShare: new Float64Array(count),
    weight: new Float64Array(count),
    underlyings: underlyings.map((each) => underlyingFactors(each.parameters, each.market)),
    maintenanceRatio: Number(parameters.maintenanceRatio) / Number(PPB),
    crossCredit: Number(parameters.crossCredit) / Number(PPB),
  };
  order.forEach((given, place) => {
    const instrument = instruments[given]!;
    const { underlying, markWad, option } = instrument;
    const rates = underlyings[underlying]!.parameters;
    // The near points weigh nothing.
    const entries = (option?.array ?? perpetualArray(rates.scanRange)).slice(0, scenarios.length).map(Number);
    const before = place === 0 ? undefined : instruments[order[place - 1]!]!;
    const isFirst = before === undefined || byUnderlyingAndExpiry(before, instrument) !== 0;
    market.places[given] = place;
    market.entries.set(entries, place * scenarios.length);
    market.underlying[place] = underlying;
    market.expiry[place] = place === 0 ? 0 : market.expiry[place - 1]! + (isFirst ? 1 : 0);
    market.kind[place] = option === undefined ? PERPETUAL : option.right === "call" ? CALL : PUT;
    market.mark[place] = Number(markWad) / PER_DOLLAR;
    market.basisShare[place] = basisShare(rates, expiryOf(instrument), time);
    market.weight[place] = legWeight({
      factors: market.underlyings[underlying]!,
      entries,
      isOption: option !== undefined,
      basisShare: market.basisShare[place]!,
      crossCredit: market.crossCredit,
    });
  });
  return market;
}

function byUnderlyingAndExpiry(a: BatchInstrument, b: BatchInstrument): number {
  return a.underlying - b.underlying || Number(expiryOf(a) - expiryOf(b));
}

function expiryOf({ option }: BatchInstrument): bigint {
  return option?.expiry ?? 0n;
}

function requireInstrument({ underlying, markWad, option }: BatchInstrument, underlyings: number): void {
  requireWithin("underlying", BigInt(underlying), 0n, BigInt(underlyings) - 1n);
  requireWithin("markWad", markWad, 0n, UINT128 - 1n);
  if (option === undefined) return;
  requireWithin("expiry", option.expiry, 1n, UINT40 - 1n);
  requireRiskArray(option.array);
}

/** Nine tenths, since the charge is for ±0.3 price scan ranges, of flat + perYear · years. */
function basisShare({ basisFlat, basisPerYear }: UnderlyingParameters, expiry: bigint, time: bigint): number {
  const seconds = maximum(0n, expiry - time);
  return Number(9n * (basisFlat * YEAR + basisPerYear * seconds)) / Number(10n * YEAR * PPB);
}
