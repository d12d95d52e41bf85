import type { MarketParameters, OptionSeries } from "../../chains/markets.ts";
import type { OracleTerms } from "../../chains/oracleTerms.ts";
import { defaultUnderlyingParameters } from "../../clearing/margin/marginParameters.ts";

const WAD_PER_PPB = 10n ** 9n;
/** Fee of each side, millionths of the notional. */
const FEE_PPM = 200n;
/** The largest pair a spoke lets one account hold, dollars of notional. */
const MAX_PAIR_USD = 10_000_000n;

/** The market that local networks list for an underlying. */
export function localMarket(underlying: string, priceWad: bigint): MarketParameters {
  const { scanRange, venueRate } = defaultUnderlyingParameters(underlying);
  return {
    underlying,
    priceScanRangeWad: scanRange * WAD_PER_PPB,
    venueRateWad: venueRate * WAD_PER_PPB,
    // A trade is charged what it can add to the requirement (`marketSchema`).
    ratePpm: (scanRange + venueRate) / 1_000n,
    feePpm: FEE_PPM,
    maxBase: (MAX_PAIR_USD * 10n ** 26n) / priceWad,
    oracle: localOracle(priceWad),
    surface: { model: "svi", maxAgeSeconds: 3_600 },
  };
}

/** An option expires at this hour, UTC, so that its name says all of it. */
const EXPIRY_HOUR_SECONDS = 8 * 3_600;
const DAY_SECONDS = 86_400;
const LIFE_DAYS = 30;
const MONEYNESS_PERCENT = [90n, 100n, 110n];
/** What an option is charged at the least, millionths of the notional of the underlying. */
const OPTION_RATE_PPM = 10_000n;

/** The options that local networks list for an underlying: a month from `now` (unix seconds), at round strikes about the price. */
export function localOptions(priceWad: bigint, now: number): readonly OptionSeries[] {
  const day = Math.floor(now / DAY_SECONDS) + LIFE_DAYS;
  const strikes = MONEYNESS_PERCENT.map((percent) => roundStrike((priceWad * percent) / 100n));
  const distinct = [...new Set(strikes)].filter((strike) => strike > 0n);
  return [{ expiry: day * DAY_SECONDS + EXPIRY_HOUR_SECONDS, strikes: distinct, ratePpm: OPTION_RATE_PPM }];
}

/** To two digits; 1e-8 dollar. */
function roundStrike(priceWad: bigint): bigint {
  const strike = priceWad / 10n ** 10n;
  const unit = 10n ** BigInt(Math.max(0, String(strike).length - 2));
  return ((strike + unit / 2n) / unit) * unit;
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
