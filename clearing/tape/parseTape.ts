import { CausewayError } from "../../errors/CausewayError.ts";
import { isUnderlying } from "../codec/instrumentId.ts";
import { type CsvRecord, csvRecords } from "../csvRecords.ts";
import { parseDecimal } from "../decimal.ts";

/** One trade of a tape. */
export interface TapeTrade {
  /** Line in the file, from 1. */
  line: number;
  /** Unix time, 1e-9 second. */
  timeNanos: bigint;
  /** For example `BTC-PERP`. */
  instrument: string;
  underlying: string;
  buyer: string;
  seller: string;
  /** Size, 1e-8 of the underlying, positive. */
  base: bigint;
  /** Dollars per unit, 1e18. */
  priceWad: bigint;
  /** Value of the column `chain`, where the tape has one. */
  chainName: string | null;
}

export interface ParseTapeParameters {
  /** Name of the file, for messages. */
  file: string;
  /** Its content: CSV with the header `time,instrument,buyer,seller,size,price[,chain]`. */
  text: string;
}

const REQUIRED = ["time", "instrument", "buyer", "seller", "size", "price"] as const;
const HEADER = REQUIRED.join(",");
const PERPETUAL = "-PERP";
/** What `int88` and `uint128` hold. */
const MAX_BASE = 2n ** 87n - 1n;
const MAX_PRICE = 2n ** 128n - 1n;

type Column = (typeof REQUIRED)[number] | "chain";

/**
 * The trades of a tape, by time; those of the same time in the order of the file.
 *
 * @throws CausewayError `TapeLineMalformed` with file, line, column, what was found and what was expected.
 */
export function parseTape({ file, text }: ParseTapeParameters): TapeTrade[] {
  const [header, ...rows] = csvRecords(text, (line, found, cause) =>
    malformed(file, line, "row", found, "comma-separated values", cause),
  );
  if (header === undefined) throw malformed(file, 1, "header", "an empty file", HEADER);
  const hasChain = checkHeader(file, header);
  const columns: readonly Column[] = hasChain ? [...REQUIRED, "chain"] : REQUIRED;
  const trades = rows.map(({ line, values }) => {
    if (values.length !== columns.length)
      throw malformed(
        file,
        line,
        "row",
        `${values.length} values`,
        `${columns.length}: ${columns.join(",")}`,
      );
    return parseRow(file, line, values, hasChain);
  });
  if (trades.length === 0)
    throw malformed(file, header.line, "row", "no trades", "at least one trade after the header");
  return trades.sort((a, b) => (a.timeNanos < b.timeNanos ? -1 : a.timeNanos > b.timeNanos ? 1 : 0));
}

/** Whether there is a column `chain`. */
function checkHeader(file: string, { line, values }: CsvRecord): boolean {
  const names = values.join(",");
  if (names === HEADER) return false;
  if (names === `${HEADER},chain`) return true;
  throw malformed(file, line, "header", names, `${HEADER}[,chain]`);
}

function parseRow(file: string, line: number, values: readonly string[], hasChain: boolean): TapeTrade {
  const [time, instrument, buyer, seller, size, price, chain] = values as [
    string,
    string,
    string,
    string,
    string,
    string,
    string?,
  ];
  const need = <T>(column: Column, found: string, value: T | null, expected: string): T => {
    if (value === null) throw malformed(file, line, column, found, expected);
    return value;
  };
  const buyerName = need("buyer", buyer, accountName(buyer), "an account");
  const sellerName = accountName(seller);
  return {
    line,
    timeNanos: need("time", time, parseDecimal(time, 9), "unix seconds, such as 1761584399.797"),
    instrument,
    underlying: need(
      "instrument",
      instrument,
      perpetualUnderlying(instrument),
      "<UNDERLYING>-PERP, such as BTC-PERP",
    ),
    buyer: buyerName,
    seller: need(
      "seller",
      seller,
      sellerName === buyerName ? null : sellerName,
      "an account other than the buyer",
    ),
    base: need(
      "size",
      size,
      within(parseDecimal(size, 8), MAX_BASE),
      "a positive decimal with at most 8 decimals",
    ),
    priceWad: need(
      "price",
      price,
      within(parseDecimal(price, 18), MAX_PRICE),
      "a positive decimal with at most 18 decimals",
    ),
    chainName: hasChain ? need("chain", chain ?? "", accountName(chain ?? ""), "the name of a chain") : null,
  };
}

/** Addresses are the same account in upper and lower case. */
function accountName(text: string): string | null {
  if (/^0x[0-9a-f]{40}$/i.test(text)) return text.toLowerCase();
  return /^\S+$/.test(text) ? text : null;
}

function perpetualUnderlying(instrument: string): string | null {
  if (!instrument.endsWith(PERPETUAL)) return null;
  const underlying = instrument.slice(0, -PERPETUAL.length);
  return isUnderlying(underlying) ? underlying : null;
}

function within(value: bigint | null, max: bigint): bigint | null {
  return value !== null && value > 0n && value <= max ? value : null;
}

function malformed(
  file: string,
  line: number,
  column: string,
  found: string,
  expected: string,
  cause?: unknown,
): CausewayError {
  return new CausewayError("TapeLineMalformed", { details: { file, line, column, found, expected }, cause });
}
