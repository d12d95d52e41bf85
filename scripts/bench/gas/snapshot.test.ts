import { expect, test } from "vitest";
import { benchRow } from "../result.ts";
import { driftOf } from "./snapshot.ts";

const rows = [
  benchRow({ what: "deposit", value: 71_483, unit: "gas", direction: "min" }),
  benchRow({ what: "trade", value: 98_219, unit: "gas", direction: "min" }),
];

test("equal figures are no drift, in whatever order they were committed", () => {
  expect(driftOf(rows, { trade: 98_219, deposit: 71_483 })).toEqual([]);
});

test("one gas more or less, something new and something gone are drift", () => {
  expect(driftOf(rows, { deposit: 71_482, trade: 98_220, settle: 1 })).toEqual([
    "deposit: 71483, committed 71482 (+0.0 %)",
    "trade: 98219, committed 98220 (-0.0 %)",
    "settle: committed, but not measured any more",
  ]);
  expect(driftOf(rows, { trade: 98_219 })).toEqual(["deposit: 71483, not committed"]);
});
