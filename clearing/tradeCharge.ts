import { ceilDiv, floorDiv, maximum } from "./math.ts";

/** base (1e-8) × price (1e-18) is dollars at 1e-26; this much of it is 1e-6 dollar. */
const PER_MICRO = 10n ** 20n;
/** Likewise one cent. */
const PER_CENT = 10n ** 24n;
const PPM = 1_000_000n;
const PPB = 1_000_000_000n;

/** As `ChargeLogic.VENUE_RATE_PPM`: charged per notional of the underlying when a position is closed, millionths. */
export const VENUE_RATE_PPM = 5_000n;

/** What the hub told of an option: its worth and credit rate near `spotWad`. Mirror of `CommandCodec.OptionReference`. */
export interface OptionReference {
  /** Dollars per unit at `spotWad`, 1e18. */
  markWad: bigint;
  /** Its change per change of the underlying's price, billionths. */
  deltaPpb: bigint;
  /** Price of the underlying that both are for, 1e18. */
  spotWad: bigint;
  /** Credit charged per notional of the underlying, millionths; the higher of this and the listed rate counts. */
  ratePpm: bigint;
}

export interface TradeChargeParameters {
  /** Size, 1e-8 of the underlying, positive. */
  base: bigint;
  /** Trade price, dollars per unit, 1e18. */
  priceWad: bigint;
  /** Reference price of the underlying on the spoke, 1e18. */
  referencePriceWad: bigint;
  /** Of an option, what the spoke knows of it. */
  option?: OptionReference | undefined;
  /** Listed credit rate: charged per notional of the underlying at the reference price, millionths. */
  ratePpm: bigint;
  /** Fee per notional traded, each side, millionths. */
  feePpm: bigint;
}

export interface TradeCharge {
  /** Fee of each side, 1e-6 dollar. */
  feeEach: bigint;
  /** What the trade adds to quote, 1e-6 dollar, fee included. The three sum to zero. */
  buyerQuote: bigint;
  sellerQuote: bigint;
  feeAccountQuote: bigint;
  /** Charged to a side that opens, cents: to its credit and to its allowance of the venue. */
  buyerCents: bigint;
  sellerCents: bigint;
  /** Charged to a side that closes instead, cents: to its closing allowance and to its allowance of the venue. */
  buyerClosingCents: bigint;
  sellerClosingCents: bigint;
}

/**
 * What a trade does to quote and credit, to the bit as `SpokeVault.recordTrade` (CLR-02, CLR-20): rounding is
 * against both sides and the remainder goes to the fee account.
 */
export function tradeCharge(trade: TradeChargeParameters): TradeCharge {
  const { base, priceWad, referencePriceWad, option, ratePpm, feePpm } = trade;
  const value = base * priceWad;
  const feeEach = ceilDiv(value * feePpm, PPM * PER_MICRO);
  const paid = ceilDiv(value, PER_MICRO);
  const received = floorDiv(value, PER_MICRO);

  // From the quote that really moves, its rounding included: the charge is never below the cost (CLR-07).
  const { floorWad, ceilWad } = fairPrice(referencePriceWad, option);
  const fee = feeEach * PER_MICRO;
  const buyerCost = maximum(0n, paid * PER_MICRO - base * floorWad) + fee;
  const sellerCost = maximum(0n, base * ceilWad - received * PER_MICRO) + fee;
  const cents = (cost: bigint, rate: bigint) =>
    ceilDiv(ceilDiv(base * referencePriceWad * rate, PPM) + cost, PER_CENT);
  const openingRate = option === undefined ? ratePpm : maximum(ratePpm, option.ratePpm);
  return {
    feeEach,
    buyerQuote: -paid - feeEach,
    sellerQuote: received - feeEach,
    feeAccountQuote: 2n * feeEach + paid - received,
    buyerCents: cents(buyerCost, openingRate),
    sellerCents: cents(sellerCost, openingRate),
    buyerClosingCents: cents(buyerCost, VENUE_RATE_PPM),
    sellerClosingCents: cents(sellerCost, VENUE_RATE_PPM),
  };
}

/**
 * What one unit of an instrument is worth at `referencePriceWad` of its underlying, 1e18, rounded down, as a buyer's price is measured, and up,
 * as a seller's is. Of a perpetual both are the reference price. Mirror of `TradeMath.fair`.
 */
export function fairPrice(
  referencePriceWad: bigint,
  option?: OptionReference | undefined,
): { floorWad: bigint; ceilWad: bigint } {
  if (option === undefined) return { floorWad: referencePriceWad, ceilWad: referencePriceWad };
  const { markWad, deltaPpb, spotWad } = option;
  const exact = maximum(0n, markWad * PPB + deltaPpb * (referencePriceWad - spotWad));
  return { floorWad: floorDiv(exact, PPB), ceilWad: ceilDiv(exact, PPB) };
}
