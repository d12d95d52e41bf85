import { z } from "zod";
import { count } from "./common.ts";

const row = z.strictObject({
  what: z.string(),
  value: z.number(),
  unit: z.string(),
  direction: z.enum(["min", "max"]).describe("min: less is better"),
  target: z.number().nullable().describe("at most (min) or at least (max); null: watched only"),
  pass: z.boolean().describe("whether the target is met; true without one"),
  peer: z.string().nullable().describe("what ran beside ours in the same run"),
  peerValue: z.number().nullable(),
  ratio: z.number().nullable().describe("above 1: ours is better"),
});

/** Result of `./causeway bench <name> --json`. */
export const benchResult = z.strictObject({
  name: z.string(),
  machine: z.strictObject({ cores: count, memoryGiB: z.number(), node: z.string() }),
  rows: z.array(row),
});

/** Options of `./causeway bench gas`. */
export const benchGasInput = z.strictObject({
  write: z.boolean().optional().describe("write the committed snapshot instead of comparing with it"),
  profile: z
    .boolean()
    .optional()
    .describe("tell on stderr where the gas of a trade and of a report of 100 pairs goes"),
});

/** Options of `./causeway bench margin`. */
export const benchMarginInput = z.strictObject({
  write: z.boolean().optional().describe("write the committed snapshot instead of comparing with it"),
  accounts: count.min(1).describe("accounts that are margined in typed arrays and by a plain loop"),
  sample: count.min(1).describe("how many of them by the exact model, too"),
  seed: count.describe("seed of the accounts"),
});

/** `./causeway bench relay` takes none. */
export const benchRelayInput = z.strictObject({});

export type BenchRow = z.infer<typeof row>;
export type BenchResult = z.infer<typeof benchResult>;
