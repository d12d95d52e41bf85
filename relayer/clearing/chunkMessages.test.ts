import { pad, toHex } from "viem";
import { describe, expect, test } from "vitest";
import { option } from "../../clearing/codec/instrumentId.ts";
import { checkReport, encodeReport } from "../../clearing/codec/report.ts";
import { chunkCommand, chunkReport, type ReportItem } from "./chunkMessages.ts";
import { DEFAULT_CLEARING_SETTINGS } from "./settings.ts";

const word = (value: number) => pad(toHex(value), { size: 32 });
const pairItem = (account: number, instrument: number, options: Partial<ReportItem> = {}): ReportItem => ({
  key: { kind: "pair", account: word(account), instrument: word(instrument) },
  withNames: false,
  isNew: false,
  closes: false,
  ...options,
});
const bounds = (maxMessageBytes: number, maxMessageGas: bigint) => ({ maxMessageBytes, maxMessageGas });
const WIDE = bounds(1_000_000, 1_000_000_000n);

describe("chunkReport", () => {
  test("keeps every key once, in order, names apart from no names", () => {
    const items = Array.from({ length: 400 }, (_, i) => pairItem(i, i % 8, { withNames: i % 3 === 0 }));
    const chunks = chunkReport(items, DEFAULT_CLEARING_SETTINGS);
    for (const withNames of [false, true]) {
      expect(chunks.filter((chunk) => chunk.withNames === withNames).flatMap(({ keys }) => keys)).toEqual(
        items.filter((item) => item.withNames === withNames).map(({ key }) => key),
      );
    }
  });

  test("stays inside the byte bound of the real encoding, and fills it", () => {
    const chunks = chunkReport(
      Array.from({ length: 1_000 }, (_, i) => pairItem(i, 1)),
      bounds(9_500, 1_000_000_000n),
    );
    const lengths = chunks.map(({ keys }) => {
      const items = keys.map((_, i) => ({
        account: i,
        instrument: 1,
        base: -1n,
        quote: 1n,
        used: 0,
        version: 1,
      }));
      const message = encodeReport({ sequence: 1n, chainTime: 1, sections: [{ kind: "pair", items }] });
      expect(checkReport(message).valid).toBe(true);
      return (message.length - 2) / 2;
    });
    expect(Math.max(...lengths)).toBeLessThanOrEqual(9_500);
    expect(lengths[0]).toBeGreaterThan(9_300);
  });

  test("counts a name once per message, and again in the next", () => {
    const gas = 100_000n + 60_000n + 2n * (60_000n + 50_000n + 75_000n);
    const items = [1, 2, 3].map((instrument) => pairItem(7, instrument, { withNames: true, isNew: true }));
    expect(chunkReport(items, bounds(9_500, gas)).map(({ keys }) => keys.length)).toEqual([2, 1]);
    expect(chunkReport(items, bounds(9_500, gas - 1n)).map(({ keys }) => keys.length)).toEqual([1, 1, 1]);
  });

  test("counts the gas of pairs that are new to the hub", () => {
    const gas = 100_000n + 2n * 125_000n;
    const items = [1, 2, 3].map((account) => pairItem(account, 1, { isNew: true }));
    expect(chunkReport(items, bounds(9_500, gas)).map(({ keys }) => keys.length)).toEqual([2, 1]);
    expect(
      chunkReport(
        items.map((item) => ({ ...item, isNew: false })),
        bounds(9_500, gas),
      ),
    ).toHaveLength(1);
  });

  test("counts that of options as if they had expired", () => {
    const instrument = option({ underlying: "BTC", expiry: 1_800_000_000, strike: 1n, right: "call" });
    const items = [1, 2].map(
      (account): ReportItem => ({
        ...pairItem(account, 1),
        key: { kind: "pair", account: word(account), instrument },
      }),
    );
    expect(chunkReport(items, bounds(9_500, 100_000n + 2n * 125_000n))).toHaveLength(1);
    expect(chunkReport(items, bounds(9_500, 100_000n + 2n * 125_000n - 1n))).toHaveLength(2);
  });

  test("counts the closing state that travels with a pair, however it is asked for", () => {
    const gas = 100_000n + 2n * 130_000n;
    const key = { kind: "closingState", account: word(1), instrument: word(1) } as const;
    const items = [pairItem(2, 1, { closes: true }), { ...pairItem(1, 1, { closes: true }), key }];
    expect(chunkReport(items, bounds(64 + 2 * 82, gas))).toHaveLength(1);
    expect(chunkReport(items, bounds(64 + 2 * 82 - 1, gas))).toHaveLength(2);
    expect(chunkReport(items, bounds(9_500, gas - 1n))).toHaveLength(2);
  });

  test("gives nothing for nothing", () => {
    expect(chunkReport([], WIDE)).toEqual([]);
  });
});

test("chunkCommand bounds gas: payouts take much more than prices", () => {
  const pays = Array.from({ length: 30 }, (_, i) => ({ kind: "pay" as const, payoutId: word(i) }));
  const prices = Array.from({ length: 30 }, (_, i) => ({
    kind: "referencePrice" as const,
    underlying: toHex(i),
  }));
  const chunks = chunkCommand([...pays, ...prices], bounds(9_500, 5_000_000n));
  expect(chunks.flat()).toEqual([...pays, ...prices]);
  expect(chunks[0]).toHaveLength(19); // 100 k + 19 × 250 k
});
