import { expect, test } from "vitest";
import { random } from "../random.ts";
import { drawAnyArray } from "./randomMargin.ts";
import { ENTRY_SIZE, packRiskEntry, type RiskEntry, unpackRiskEntries } from "./riskEntry.ts";

const entry: RiskEntry = {
  mark: 2n ** 48n - 1n,
  expiry: 1_900_000_000n,
  generation: 2n ** 14n - 1n,
  right: "put",
  isCarried: true,
  array: drawAnyArray(random(3)),
};

test("an entry has 144 bytes: mark, expiry, generation, flags, two zeros, array", () => {
  const packed = packRiskEntry(entry);
  expect(packed).toHaveLength(2 + 2 * ENTRY_SIZE);
  expect(packed.slice(2, 34)).toBe(`ffffffffffff${"00713fb300"}3fff03${"0000"}`);
  expect(packRiskEntry(undefined)).toBe(`0x${"00".repeat(ENTRY_SIZE)}`);
});

test("a chunk says again what was packed, and where there is nothing", () => {
  const other: RiskEntry = { ...entry, mark: 0n, generation: 0n, right: "call", isCarried: false };
  const entries = [entry, undefined, other];
  const chunk = entries.map((one) => packRiskEntry(one).slice(2)).join("");
  expect(unpackRiskEntries(`0x${chunk}`)).toEqual(entries);
  expect(unpackRiskEntries("0x")).toEqual([]);
});

test.each([
  ["a mark beyond six bytes", { mark: 2n ** 48n }, "MarginInputOutOfRange"],
  ["no expiry", { expiry: 0n }, "MarginInputOutOfRange"],
  ["a generation beyond 14 bits", { generation: 2n ** 14n }, "MarginInputOutOfRange"],
  ["an array too short", { array: [0n] }, "RiskArrayMalformed"],
])("refuses to pack %s", (_, wrong, kind) => {
  expect(() => packRiskEntry({ ...entry, ...wrong })).toThrow(expect.objectContaining({ kind }));
});

test("refuses a chunk that is cut off", () => {
  expect(() => unpackRiskEntries("0x00")).toThrow(expect.objectContaining({ kind: "RiskArrayMalformed" }));
});
