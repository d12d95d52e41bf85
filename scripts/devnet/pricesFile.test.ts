import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { underlyingId } from "../../clearing/codec/instrumentId.ts";
import type { CausewayError } from "../../errors/CausewayError.ts";
import { createFilePrices, readPrices, writePrices } from "./pricesFile.ts";

const WAD = 10n ** 18n;
let file: string;
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), "causeway-prices-")), "prices.json");
});
afterEach(() => rmSync(join(file, ".."), { recursive: true }));

test("prices are read as they were written", () => {
  const prices = new Map([
    ["BTC", 60_000n * WAD],
    ["DOGE", WAD / 8n],
  ]);
  writePrices(file, prices);
  expect(readPrices(file)).toEqual(prices);
});

test.each([
  ["{}", "(top level): found {}, expected at least one price"],
  ['{"BTC": 60000}', "BTC: found 60000, expected string"],
  ['{"BTC": "-1"}', 'BTC: found "-1", expected a positive decimal'],
  ['{"BTC": "0"}', 'BTC: found "0", expected a positive decimal'],
  ["{", "(file): found a syntax error, expected a JSON file"],
])("refuses %s", (text, message) => {
  writeFileSync(file, text);
  expect(() => readPrices(file)).toThrow(message);
});

test("an edit moves the price; a broken one leaves the last good prices, and is complained of once", async () => {
  const first = new Map([["BTC", 60_000n * WAD]]);
  const complaints: CausewayError[] = [];
  writePrices(file, first);
  const source = createFilePrices(file, first, (error) => complaints.push(error));
  const btc = async () => (await source.latest()).get(underlyingId("BTC"));
  expect(await btc()).toBe(60_000n * WAD);

  writeFileSync(file, '{"BTC": "61000.5"}');
  expect(await btc()).toBe((610_005n * WAD) / 10n);
  for (const broken of ['{"BTC": "6100', '{"BTC": "6100', '{"ETH": "3000"}']) {
    writeFileSync(file, broken);
    expect(await btc()).toBe((610_005n * WAD) / 10n);
  }
  expect(complaints.map(({ details }) => details.key)).toEqual(["(file)", "BTC"]);
  writeFileSync(file, '{"BTC": "62000"}');
  expect(await btc()).toBe(62_000n * WAD);
});
