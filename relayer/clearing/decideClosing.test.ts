import { expect, test } from "vitest";
import { type DecideClosingParameters, decideClosing } from "./decideClosing.ts";

/** Long 1, of which 1 may be sold until 1,600. */
function situation(changes: Partial<DecideClosingParameters> = {}): DecideClosingParameters {
  const line = { unusedBuys: 0n, unusedSells: 100n, validUntil: 1_600 };
  return { net: 100n, pair: 100n, line, expiry: undefined, spokeTime: 1_000n, leaseSeconds: 600, ...changes };
}

test("renews when less than half of the lease is left", () => {
  expect(decideClosing(situation({ spokeTime: 1_300n }))).toBe(false);
  expect(decideClosing(situation({ spokeTime: 1_301n }))).toBe(true);
  expect(decideClosing(situation({ spokeTime: 5_000n }))).toBe(true);
});

test("asks at once for the side of which nothing may be used", () => {
  expect(decideClosing(situation({ net: -50n, pair: -50n }))).toBe(true);
  const line = { unusedBuys: 1n, unusedSells: 0n, validUntil: 1_600 };
  expect(decideClosing(situation({ line }))).toBe(true);
  expect(decideClosing(situation({ line, net: -50n, pair: -50n }))).toBe(false);
});

test("only where the position was opened, and while the hub still gives it: not in an option's last two leases", () => {
  const wanted = { spokeTime: 5_000n };
  expect(decideClosing(situation({ ...wanted, pair: 0n }))).toBe(false);
  expect(decideClosing(situation({ ...wanted, pair: -1n }))).toBe(false);
  expect(decideClosing(situation({ ...wanted, net: 0n }))).toBe(false);
  expect(decideClosing(situation({ ...wanted, expiry: 6_200 }))).toBe(false);
  expect(decideClosing(situation({ ...wanted, expiry: 6_201 }))).toBe(true);
});
