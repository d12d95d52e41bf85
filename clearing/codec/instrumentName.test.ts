import { expect, test } from "vitest";
import { option, perpetual } from "./instrumentId.ts";
import { instrumentName, parseInstrumentName } from "./instrumentName.ts";

const at = (iso: string) => Date.parse(iso) / 1_000;
const call = (expiry: number, strike = 60_000n * 10n ** 8n) =>
  option({ underlying: "BTC", expiry, strike, right: "call" });

test.each([
  ["BTC", perpetual("BTC")],
  ["BTC-26DEC25-60000-C", call(at("2025-12-26T08:00:00Z"))],
  ["BTC-1JAN26T1930-60000-C", call(at("2026-01-01T19:30:00Z"))],
  ["BTC-1JAN26T080001-0.5-C", call(at("2026-01-01T08:00:01Z"), 5n * 10n ** 7n)],
  [
    "ETH-26DEC25-3000.25-P",
    option({ underlying: "ETH", expiry: at("2025-12-26T08:00:00Z"), strike: 300_025_000_000n, right: "put" }),
  ],
])("%s is a name, and the one that is given", (name, instrument) => {
  expect(parseInstrumentName(name)).toBe(instrument);
  expect(instrumentName(instrument)).toBe(name);
});

test("a perpetual may be called so", () => {
  expect(parseInstrumentName("BTC-PERP")).toBe(perpetual("BTC"));
});

test.each([
  ["BTC-26DEC25-0-C", undefined],
  ["BTC-26DEC25-0.000000001-C", undefined],
  ["BTC-26DEC25-99999999999999-C", undefined],
  ["", undefined],
  ["B TC", undefined],
  // Not a date, hence a symbol, of an underlying that nobody lists; longer than a symbol may be.
  ["BTC-31FEB26-60000-C", undefined],
  ["BTC-26DEC25T2500-60000-C", undefined],
])("%s names nothing", (name, nothing) => {
  expect(parseInstrumentName(name)).toBe(nothing);
});
