import { expect, test } from "vitest";
import { driftOf, type Measurement } from "./snapshot.ts";

const measured: Measurement[] = [
  { what: "receive", value: 71_483.04, unit: "gas a pair" },
  { what: "trade", value: 98_219, unit: "gas", slack: 60 },
];

test("equal figures are no drift, in whatever order they were committed", () => {
  expect(driftOf(measured, { trade: 98_219, receive: 71_483.04 })).toEqual([]);
});

test("a frame may not differ at all, a transaction by its slack and no more, up or down", () => {
  expect(driftOf(measured, { trade: 98_219 + 60, receive: 71_483.03 })).toEqual([
    "receive: 71483.04, committed 71483.03 (+0.0 %)",
  ]);
  expect(driftOf(measured, { trade: 98_219 - 61, receive: 71_483.04 })).toHaveLength(1);
  expect(driftOf(measured, { trade: 98_219 + 61, receive: 71_483.04 })).toHaveLength(1);
});

test("something new and something gone are drift", () => {
  expect(driftOf(measured, { receive: 71_483.04, settle: 1 })).toEqual([
    "trade: 98219, not committed",
    "settle: committed, but not measured any more",
  ]);
});
