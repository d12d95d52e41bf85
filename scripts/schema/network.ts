import { z } from "zod";
import { count } from "./common.ts";

/** Options of `./causeway deploy` and `./causeway wire`. */
export const networkInput = z.strictObject({
  config: z.string().describe("configuration file, JSON"),
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

/** Result of `./causeway wire --json`. */
export const wireResult = z.strictObject({
  transactions: count.describe("sent by this run; none if everything was as it should be"),
  chains: z.array(z.string()),
});
