import { z } from "zod";

/** As Deribit names options that are settled in coin. */
const NAME = /^([A-Z0-9]+)-\d{1,2}[A-Z]{3}\d{2}-(\d+(?:\.\d+)?)-([CP])$/;

function isDecimal(text: string): boolean {
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text));
}

const NONE_OR_MORE = "a decimal of at least 0, or nothing";

/** An empty one, or 0, is what venues write where there is no quote. */
const positiveOrNone = z
  .string()
  .refine((text) => text === "" || (isDecimal(text) && Number(text) >= 0), NONE_OR_MORE)
  .transform((text) => (Number(text) === 0 ? null : Number(text)));

const positive = z
  .string()
  .refine((text) => isDecimal(text) && Number(text) > 0, "a decimal above 0")
  .transform(Number);

/** Unix seconds of an ISO 8601 instant with its offset, or of milliseconds. */
const instant = z.union(
  [
    z.iso.datetime({ offset: true }).transform((text) => Date.parse(text) / 1000),
    z
      .string()
      .regex(/^\d{12,14}$/)
      .transform((text) => Number(text) / 1000),
  ],
  "an instant such as 2026-02-05T15:51:32+00:00, or Unix milliseconds",
);

/** One row of a chain, by what its columns mean; see `chainColumns`. */
export const chainRow = z
  .object({
    instrument: z.string().regex(NAME, "an option settled in coin, such as BTC-27MAR26-90000-C"),
    right: z.enum(["call", "put"], "call or put"),
    strike: positive,
    expirySeconds: instant,
    timeSeconds: instant,
    forward: positiveOrNone,
    spot: positiveOrNone,
    bid: positiveOrNone,
    ask: positiveOrNone,
    mark: positiveOrNone,
    markVolatility: positiveOrNone,
  })
  .transform((row, context) => {
    const [, underlying, strike, letter] = NAME.exec(row.instrument)!;
    const differs = (key: keyof typeof row, found: unknown, expected: string) =>
      context.addIssue({
        code: "custom",
        path: [key],
        message: `${expected}, as in the instrument's name`,
        input: found,
      });
    if (row.strike !== Number(strike)) differs("strike", row.strike, strike!);
    const right = letter === "C" ? "call" : "put";
    if (row.right !== right) differs("right", row.right, right);
    return { ...row, underlying: underlying! };
  });

export type ChainRow = z.output<typeof chainRow>;

/** Where a chain has what, first found first: the columns of our snapshots, then those of the venue's own interface. */
export const chainColumns: Record<Exclude<keyof ChainRow, "underlying">, readonly string[]> = {
  instrument: ["instrument_name"],
  right: ["option_type"],
  strike: ["strike"],
  expirySeconds: ["expiry_datetime", "expiration_timestamp_ms", "expiration_timestamp"],
  timeSeconds: ["timestamp", "timestamp_ms"],
  bid: ["bid_price", "best_bid_price"],
  ask: ["ask_price", "best_ask_price"],
  forward: ["underlying_price"],
  spot: ["index_price"],
  mark: ["mark_price"],
  markVolatility: ["mark_iv"],
};

/** Columns that a chain may lack. */
export const optionalColumns: ReadonlySet<string> = new Set(["forward", "spot", "mark", "markVolatility"]);
