import { formatUnits } from "viem";
import type { ConfigFile } from "./config.ts";

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

/** The market as a configuration file has it. */
export function marketConfig(market: MarketParameters): NonNullable<ConfigFile["markets"]>[number] {
  return {
    underlying: market.underlying,
    priceScanRange: formatUnits(market.priceScanRangeWad, 18),
    venueRate: formatUnits(market.venueRateWad, 18),
    creditRate: formatUnits(market.ratePpm, 6),
    fee: formatUnits(market.feePpm, 6),
    maxBase: formatUnits(market.maxBase, 8),
  };
}
