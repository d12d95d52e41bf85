import { z } from "zod";
import { count } from "./common.ts";

/** Options of `./causeway signer`. */
export const signerInput = z.strictObject({
  config: z.string().describe("configuration file of the network, JSON; its keys are not looked up"),
  keyFile: z.string().optional().describe("file with the signer's key; CAUSEWAY_SIGNER_KEY without it"),
  prices: z.string().optional().describe("JSON file of its own prices; without it, it signs none"),
  surfaces: z.string().optional().describe("JSON file of its own surfaces; without it, it signs none"),
  host: z.string().describe("address to listen at"),
  port: count.describe("0: a free one"),
  maxPriceGap: z.string().describe("how far a price may be from its own, as a share of it"),
  maxVolGap: z.string().describe("how far a volatility may be from its own, 1 = 100 %"),
  maxRatioGap: z.string().describe("how far forward and discount may be from its own, as a share of them"),
  maxPriceAge: count.describe("how old its file of prices may be to sign by it, seconds"),
  maxSurfaceAge: count.describe("how old its file of surfaces may be, seconds"),
});

/** Result of `./causeway signer --json`, printed when it is ready. */
export const signerResult = z.strictObject({
  pid: count.describe("of the process"),
  address: z.string().describe("its key's address, with checksum"),
  url: z.url().describe("what a relayer's configuration names, with the address"),
});

export type SignerResult = z.output<typeof signerResult>;
