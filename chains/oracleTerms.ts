import { type Address, formatUnits, type Hex, keccak256, toHex } from "viem";
import { z } from "zod";
import { decimal } from "./decimalSchema.ts";
import { addressSchema } from "./defineChain.ts";

/** A feed that the router asks, besides the prices that we sign. Without an address: one that local chains deploy. */
export type FeedTerms =
  | {
      kind: "aggregator";
      /** A Chainlink-style feed in dollars. */
      address?: Address;
      /** The feed's deviation threshold, of 10,000: its confidence. */
      thresholdBps: number;
      heartbeatSeconds: number;
    }
  | {
      kind: "pyth";
      /** A contract like Pyth's, and the price's id there. */
      address?: Address;
      feedId?: Hex;
      heartbeatSeconds: number;
    };

/** How our own trades become a price, which only breaks ties: `TradeSource`. */
export interface TradeTerms {
  /** Half the width of the band around the router's price that trades are clamped to, of 10,000. */
  bandBps: number;
  /** The window is five of these. */
  periodSeconds: number;
  /** Most that one account counts for in a period, 1e-8 of the underlying; the window must hold twenty. */
  allowanceBase: bigint;
  heartbeatSeconds: number;
}

/** How the sources of an underlying become one price: `IPriceRouter.Parameters`, and the sources. */
export interface OracleTerms {
  /** Sources that must agree. */
  quorum: number;
  maxDeviationBps: number;
  maxConfidenceBps: number;
  maxMoveBpsPerMinute: number;
  minPriceWad: bigint;
  maxPriceWad: bigint;
  /** The prices that the quorum of our signers signs: one source, however many they are. */
  signed: { confidenceBps: number; heartbeatSeconds: number };
  feeds: readonly FeedTerms[];
  /** Without it our own trades say nothing. */
  trades?: TradeTerms;
}

/** The contracts' unit of a share is 1/10,000. */
const BPS_DECIMALS = 4;
/** As `PriceRouter.MAX_SOURCES`, one of which is the signed one. */
const MAX_FEEDS = 7;
/** As `PriceRouter` wants it: a price with its confidence fits 128 bits. */
const MAX_PRICE_WAD = 2n ** 127n - 1n;

const share = (mostBps: bigint) =>
  decimal(BPS_DECIMALS)
    .refine((bps) => bps > 0n && bps <= mostBps, `above 0, at most ${formatUnits(mostBps, BPS_DECIMALS)}`)
    .transform(Number);
const heartbeatSeconds = z.int().positive().max(604_800);

const feedSchema = z.discriminatedUnion("kind", [
  z
    .strictObject({
      kind: z.literal("aggregator"),
      address: z.exactOptional(addressSchema),
      /** `"0.005"` is 0.5 %. */
      threshold: share(9_999n),
      heartbeatSeconds,
    })
    .transform(({ threshold, ...feed }) => ({ ...feed, thresholdBps: threshold })),
  z
    .strictObject({
      kind: z.literal("pyth"),
      address: z.exactOptional(addressSchema),
      feedId: z.exactOptional(z.custom<Hex>((id) => /^0x[0-9a-f]{64}$/.test(String(id)), "a 32-byte id")),
      heartbeatSeconds,
    })
    .refine((feed) => (feed.address === undefined) === (feed.feedId === undefined), {
      path: ["feedId"],
      error: "a feedId with an address, and none without",
    }),
]);

/** As `TradeSource` wants it. */
const MAX_ALLOWANCE_BASE = (2n ** 88n - 1n) / 1_000_000n;

const tradesSchema = z
  .strictObject({
    band: share(9_999n),
    periodSeconds: z.int().positive().max(86_400),
    /** In units of the underlying. */
    allowance: decimal(8).refine((base) => base > 0n && base <= MAX_ALLOWANCE_BASE, "above 0"),
    heartbeatSeconds,
  })
  .transform(
    ({ band, allowance, ...rest }): TradeTerms => ({ ...rest, bandBps: band, allowanceBase: allowance }),
  );

