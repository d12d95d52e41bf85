/** Parameters of one perpetual market, the same on every chain; the hub tells them to the spokes. */
export interface MarketParameters {
  /** Symbol, for example `BTC`. */
  underlying: string;
  /** Price scan range of the margin engine, 1e18 = 100 %. */
  priceScanRangeWad: bigint;
  /** Charge for offsetting legs on different chains, 1e18 = 100 %. */
  venueRateWad: bigint;
  /** Opening credit charged per notional traded, millionths. At least the scan range, or credit would not cover risk. */
  ratePpm: bigint;
  /** Fee per notional, each side, millionths. */
  feePpm: bigint;
  /** Largest |base| of one account on one spoke, 1e-8 of the underlying. */
  maxBase: bigint;
}
