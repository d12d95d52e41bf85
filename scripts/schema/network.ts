import { z } from "zod";
import { count } from "./common.ts";

/** Options of `./causeway deploy`. */
export const networkInput = z.strictObject({
  config: z.string().describe("configuration file, JSON"),
});

/** Options of `./causeway wire`. */
export const wireInput = networkInput.extend({
  check: z.boolean().default(false).describe("only look: send nothing, exit with 1 if a check fails"),
});

const address = z.string().describe("address, with checksum");

/** Result of `./causeway deploy --json`. */
export const deployResult = z.strictObject({
  transactions: count.describe("sent by this run; none if everything was there"),
  records: z.string().describe("folder of the deployment records"),
  chains: z.array(
    z.strictObject({ chain: z.string(), vault: address, orderVenue: address, hub: address.optional() }),
  ),
});

const wiringFault = z.strictObject({
  chain: z.string().describe("where it is to be mended"),
  what: z.string(),
  found: z.string(),
  expected: z.string(),
  next: z.string().describe("what to do about it"),
});

/** Result of `./causeway wire --json`. */
export const wireResult = z.strictObject({
  transactions: count.describe("sent by this run; none if everything was as it should be"),
  chains: z.array(z.string()),
  checks: z.array(
    z.strictObject({
      id: z.string(),
      rule: z.string(),
      holds: z.boolean(),
      faults: z.array(wiringFault),
    }),
  ),
  scheduled: z
    .array(
      z.strictObject({
        chain: z.string(),
        from: z.int().describe("unix seconds from which it may be made"),
        caller: address,
        target: address,
        data: z.string().describe("calldata"),
        call: z.string().describe("the same, as it would be written"),
      }),
    )
    .describe("privileged calls that were announced and neither made nor cancelled"),
});
