import { formatUnits, type Hex, pad, stringToHex } from "viem";
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

/** A symbol as the contracts have it: ASCII, left-aligned; nothing for the settlement asset. */
export function bytes16(symbol: string): Hex {
  return symbol === "" ? pad("0x", { size: 16 }) : stringToHex(symbol, { size: 16 });
}

/** Id of the perpetual on `underlying`: kind 1, then fifteen zero bytes. See `contracts/types/InstrumentId.sol`. */
export function perpetualOf(underlying: string): Hex {
  return `0x01${"00".repeat(15)}${bytes16(underlying).slice(2)}`;
}
