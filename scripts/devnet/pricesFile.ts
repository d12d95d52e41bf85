import { readFileSync, writeFileSync } from "node:fs";
import type { Hex } from "viem";
import { z } from "zod";
import { describeIssue } from "../../chains/describeIssue.ts";
import { isUnderlying, underlyingId } from "../../clearing/codec/instrumentId.ts";
import { formatDecimal, parseDecimal } from "../../clearing/decimal.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { PriceSource } from "../../relayer/price/priceSource.ts";
import { lastGood } from "./lastGood.ts";

const PRICE_DECIMALS = 18;
/** As `SignedPriceOracle.MAX_UNDERLYINGS`. */
const MAX_UNDERLYINGS = 64;

const schema = z
  .record(
    z.string().refine(isUnderlying, "a symbol such as BTC"),
    z
      .string()
      .refine((text) => (parseDecimal(text, PRICE_DECIMALS) ?? 0n) > 0n, "a positive decimal, as a string"),
  )
  .refine((prices) => Object.keys(prices).length > 0, "at least one price")
  .refine((prices) => Object.keys(prices).length <= MAX_UNDERLYINGS, `at most ${MAX_UNDERLYINGS} prices`);

/** Dollars per unit, 1e18, by symbol. */
export type Prices = ReadonlyMap<string, bigint>;

/** @throws CausewayError `PricesInvalid` */
export function readPrices(file: string): Prices {
  const json = readJson(file);
  const parsed = schema.safeParse(json);
  if (parsed.success)
    return new Map(
      Object.entries(parsed.data).map(([symbol, price]) => [symbol, parseDecimal(price, PRICE_DECIMALS)!]),
    );
  const { key, found, expected } = describeIssue(parsed.error, json);
  throw new CausewayError("PricesInvalid", { details: { file, key, found, expected } });
}

export function writePrices(file: string, prices: Prices): void {
  const json = Object.fromEntries(
    [...prices].map(([symbol, price]) => [symbol, formatDecimal(price, PRICE_DECIMALS)]),
  );
  writeFileSync(file, `${JSON.stringify(json, null, 2)}\n`);
}

/**
 * Prices as they stand in a file, read anew each time. While the file is broken, or a market is missing in it, the last good
 * prices stay, and `complain` is told once what is wrong.
 */
export function createFilePrices(
  file: string,
  first: Prices,
  complain: (error: CausewayError) => void,
): PriceSource {
  const read = () => {
    const found = readPrices(file);
    const missing = [...first.keys()].find((symbol) => !found.has(symbol));
    if (missing === undefined) return found;
    const details = { file, key: missing, found: "nothing", expected: "the price of a market" };
    throw new CausewayError("PricesInvalid", { details });
  };
  const latest = lastGood(read, first, complain);
  return {
    latest: async () => pricesById(latest()),
  };
}

/** By underlying (`bytes16`). */
export function pricesById(prices: Prices): ReadonlyMap<Hex, bigint> {
  return new Map([...prices].map(([symbol, price]) => [underlyingId(symbol), price]));
}

function readJson(file: string): unknown {
  const fail = (found: string, cause: unknown): CausewayError =>
    new CausewayError("PricesInvalid", {
      details: { file, key: "(file)", found, expected: "a JSON file" },
      cause,
    });
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw fail("no file that can be read", cause);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw fail("a syntax error", cause);
  }
}
