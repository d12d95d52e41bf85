import type { MarketParameters } from "../../chains/markets.ts";
import type { OracleTerms } from "../../chains/oracleTerms.ts";
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
    oracle: localOracle(priceWad),
    surface: { model: "svi", maxAgeSeconds: 3_600 },
  };
}

/**
 * Three sources, as a real network would have them: prices that our signers sign, a pull feed, an aggregator. The last two are contracts that
 * the local network deploys, and its relayer tells them what it signs.
 */
export function localOracle(priceWad: bigint): OracleTerms {
  return {
    quorum: 2,
    maxDeviationBps: 150,
    maxConfidenceBps: 200,
    // Somebody edits these prices by hand, or a tape has hours between two of them: they may double in a minute.
    maxMoveBpsPerMinute: 10_000,
    minPriceWad: priceWad / 1_000n + 1n,
    maxPriceWad: priceWad * 1_000n,
    signed: { confidenceBps: 10, heartbeatSeconds: 90 },
    feeds: [
      { kind: "pyth", heartbeatSeconds: 90 },
      { kind: "aggregator", thresholdBps: 50, heartbeatSeconds: 3_600 },
    ],
  };
}
