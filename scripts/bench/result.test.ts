import { expect, test } from "vitest";
import { benchResult } from "../schema/bench.ts";
import { benchResultOf, benchRow, renderBench } from "./result.ts";

const gas = { what: "receive", unit: "gas", direction: "min" } as const;
const rate = { what: "relay", unit: "messages/s", direction: "max" } as const;

test("a target is an upper bound where less is better, a lower one where more is", () => {
  expect(benchRow({ ...gas, value: 20_000, target: 20_000 }).pass).toBe(true);
  expect(benchRow({ ...gas, value: 20_000.1, target: 20_000 }).pass).toBe(false);
  expect(benchRow({ ...rate, value: 59, target: 60 }).pass).toBe(false);
  expect(benchRow({ ...rate, value: 59 }).pass).toBe(true);
});

test("a ratio above one says that ours is better, whatever the direction", () => {
  const peer = (value: number) => ({ name: "plain loop", value });
  expect(benchRow({ ...rate, value: 90, peer: peer(60) }).ratio).toBe(1.5);
  expect(benchRow({ ...gas, value: 2, peer: peer(9) }).ratio).toBe(4.5);
  expect(benchRow({ ...gas, value: 9, peer: peer(2) }).ratio).toBe(0.22);
});

test("the result is what the schema says; the table leaves empty columns out", () => {
  const result = benchResultOf("gas", [benchRow({ ...gas, value: 31_338.04, target: 20_000 })]);
  expect(benchResult.parse(result)).toEqual(result);
  const [, , header, line] = renderBench(result).split("\n");
  expect(header).not.toContain("peer");
  expect(line).toMatch(/receive +31,338\.04 +gas +≤ 20,000 +MISSED/);
});
