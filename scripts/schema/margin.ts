import { z } from "zod";
import { isUnderlying } from "../../clearing/codec/instrumentId.ts";
import { count, decimal } from "./common.ts";

const positive = z
  .string()
  .regex(/^\d+(\.\d+)?$/, "a plain decimal, not negative")
  .describe("plain decimal, not negative");
const vol = positive.describe("Black volatility a year, 0.5 is 50 %");

const expiry = z
  .strictObject({
    vol: vol.optional(),
    svi: z
      .array(decimal)
      .length(5)
      .optional()
      .describe("a, b, rho, m, sigma: total variance by ln(strike/forward)"),
    forward: positive.optional().describe("price for delivery then; by default the spot"),
    discount: positive.optional().describe("what a dollar then is worth now; by default 1"),
  })
  .describe("of options: `vol` or `svi`");

const rate = positive.describe("share, at most 9 decimals");

const parameters = z
  .strictObject({
    scanRange: rate,
    optionMinimumInitial: rate,
    optionMinimumMaintenance: rate,
    perpMinimumInitial: rate,
    perpMinimumMaintenance: rate,
    venueRate: rate,
    oracleAllowance: rate,
    dailyVolatility: rate,
    basisFlat: rate,
    basisPerYear: rate,
    concentrationCap: rate,
  })
  .partial()
  .describe("instead of the defaults");

const market = z.strictObject({
  price: positive.describe("spot, dollars"),
  confidence: positive
    .optional()
    .describe("half-width of the oracle's confidence interval, dollars; by default 0"),
  ageSeconds: count.optional().describe("age of the price; by default 0"),
  dailyVolumeUsd: positive.optional().describe("whole dollars; without it there is no concentration charge"),
  openInterestUsd: positive.optional().describe("of all accounts; by default 0"),
  openInterestCapsUsd: z
    .tuple([positive, positive])
    .optional()
    .describe("whole dollars: from where the initial rate rises, and where it is all of the notional"),
  gainsCapUsd: positive
    .optional()
    .describe("whole dollars: up to it unrealised gains count for initial margin; by default a million"),
  vol: vol.optional().describe("Black volatility of all options whose expiry has none of its own"),
  expiries: z
    .record(z.string(), expiry)
    .optional()
    .describe("by date, such as 26DEC25; nothing of one that has passed"),
  parameters: parameters.optional(),
});

const chain = z.string().min(1);

/** The file of `./causeway margin --portfolio`. */
export const portfolioFile = z.strictObject({
  time: count.optional().describe("unix seconds, for options; by default now"),
  markets: z.record(z.string().refine(isUnderlying, "a symbol such as BTC"), market),
  positions: z
    .record(
      chain,
      z.array(
        z.strictObject({
          instrument: z
            .string()
            .describe("BTC-PERP, or an option such as BTC-26DEC25-60000-C, expiring at 08:00 UTC"),
          base: decimal.describe("units of the underlying, signed"),
          quote: decimal
            .optional()
            .describe("dollars paid (negative) or received for it; without it, opened now at the mark"),
        }),
      ),
    )
    .describe("by chain"),
  collateral: z
    .record(chain, z.array(z.strictObject({ asset: z.string(), amount: decimal })))
    .optional()
    .describe("by chain; the settlement dollar's amount is cash and may be negative"),
});

/** Options of `./causeway margin`. */
export const marginInput = z.strictObject({ portfolio: portfolioFile.describe("JSON file") });

const requirement = { initial: decimal, maintenance: decimal };

/** What the requirement of one underlying is made of. */
export const underlyingRequirement = z.strictObject({
  underlying: z.string(),
  scan: decimal.describe("the larger of the worst weighted loss and of basis"),
  basis: decimal,
  shortOptionMinimum: decimal.describe("initial"),
  shortOptionMinimumMaintenance: decimal,
  perpMinimum: decimal.describe("initial"),
  perpMinimumMaintenance: decimal,
  venue: decimal,
  concentration: decimal.describe("factor"),
  ramp: decimal.describe("what open interest between its caps adds, initial only"),
  oracle: decimal.describe("initial only"),
  requirement: decimal.describe("initial, before the credit across underlyings"),
  maintenance: decimal,
  worstScenario: z.string(),
});

/** Result of `./causeway margin --json`. */
export const marginResult = z.strictObject({
  time: count,
  equity: decimal.describe("with the haircuts of maintenance"),
  equityInitial: decimal.describe(
    "with those of initial, the lower edge of the oracle's band, and unrealised gains up to their cap",
  ),
  ...requirement,
  buffer: decimal.describe("equity less 1.15 times the maintenance requirement"),
  initialCovered: z.boolean(),
  maintenanceCovered: z.boolean(),
  worstScenario: z.string().describe("of all underlyings together, moves in their own price scan ranges"),
  underlyings: z.array(underlyingRequirement),
  crossCredit: decimal.describe("initial, before the floor"),
  crossCreditMaintenance: decimal,
  certificate: z
    .strictObject({
      joint: count.describe("place of the scenario for all underlyings together"),
      scenarios: z.array(count).describe("places, in the order of `underlyings`"),
      jointName: z.string(),
      names: z.array(z.string()).describe("of `scenarios`"),
      maintenance: decimal.describe(
        "of the requirement these prove so much, whatever the other scenarios say",
      ),
      band: decimal.describe("by how much more positions may be worth within the oracle's confidence"),
    })
    .describe("the scenarios that prove most of the maintenance requirement"),
  chainByChain: z.strictObject(requirement).describe("Σ over chains of the requirement of each alone"),
  chains: z.array(
    z.strictObject({
      chain: z.string(),
      ...requirement,
      crossCredit: decimal,
      underlyings: z.array(underlyingRequirement),
    }),
  ),
});

export type PortfolioFile = z.infer<typeof portfolioFile>;
export type MarginResult = z.infer<typeof marginResult>;
