import { expect, test } from "vitest";
import { creditLeft, type DecideClosingParameters, decideClosing } from "./decideClosing.ts";

/** Long 1, of which 1 may be sold until 1,600. */
function situation(changes: Partial<DecideClosingParameters> = {}): DecideClosingParameters {
  return {
    net: 100n,
    pair: 100n,
    line: { unusedBuys: 0n, unusedSells: 100n, unusedCredit: 2n, validUntil: 1_600 },
    elsewhere: { unusedBuys: 0n, unusedSells: 0n },
    maxCredit: 2n,
    expiry: undefined,
    spokeTime: 1_000n,
    leaseSeconds: 600,
    ...changes,
  };
}

test("renews when less than half of the lease is left", () => {
  expect(decideClosing(situation({ spokeTime: 1_300n }))).toBe(false);
  expect(decideClosing(situation({ spokeTime: 1_301n }))).toBe(true);
  expect(decideClosing(situation({ spokeTime: 5_000n }))).toBe(true);
});

test("asks at once for the side of which nothing may be used", () => {
  expect(decideClosing(situation({ net: -50n, pair: -50n }))).toBe(true);
  const line = { unusedBuys: 1n, unusedSells: 0n, unusedCredit: 2n, validUntil: 1_600 };
  expect(decideClosing(situation({ line }))).toBe(true);
  expect(decideClosing(situation({ line, net: -50n, pair: -50n }))).toBe(false);
});

test("only where the position was opened, and while the hub still gives it: not in an option's last two leases", () => {
  const wanted = { spokeTime: 5_000n };
  expect(decideClosing(situation(wanted))).toBe(true);
  expect(decideClosing(situation({ ...wanted, pair: 0n }))).toBe(false);
  expect(decideClosing(situation({ ...wanted, pair: -1n }))).toBe(false);
  expect(decideClosing(situation({ ...wanted, net: 0n }))).toBe(false);
  expect(decideClosing(situation({ ...wanted, expiry: 6_200 }))).toBe(false);
  expect(decideClosing(situation({ ...wanted, expiry: 6_201 }))).toBe(true);
});

test("not what the hub refuses: more than was opened there, or than other spokes leave of the net", () => {
  const wanted = { spokeTime: 5_000n };
  expect(decideClosing(situation({ ...wanted, pair: 99n }))).toBe(false);
  expect(decideClosing(situation({ ...wanted, net: 99n }))).toBe(false);
  expect(decideClosing(situation({ ...wanted, elsewhere: { unusedBuys: 100n, unusedSells: 0n } }))).toBe(
    true,
  );
  expect(decideClosing(situation({ ...wanted, elsewhere: { unusedBuys: 0n, unusedSells: 1n } }))).toBe(false);
  const line = { unusedBuys: 0n, unusedSells: 0n, unusedCredit: 0n, validUntil: 0 };
  const some = { ...wanted, line, elsewhere: { unusedBuys: 0n, unusedSells: 99n } };
  expect(decideClosing(situation(some))).toBe(true);
  expect(decideClosing(situation({ ...some, net: 99n }))).toBe(false);
});

test("not where the mandate has no credit left for what is held", () => {
  const wanted = { spokeTime: 5_000n };
  expect(decideClosing(situation({ ...wanted, maxCredit: 1n }))).toBe(false);
  const line = { unusedBuys: 0n, unusedSells: 0n, unusedCredit: 0n, validUntil: 0 };
  expect(decideClosing(situation({ line, maxCredit: 0n }))).toBe(false);
  const credit = { maxOutstanding: 1_001n, ceiling: 700n, usedApplied: 300n };
  expect(creditLeft(credit, 0n)).toBe(500n);
  expect(creditLeft(credit, 40n)).toBe(460n);
  expect(creditLeft({ ...credit, ceiling: 1_000n }, 40n)).toBe(261n);
  expect(creditLeft({ ...credit, ceiling: 2_000n }, 0n)).toBe(-699n);
});
