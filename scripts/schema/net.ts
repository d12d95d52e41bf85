import { z } from "zod";
import { count, decimal, margin, netting } from "./common.ts";

/** Options of `./causeway net`. */
export const netInput = z.strictObject({
  tape: z.string().describe("CSV file: time,instrument,buyer,seller,size,price[,chain]; plain or gzip"),
  chains: count.optional().describe("how many chains; by default as many as the tape names, else 3"),
  traders: count.optional().describe("keep only trades of so many of the busiest accounts, as the demo does"),
  seed: count.describe("of the assignment of trades to chains, where the tape names none"),
});

/** Result of `./causeway net --json`. */
export const netResult = z.strictObject({
  trades: count,
  skipped: count.describe("rows left out by --traders"),
  accounts: count,
  instruments: count,
  chains: count,
  netting,
  margin,
  perInstrument: z.array(
    z.strictObject({
      instrument: z.string(),
      trades: count,
      volumeUsd: decimal,
      mark: decimal.describe("last price in the tape"),
      ...netting.shape,
    }),
  ),
});

export type NetResult = z.infer<typeof netResult>;
