import { z } from "zod";
import { decimal } from "./common.ts";

const greek = decimal.nullable();

/** Options of `./causeway quote`. */
export const quoteInput = z.strictObject({
  model: z.enum(["black76", "svi", "gram-charlier"]),
  forward: decimal.describe("price of the underlying for delivery at expiry"),
  strike: decimal,
  years: decimal.describe("to expiry, of 31,536,000 s; 0 is worth the payoff at the forward"),
  rate: decimal.optional().describe("a year, continuously compounded; 0 unless given"),
  right: z.enum(["call", "put"]),
  vol: decimal.optional().describe("a year, 1 is 100 %; of black76 and gram-charlier"),
  svi: z.string().optional().describe("a,b,rho,m,sigma of the total variance at expiry; of svi"),
  skew: decimal.optional().describe("of gram-charlier; 0 unless given"),
  excessKurtosis: decimal.optional().describe("of gram-charlier; 0 unless given"),
});

/** Result of `./causeway quote --json`. */
export const quoteResult = z.strictObject({
  model: quoteInput.shape.model,
  price: decimal.nullable().describe("now; null if the slice is refused"),
  delta: greek.describe("by the forward; the greeks are null at expiry and if the slice is refused"),
  gamma: greek.describe("of delta, by the forward"),
  vega: greek.describe("for 1.00 of volatility"),
  theta: greek.describe("for a year that passes at the same forward"),
  vol: decimal.nullable().describe("Black's volatility that gives this price; null if none does"),
  accepted: z.boolean().describe("whether the model takes its parameters; if not the exit code is 1"),
  reason: z.string().nullable().describe("why the parameters are refused, or how they were changed"),
});

export type QuoteResult = z.infer<typeof quoteResult>;
