import type { OptionTerms } from "../codec/instrumentId.ts";
import type { AccountParameters, UnderlyingLimits, UnderlyingParameters } from "./marginParameters.ts";
import type { RiskEntry } from "./riskEntry.ts";

/** What the margin engine knows when it is asked: its settings, and what it reads of oracle, registry and settlement prices. */
export interface EngineMarket {
  /** Underlyings with parameters, by their place in numbers, 1 to 255. */
  underlyings: ReadonlyMap<number, EngineUnderlying>;
  /** Options by number, all that the registry ever gave one. */
  options: ReadonlyMap<number, OptionTerms>;
  /** Fixed settlement prices by underlying and expiry (`settlementKey`), dollars, 1e18, not zero. */
  settlements: ReadonlyMap<string, bigint>;
  account: AccountParameters;
  /** Now, unix seconds. */
  time: bigint;
}

export interface EngineUnderlying {
  /** Symbol. */
  underlying: string;
  parameters: UnderlyingParameters;
  limits: UnderlyingLimits;
  price: OraclePrice;
  /** `chargedShare` when the engine was last told open interest, millionths. */
  rampPpm: bigint;
  /** None if no refresh was ever completed. */
  epoch?: Epoch;
}

/** As `IPriceOracle.read` and `latest` say. */
export interface OraclePrice {
  /** Dollars, 1e18; 0 if there is none. */
  priceWad: bigint;
  confidenceWad: bigint;
  ageSeconds: bigint;
  /** Unix seconds at which it was published. */
  time: bigint;
}

/** Mirror of `Epoch`, with the arrays. */
export interface Epoch {
  /** Spot that the arrays were computed at, dollars, 1e18, a uint112, not zero. */
  priceWad: bigint;
  /** Unix seconds at which that price was published. */
  time: bigint;
  /** Price scan range that they were computed with, 1e-9. */
  scanRange: bigint;
  /** By place, from 1 on. */
  entries: readonly (RiskEntry | undefined)[];
}

/** The largest price that is margined: beyond it the value of what is held would not fit the contract's 256 bits. */
export const MAX_PRICE = 2n ** 112n - 1n;

/** Key of {@link EngineMarket}'s settlement prices: an underlying's at an expiry, whatever strike and right. */
export function settlementKey({ underlying, expiry }: Pick<OptionTerms, "underlying" | "expiry">): string {
  return `${underlying} ${expiry}`;
}

const PLACE_BITS = 10;
const GENERATION_BITS = 14;

/** Parts of an instrument's number: underlying (8 bits) ‖ place (10) ‖ generation (14). Mirror of `InstrumentNumber`. */
export interface InstrumentNumber {
  underlying: number;
  /** 0 is the perpetual. */
  place: number;
  generation: number;
}

/** The registry's number, a uint32: underlying 8 bits, place 10, generation 14. */
export function instrumentNumber({ underlying, place, generation }: InstrumentNumber): number {
  return underlying * 2 ** (PLACE_BITS + GENERATION_BITS) + place * 2 ** GENERATION_BITS + generation;
}

/** Inverse of {@link instrumentNumber}. */
export function numberParts(number: number): InstrumentNumber {
  return {
    underlying: number >>> (PLACE_BITS + GENERATION_BITS),
    place: (number >>> GENERATION_BITS) % 2 ** PLACE_BITS,
    generation: number % 2 ** GENERATION_BITS,
  };
}
