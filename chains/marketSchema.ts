import { formatUnits, type Hex } from "viem";
import { z } from "zod";
import { defaultUnderlyingParameters } from "../clearing/margin/marginParameters.ts";
import { maximum } from "../clearing/math.ts";
import { decimal } from "./decimalSchema.ts";
import { marginTermsSchema, WAD_PER_PPB } from "./marginTerms.ts";
import { type FundingTerms, type MarketParameters, type OptionSeries, SURFACE_MODELS } from "./markets.ts";
import { oracleTermsSchema } from "./oracleTerms.ts";

const fundingSchema = z
  .strictObject({
    /** Ratios: `"0.0001"` is 0.01 %. Interest and band are of eight hours. */
    interest: decimal(9),
    band: decimal(9),
    hourlyCap: decimal(9),
    minSamples: z.int().min(1).max(60),
    /** Where there is no book: whose position makes the rate, and how. */
    pool: z.exactOptional(
      z.strictObject({
        account: z.custom<Hex>((value) => /^0x[0-9a-f]{64}$/.test(String(value)), "an account, 32 bytes"),
        rate: decimal(9),
        /** In units of the underlying. */
        scale: decimal(8),
      }),
    ),
  })
  .transform(
    ({ interest, band, hourlyCap, minSamples, pool }): FundingTerms => ({
      interestPpb: interest,
      bandPpb: band,
      hourlyCapPpb: hourlyCap,
      minSamples,
      ...(pool && { pool: { account: pool.account, ratePpb: pool.rate, scale: pool.scale } }),
    }),
  );

/** As `InstrumentIdLib` packs it. */
const MAX_STRIKE = 2n ** 72n - 1n;

const optionsSchema = z
  .strictObject({
    expiry: z.iso.datetime(),
    /** Dollars. A call and a put each. */
    strikes: z
      .array(decimal(8).refine((strike) => strike > 0n && strike <= MAX_STRIKE, "above 0, below 2^72 · 1e-8"))
      .min(1, "at least one"),
    /** The least, as a ratio to the notional of the underlying. */
    creditRate: decimal(6).refine((rate) => rate > 0n, "above 0"),
  })
  .transform(
    ({ expiry, strikes, creditRate }): OptionSeries => ({
      expiry: Date.parse(expiry) / 1_000,
      strikes,
      ratePpm: creditRate,
    }),
  )
  .refine(({ expiry }) => Number.isInteger(expiry), { path: ["expiry"], error: "whole seconds" });

const PPB_DECIMALS = 9;
const PPB_PER_PPM = 1_000n;

/**
 * What a perpetual's trade can add to initial margin, in billionths of its notional: the worst scenario or the minimum, and what offsets between chains.
 * A vault knows no more of the account than its credit, so it does not cover what depends on all that is held: concentration (where `depth` is set), the
 * oracle charge, the ramp of open interest, and credit across underlyings that is lost.
 */
function leastCreditRate(market: {
  underlying: string;
  priceScanRange: bigint;
  venueRate: bigint;
  margin?: { perpMinimumInitial?: bigint };
}): bigint {
  const minimum =
    market.margin?.perpMinimumInitial ?? defaultUnderlyingParameters(market.underlying).perpMinimumInitial;
  return maximum(market.priceScanRange, minimum) + market.venueRate;
}

/** A market as a configuration file has it. */
export const marketSchema = z
  .strictObject({
    /** Symbol, for example `BTC`. */
    underlying: z.string().regex(/^[!-~]{1,16}$/, "1 to 16 printable ASCII characters"),
    /** Ratios: `"0.15"` is 15 %. */
    priceScanRange: decimal(9),
    venueRate: decimal(9),
    creditRate: decimal(6),
    fee: decimal(6),
    /** Largest position of one account on one spoke, in units of the underlying. */
    maxBase: decimal(8),
    /** What differs from the defaults of `docs/margin.md`. */
    margin: z.exactOptional(marginTermsSchema),
    /** How the funding rate is made; the defaults of `docs/funding.md` without it. */
    funding: z.exactOptional(fundingSchema),
    oracle: oracleTermsSchema,
    /** How its options are priced; without it there are none. */
    surface: z.exactOptional(
      z.strictObject({ model: z.enum(SURFACE_MODELS), maxAgeSeconds: z.int().positive().max(604_800) }),
    ),
    /** Those that have expired when `wire` runs are passed over. */
    options: z.exactOptional(z.array(optionsSchema).min(1, "at least one")),
  })
  .refine(({ options, surface }) => options === undefined || surface !== undefined, {
    path: ["surface"],
    error: "a surface: options are priced by it",
  })
  .superRefine((market, context) => {
    const least = leastCreditRate(market);
    if (market.creditRate * PPB_PER_PPM >= least) return;
    context.addIssue({
      code: "custom",
      path: ["creditRate"],
      message: `at least ${formatUnits(least, PPB_DECIMALS)}: what a trade can add to the margin that is required, priceScanRange (or perpMinimumInitial, if higher) + venueRate`,
    });
  })
  .transform(
    ({
      underlying,
      priceScanRange,
      venueRate,
      creditRate,
      fee,
      maxBase,
      margin,
      funding,
      oracle,
      surface,
      options,
    }): MarketParameters => ({
      underlying,
      priceScanRangeWad: priceScanRange * WAD_PER_PPB,
      venueRateWad: venueRate * WAD_PER_PPB,
      ratePpm: creditRate,
      feePpm: fee,
      maxBase,
      ...(margin && { margin }),
      ...(funding && { funding }),
      oracle,
      ...(surface && { surface }),
      ...(options && { options }),
    }),
  );
