import { expect, test } from "vitest";
import { bumpFees } from "./fees.ts";

test("a replacement pays at least a tenth more of both fees, whatever the numbers", () => {
  for (const fee of [0n, 1n, 9n, 1_000_000_007n]) {
    const bumped = bumpFees(
      { maxFeePerGas: fee, maxPriorityFeePerGas: fee },
      { maxFeePerGas: 0n, maxPriorityFeePerGas: 0n },
    );
    expect(bumped.maxFeePerGas * 10n).toBeGreaterThan(fee * 11n - 1n);
    expect(bumped.maxPriorityFeePerGas).toBeGreaterThan(fee);
  }
});

test("a replacement pays no less than a new transaction would", () => {
  const fresh = { maxFeePerGas: 500n, maxPriorityFeePerGas: 40n };
  expect(bumpFees({ maxFeePerGas: 10n, maxPriorityFeePerGas: 1n }, fresh)).toEqual(fresh);
});