/** A market's `oracle` in a configuration file. */
export const oracleTermsSchema = z
  .strictObject({
    quorum: z.int().min(2).default(2),
    /** What is farther from the median does not count: `"0.015"` is 1.5 %. */
    maxDeviation: share(1_000n).prefault("0.015"),
    /** A source that is less certain than this has no price. */
    maxConfidence: share(10_000n).prefault("0.02"),
    /** Farthest from the moving average, for each minute since the last price. */
    maxMovePerMinute: share(10_000n).prefault("0.2"),
    /** Dollars. What is outside is no price. */
    minPrice: decimal(18).refine((price) => price > 0n, "above 0"),
    maxPrice: decimal(18).refine((price) => price <= MAX_PRICE_WAD, "less than 2^127 wei"),
    signed: z
      .strictObject({
        confidence: share(9_999n).prefault("0.001"),
        heartbeatSeconds: heartbeatSeconds.default(90),
      })
      .prefault({}),
    feeds: z
      .array(feedSchema)
      .min(1, "at least one: the signed prices are one source, and it takes two")
      .max(MAX_FEEDS),
    trades: z.exactOptional(tradesSchema),
  })
  .refine(({ quorum, feeds }) => quorum <= feeds.length + 1, {
    path: ["quorum"],
    error: "at most the number of feeds, and one for the signed prices",
  })
  .refine(({ trades, feeds }) => trades === undefined || feeds.length < MAX_FEEDS, {
    path: ["feeds"],
    error: `fewer than ${MAX_FEEDS}: trades are a source too`,
  })
  .refine(({ trades, maxConfidence }) => trades === undefined || trades.bandBps <= maxConfidence, {
    path: ["trades", "band"],
    error: "at most maxConfidence: it is the confidence of the price",
  })
  .refine(({ minPrice, maxPrice }) => minPrice <= maxPrice, {
    path: ["maxPrice"],
    error: "at least minPrice",
  })
  .transform(
    ({
      quorum,
      maxDeviation,
      maxConfidence,
      maxMovePerMinute,
      minPrice,
      maxPrice,
      signed,
      feeds,
      trades,
    }): OracleTerms => ({
      quorum,
      maxDeviationBps: maxDeviation,
      maxConfidenceBps: maxConfidence,
      maxMoveBpsPerMinute: maxMovePerMinute,
      minPriceWad: minPrice,
      maxPriceWad: maxPrice,
      signed: { confidenceBps: signed.confidence, heartbeatSeconds: signed.heartbeatSeconds },
      feeds,
      ...(trades && { trades }),
    }),
  );

/** The terms as a configuration file has them. */
export function oracleConfig(terms: OracleTerms): z.input<typeof oracleTermsSchema> {
  const text = (bps: number) => formatUnits(BigInt(bps), BPS_DECIMALS);
  return {
    quorum: terms.quorum,
    maxDeviation: text(terms.maxDeviationBps),
    maxConfidence: text(terms.maxConfidenceBps),
    maxMovePerMinute: text(terms.maxMoveBpsPerMinute),
    minPrice: formatUnits(terms.minPriceWad, 18),
    maxPrice: formatUnits(terms.maxPriceWad, 18),
    signed: { confidence: text(terms.signed.confidenceBps), heartbeatSeconds: terms.signed.heartbeatSeconds },
    feeds: terms.feeds.map((feed) => {
      if (feed.kind === "pyth") return feed;
      const { thresholdBps, ...rest } = feed;
      return { ...rest, threshold: text(thresholdBps) };
    }),
    ...(terms.trades && { trades: tradesConfig(terms.trades) }),
  };
}

function tradesConfig({ bandBps, allowanceBase, ...rest }: TradeTerms) {
  return {
    ...rest,
    band: formatUnits(BigInt(bandBps), BPS_DECIMALS),
    allowance: formatUnits(allowanceBase, 8),
  };
}

/** Id under which a local chain's pull feed has an underlying's price. */
export function testFeedId(underlying: string): Hex {
  return keccak256(toHex(underlying));
}
