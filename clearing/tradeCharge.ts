import { ceilDiv, floorDiv, maximum } from "./math.ts";

/** base (1e-8) × price (1e-18) is dollars at 1e-26; this much of it is 1e-6 dollar. */
const PER_MICRO = 10n ** 20n;
/** Likewise one cent. */
const PER_CENT = 10n ** 24n;
const PPM = 1_000_000n;

export interface TradeChargeParameters {
  /** Size, 1e-8 of the underlying, positive. */
  base: bigint;
  /** Trade price, dollars per unit, 1e18. */
  priceWad: bigint;
  /** Reference price of the spoke, 1e18. */
  referencePriceWad: bigint;
  /** Credit charged per notional at the reference price, millionths. */
  ratePpm: bigint;
  /** Fee per notional, each side, millionths. */
  feePpm: bigint;
}

export interface TradeCharge {
  /** Fee of each side, 1e-6 dollar. */
  feeEach: bigint;
  /** What the trade adds to quote, 1e-6 dollar, fee included. The three sum to zero. */
  buyerQuote: bigint;
  sellerQuote: bigint;
  feeAccountQuote: bigint;
  /** Opening credit and venue allowance charged, cents. */
  buyerCents: bigint;
  sellerCents: bigint;
}

/**
 * What a trade does to quote and credit, to the bit as `SpokeVault.recordTrade` (CLR-02, CLR-20): rounding is
 * against both sides and the remainder goes to the fee account.
 */
export function tradeCharge(trade: TradeChargeParameters): TradeCharge {
  const { base, priceWad, referencePriceWad, ratePpm, feePpm } = trade;
  const value = base * priceWad;
  const feeEach = ceilDiv(value * feePpm, PPM * PER_MICRO);
  const paid = ceilDiv(value, PER_MICRO);
  const received = floorDiv(value, PER_MICRO);

  // From the quote that really moves, its rounding included: the charge is never below the cost (CLR-07).
  const reference = base * referencePriceWad;
  const risk = ceilDiv(reference * ratePpm, PPM);
  const buyerAdverse = maximum(0n, paid * PER_MICRO - reference);
  const sellerAdverse = maximum(0n, reference - received * PER_MICRO);
  const fee = feeEach * PER_MICRO;
  return {
    feeEach,
    buyerQuote: -paid - feeEach,
    sellerQuote: received - feeEach,
    feeAccountQuote: 2n * feeEach + paid - received,
    buyerCents: ceilDiv(risk + buyerAdverse + fee, PER_CENT),
    sellerCents: ceilDiv(risk + sellerAdverse + fee, PER_CENT),
  };
}
