import { z } from "zod";

/** Money, prices and sizes: exact, so never a JSON number. */
export const decimal = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/, "a plain decimal")
  .describe("plain decimal");

export const count = z.number().int().nonnegative();

/** At most 1. */
export const ratio = z.number().max(1);

export const netting = z.strictObject({
  grossUsd: decimal.describe("Σ over account × chain × instrument of |base|·mark"),
  netUsd: decimal.describe("the same, summed over chains first"),
  efficiency: ratio.describe("1 − net/gross"),
});

export const margin = z.strictObject({
  grossUsd: decimal.describe("Σ of the initial requirement chain by chain"),
  netUsd: decimal.describe("initial requirement of the netted portfolios"),
  savedUsd: decimal.describe("gross − net"),
});

/** What stdout carries when a command fails with `--json`. */
export const failure = z.strictObject({
  error: z.strictObject({
    code: z.number().int(),
    message: z.string(),
    hint: z.string(),
    details: z.record(z.string(), z.unknown()),
  }),
});
