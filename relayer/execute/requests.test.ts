import { expect, test } from "vitest";
import { executionGas } from "./requests.ts";

test("leaves lzReceive its whole limit after the 63/64 rule, for any limit", () => {
  for (const limit of [1n, 62n, 63n, 64n, 100_000n, 4_000_003n]) {
    // What remains when the executor makes the call: the transaction's gas less what was spent before it.
    const remaining = executionGas(limit, "0x") - 100_000n;
    expect(remaining - remaining / 64n).toBeGreaterThanOrEqual(limit);
  }
});

test("grows with the message", () => {
  expect(executionGas(1n, `0x${"00".repeat(1_000)}`) - executionGas(1n, "0x")).toBeGreaterThanOrEqual(
    16_000n,
  );
});
