import type { MarketParameters } from "../../chains/markets.ts";
import { scanRates } from "../../clearing/margin/scanRates.ts";

/** Fee of each side, millionths of the notional. */
const FEE_PPM = 200n;
/** The largest pair a spoke lets one account hold, dollars of notional. */
const MAX_PAIR_USD = 10_000_000n;

/** The market that local networks list for an underlying. */
export function localMarket(underlying: string, priceWad: bigint): MarketParameters {
  const { scanWad, venueWad } = scanRates(underlying);
  return {
    underlying,
    priceScanRangeWad: scanWad,
    venueRateWad: venueWad,
    // A trade is charged what it can add to the requirement: its notional times the scan range.
    ratePpm: scanWad / 10n ** 12n,
    feePpm: FEE_PPM,
    maxBase: (MAX_PAIR_USD * 10n ** 26n) / priceWad,
  };
}
