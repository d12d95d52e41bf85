import { formatUnits, type Hex, pad, stringToHex } from "viem";
import { option } from "../clearing/codec/instrumentId.ts";
import type { ConfigFile } from "./config.ts";
import { type MarginTerms, marginTermsConfig } from "./marginTerms.ts";
import { type OracleTerms, oracleConfig } from "./oracleTerms.ts";

/** The pricing models that are deployed, by the names that a configuration gives them. */
export const SURFACE_MODELS = ["svi", "black76", "gramCharlier"] as const;

export type SurfaceModel = (typeof SURFACE_MODELS)[number];

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
  /** What differs from the defaults of the margin. */
  margin?: Partial<MarginTerms>;
  /** {@link DEFAULT_FUNDING} without it. */
  funding?: FundingTerms;
  oracle: OracleTerms;
  /** Model of its volatility surface, and how old a slice may be; without it there are no options. */
  surface?: { model: SurfaceModel; maxAgeSeconds: number };
  /** Options that `wire` lists, a call and a put at each strike. */
  options?: readonly OptionSeries[];
}

/** The options of one expiry. */
export interface OptionSeries {
  /** Unix seconds. */
  expiry: number;
  /** 1e-8 dollar. */
  strikes: readonly bigint[];
  /** Least credit charged per notional of the underlying, millionths; the margin engine may ask more. */
  ratePpm: bigint;
}

/** How the funding rate of a perpetual is made, see `docs/funding.md`. Rates in 1e-9. */
export interface FundingTerms {
  /** Of eight hours, when the perpetual trades at the index. */
  interestPpb: bigint;
  /** By how much the rate of eight hours may differ from the premium. */
  bandPpb: bigint;
  /** Most that an hour can cost, either way. */
  hourlyCapPpb: bigint;
  /** An hour with fewer samples has no rate. */
  minSamples: number;
  /** Where there is no book: the account that takes the other side of all trades. */
  pool?: {
    account: Hex;
    /** Premium when its position is at `scale`. */
    ratePpb: bigint;
    /** 1e-8 of the underlying. */
    scale: bigint;
  };
}

/** 0.01 % and a band of 0.05 % for eight hours, 0.4 % an hour at the most; samples of a book, of half of the minutes at least. */
export const DEFAULT_FUNDING: FundingTerms = {
  interestPpb: 100_000n,
  bandPpb: 500_000n,
  hourlyCapPpb: 4_000_000n,
  minSamples: 30,
};

/** The market as a configuration file has it. */
export function marketConfig(market: MarketParameters): NonNullable<ConfigFile["markets"]>[number] {
  return {
    underlying: market.underlying,
    priceScanRange: formatUnits(market.priceScanRangeWad, 18),
    venueRate: formatUnits(market.venueRateWad, 18),
    creditRate: formatUnits(market.ratePpm, 6),
    fee: formatUnits(market.feePpm, 6),
    maxBase: formatUnits(market.maxBase, 8),
    ...(market.margin && { margin: marginTermsConfig(market.margin) }),
    oracle: oracleConfig(market.oracle),
    ...(market.surface && { surface: market.surface }),
    ...(market.options && {
      options: market.options.map(({ expiry, strikes, ratePpm }) => ({
        expiry: new Date(expiry * 1_000).toISOString(),
        strikes: strikes.map((strike) => formatUnits(strike, 8)),
        creditRate: formatUnits(ratePpm, 6),
      })),
    }),
    ...(market.funding && { funding: fundingConfig(market.funding) }),
  };
}

function fundingConfig({ interestPpb, bandPpb, hourlyCapPpb, minSamples, pool }: FundingTerms) {
  return {
    interest: formatUnits(interestPpb, 9),
    band: formatUnits(bandPpb, 9),
    hourlyCap: formatUnits(hourlyCapPpb, 9),
    minSamples,
    ...(pool && {
      pool: {
        account: pool.account,
        rate: formatUnits(pool.ratePpb, 9),
        scale: formatUnits(pool.scale, 8),
      },
    }),
  };
}

/** Key of the address of the first feed that has none: such feeds are of local chains. */
export function findTestFeed(markets: readonly MarketParameters[]): string | undefined {
  for (const [at, { oracle }] of markets.entries()) {
    const feed = oracle.feeds.findIndex(({ address }) => address === undefined);
    if (feed !== -1) return `markets.${at}.oracle.feeds.${feed}.address`;
  }
  return undefined;
}

/** A symbol as the contracts have it: ASCII, left-aligned; nothing for the settlement asset. */
export function bytes16(symbol: string): Hex {
  return symbol === "" ? pad("0x", { size: 16 }) : stringToHex(symbol, { size: 16 });
}

/** What `wire` lists of a market: the perpetual, then its options. Both sides of a series have the same terms. */
export function listingsOf(market: MarketParameters): readonly Listing[] {
  const common = { feePpm: market.feePpm, maxBase: market.maxBase };
  const { underlying } = market;
  const options = (market.options ?? []).flatMap(({ expiry, strikes, ratePpm }) =>
    strikes.flatMap((strike) =>
      (["call", "put"] as const).map((right) => ({
        instrument: option({ underlying, expiry, strike, right }),
        expiry,
        ratePpm,
        ...common,
      })),
    ),
  );
  return [{ instrument: perpetualOf(underlying), ratePpm: market.ratePpm, ...common }, ...options];
}

/** An instrument and its terms. */
export interface Listing extends Pick<MarketParameters, "ratePpm" | "feePpm" | "maxBase"> {
  instrument: Hex;
  /** Unix seconds, of an option. */
  expiry?: number;
}

/** Id of the perpetual on `underlying`: kind 1, then fifteen zero bytes. See `contracts/types/InstrumentId.sol`. */
export function perpetualOf(underlying: string): Hex {
  return `0x01${"00".repeat(15)}${bytes16(underlying).slice(2)}`;
}
