import { z } from "zod";
import { count } from "./common.ts";

/** Options of `./causeway fuzz margin`. */
export const fuzzMarginInput = z.strictObject({
  portfolios: count.min(1).describe("how many portfolios to compare"),
  seed: count.describe("seed of all portfolios"),
  from: count.describe("index of the first: each portfolio depends on seed and index alone"),
});

/** Result of `./causeway fuzz margin --json`. */
export const fuzzMarginResult = z.strictObject({
  seed: count,
  from: count,
  portfolios: count,
  instruments: count.describe("legs of all portfolios"),
  refused: count.describe(
    "portfolios that the contract refused, and TypeScript, too, unless they are among the differences",
  ),
  arrays: count.describe("options whose marks and risk arrays were compared"),
  exposures: count.describe(
    "of the accounts that the margin engine was asked to assess, one for each portfolio",
  ),
  assessed: count.describe("of these accounts; the others it refused, and TypeScript by the same name"),
  differing: count.describe("portfolios with a difference"),
  differences: z
    .array(
      z.strictObject({
        portfolio: count.describe("its index"),
        where: z.string(),
        typescript: z.string(),
        solidity: z.string(),
      }),
    )
    .describe("those of the first twenty portfolios"),
});

export type FuzzMarginResult = z.infer<typeof fuzzMarginResult>;
