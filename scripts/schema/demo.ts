import { z } from "zod";
import { count, decimal, margin, netting, ratio } from "./common.ts";

/** Options of `./causeway demo`. */
export const demoInput = z.strictObject({
  chains: count.describe("how many local chains, the hub's included"),
  traders: count.describe("how many of the tape's busiest accounts become traders"),
  tape: z
    .string()
    .optional()
    .describe("CSV file: time,instrument,buyer,seller,size,price[,chain]; plain or gzip"),
  seed: count.describe("of keys, makers and the assignment of trades to chains"),
});

const milliseconds = z.number().nonnegative();

/** Result of `./causeway demo --json`. */
export const demoResult = z.strictObject({
  chains: count,
  traders: count,
  tape: z.string(),
  trades: count,
  skipped: count.describe("rows of the tape without a trader or outside the busiest underlyings"),
  messages: z.strictObject({
    sent: count,
    delivered: count,
    latencyMs: z
      .strictObject({ p50: milliseconds, p99: milliseconds })
      .describe("from the source block being final to PacketDelivered seen"),
  }),
  margin,
  netting,
  options: z
    .array(
      z.strictObject({
        instrument: z.string(),
        trades: count,
        chains: count.describe("on which it was traded"),
        markUsd: decimal.describe("when margin was read"),
        settledAtUsd: decimal.nullable().describe("settlement price, of those that expired"),
      }),
    )
    .describe("none with fewer than three traders"),
  value: z.strictObject({
    tradedUsd: decimal.describe("notional of the trades"),
    movedUsd: decimal.describe("paid out on chains where the account had not deposited"),
  }),
  withdrawals: z.strictObject({ requested: count, paid: count }),
  perTrader: z.array(
    z.strictObject({
      account: z.string(),
      home: z.string(),
      paidOn: z.string(),
      equityUsd: decimal,
      chainByChainUsd: decimal,
      nettedUsd: decimal,
      savedUsd: decimal,
      saved: ratio,
    }),
  ),
  gas: z.record(z.string(), z.strictObject({ count, median: count })),
  invariants: z.array(z.strictObject({ id: z.string(), holds: z.boolean(), detail: z.string() })),
  durationMs: milliseconds,
  queue: z.enum(["redis", "postgres"]).describe("what held the relayer's jobs"),
  database: z.enum(["embedded", "postgres"]).describe("the relayer's own, or a server's at DATABASE_URL"),
});

export type DemoResult = z.infer<typeof demoResult>;
