import { z } from "zod";
import { count, decimal } from "./common.ts";

/** Options of `./causeway devnet`. */
export const devnetInput = z.strictObject({
  chains: count.describe("how many local chains, the hub's included"),
  folder: z.string().describe("where its files go; removed when it stops"),
  prices: z.string().optional().describe("JSON file of first prices by underlying, which are its markets"),
});

const address = z.string().describe("address, with checksum");

/** Result of `./causeway devnet --json`, and the file `devnet.json` in its folder. */
export const devnetResult = z.strictObject({
  warning: z.string(),
  pid: count.describe("of the process that runs it"),
  folder: z.string(),
  config: z.string().describe("configuration file, for every command that takes --config"),
  prices: z.string().describe("file of prices; edit it to move them"),
  chains: z
    .array(
      z.strictObject({
        name: z.string(),
        chainId: count,
        eid: count.describe("LayerZero endpoint id"),
        rpcUrl: z.string(),
        vault: address,
        orderVenue: address,
        tokens: z.record(z.string(), address),
        hub: z.strictObject({ clearingHub: address, oracle: address }).optional(),
      }),
    )
    .describe("the hub's first"),
  surfaces: z.string().describe("file of volatility surfaces; edit it to move them"),
  markets: z.array(
    z.strictObject({
      instrument: z.string(),
      price: decimal.describe("first price, USD"),
      options: z.array(z.string()).describe("those that are listed, by name"),
    }),
  ),
  accounts: z.array(
    z.strictObject({
      name: z.string().describe("for --as and --with"),
      home: z.string().describe("chain on which its address is believed"),
      account: z.string().describe("the hub's account id"),
      address,
      privateKey: z.string().describe("of a public mnemonic: worth nothing"),
    }),
  ),
});

export type DevnetResult = z.infer<typeof devnetResult>;
export type DevnetAccount = DevnetResult["accounts"][number];
