import { z } from "zod";
import { count } from "./common.ts";

/** Options of `./causeway relayer`. */
export const relayerInput = z.strictObject({
  config: z.string().describe("configuration file, JSON"),
  prices: z.string().optional().describe("JSON file of prices by underlying; without it, it signs none"),
  surfaces: z
    .string()
    .optional()
    .describe("JSON file of volatility surfaces by underlying; without it, it posts none"),
});

/** Result of `./causeway relayer --json`, printed when it is ready. */
export const relayerResult = z.strictObject({
  pid: count.describe("of the process"),
  address: z.string().describe("its key's address, with checksum"),
  chains: z.array(z.strictObject({ name: z.string(), eid: count.describe("LayerZero endpoint id") })),
  database: z.enum(["embedded", "DATABASE_URL"]),
});

export type RelayerResult = z.output<typeof relayerResult>;
