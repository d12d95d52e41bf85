import { z } from "zod";
import { leftOutReasons } from "../../clearing/volatility/cleanQuotes.ts";
import { count } from "./common.ts";

/** Options of `./causeway fit`. */
export const fitInput = z.strictObject({
  chain: z
    .string()
    .describe("CSV file of option quotes, plain or gzip; docs/volatility.md lists its columns"),
  underlying: z.string().optional().describe("such as BTC; all of the chain without it"),
  plot: z.string().optional().describe("where to write the smiles as SVG"),
  surfaces: z.string().optional().describe("where to write the accepted slices, as the relayer takes them"),
});

const points = z.number().nonnegative().describe("volatility points, 1 = 1 % a √year");

const slice = z
  .strictObject({ a: z.number(), b: z.number(), rho: z.number(), m: z.number(), sigma: z.number() })
  .describe("σ²T = a + b(rho(k − m) + √((k − m)² + sigma²)), k = ln(strike / forward)");

const expiry = z.strictObject({
  underlying: z.string(),
  expiry: z.iso.datetime(),
  days: z.number(),
  years: z.number().describe("of 365 days"),
  forward: z.number().positive().nullable().describe("dollars"),
  forwardSource: z.enum(["quoted", "parity"]).nullable(),
  parityGapBps: z
    .number()
    .nullable()
    .describe("how much put-call parity differs from the quoted forward, 1e-4 of it"),
  quotes: count,
  used: count,
  leftOut: z.partialRecord(z.enum(leftOutReasons), count),
  slice: slice.nullable(),
  atmVolatility: z.number().nullable().describe("1 = 100 %"),
  rmseVolPoints: points.nullable().describe("of the middle of bid and ask"),
  maxErrorVolPoints: points.nullable(),
  insideSpread: count.nullable().describe("quotes whose bid and ask the slice lies between"),
  markGapVolPoints: points
    .nullable()
    .describe(
      "root mean square of our volatility of the venue's mark price less the venue's mark volatility",
    ),
  accepted: z.boolean(),
  refused: z.string().nullable().describe("why it is not accepted"),
});

/** Result of `./causeway fit --json`. */
export const fitResult = z.strictObject({
  chain: z.string(),
  quotedAt: z.iso.datetime().describe("time of the newest quote"),
  expiries: z.array(expiry),
  accepted: count,
  plot: z.string().nullable(),
  surfaces: z.string().nullable(),
});

export type FitResult = z.infer<typeof fitResult>;
