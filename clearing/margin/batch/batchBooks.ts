import { CausewayError } from "../../../errors/CausewayError.ts";
import { requireWithin } from "../marginParameters.ts";
import { MAX_INSTRUMENTS } from "../portfolioMargin.ts";
import { requireLeg } from "../riskBook.ts";
import type { BatchMarket } from "./batchMarket.ts";

/** What an account holds of one instrument, netted over chains. */
export interface BatchLeg {
  /** Place in the market's list of instruments, as given. */
  instrument: number;
  /** Net, 1e-8, signed: an int88. */
  base: bigint;
  /** What is long on some chains and short on others, min(Σ longs, Σ shorts), 1e-8: a uint96. */
  offset: bigint;
  /** By how much closing allowances may still move `base` towards zero and beyond, 1e-8: a uint88. */
  closing?: bigint;
  /** 1e-6 dollar, signed: an int88. */
  quote: bigint;
}

export interface BatchAccount {
  legs: readonly BatchLeg[];
  /** Cash, and collateral after its haircut, dollars, 1e18, an int128. */
  collateralWad: bigint;
}

/** Books of many accounts: the legs of all in a row, each account's ascending by place. */
export interface BatchBooks {
  /** Where the legs of each account begin, and after the last account where they end. */
  starts: Int32Array;
  /** Place of the instrument, `BatchMarket.places`. */
  place: Int32Array;
  /** 1e-8. */
  base: Float64Array;
  offset: Float64Array;
  closing: Float64Array;
  /** 1e-6 dollar. */
  quote: Float64Array;
  /** Dollars, an account. */
  collateral: Float64Array;
}

const INT88 = 2n ** 87n;
const INT128 = 2n ** 127n;

/**
 * Packs books for `batchMargin`. Numbers beyond 2^53 are rounded, which the error that it gives covers.
 *
 * @throws CausewayError `MarginInputOutOfRange`, `MarginTooManyInstruments`
 */
export function batchBooks(market: BatchMarket, accounts: readonly BatchAccount[]): BatchBooks {
  const count = accounts.reduce((total, { legs }) => total + legs.length, 0);
  const books: BatchBooks = {
    starts: new Int32Array(accounts.length + 1),
    place: new Int32Array(count),
    base: new Float64Array(count),
    offset: new Float64Array(count),
    closing: new Float64Array(count),
    quote: new Float64Array(count),
    collateral: new Float64Array(accounts.length),
  };
  let next = 0;
  accounts.forEach(({ legs, collateralWad }, account) => {
    requireAccount(market, legs, collateralWad);
    const placeOf = ({ instrument }: BatchLeg): number => market.places[instrument]!;
    for (const leg of legs.toSorted((a, b) => placeOf(a) - placeOf(b))) {
      books.place[next] = placeOf(leg);
      books.base[next] = Number(leg.base);
      books.offset[next] = Number(leg.offset);
      books.closing[next] = Number(leg.closing ?? 0n);
      books.quote[next] = Number(leg.quote);
      next++;
    }
    books.starts[account + 1] = next;
    books.collateral[account] = Number(collateralWad) / 1e18;
  });
  return books;
}

function requireAccount({ places }: BatchMarket, legs: readonly BatchLeg[], collateralWad: bigint): void {
  requireWithin("collateralWad", collateralWad, -INT128, INT128 - 1n);
  if (legs.length > MAX_INSTRUMENTS)
    throw new CausewayError("MarginTooManyInstruments", {
      details: { found: legs.length, expected: MAX_INSTRUMENTS },
    });
  for (const leg of legs) {
    requireLeg(leg);
    requireWithin("instrument", BigInt(leg.instrument), 0n, BigInt(places.length) - 1n);
    requireWithin("quote", leg.quote, -INT88, INT88 - 1n);
  }
}
