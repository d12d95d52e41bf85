import { expect, test } from "vitest";
import { type ReportKeys, splitKeys } from "./keys.ts";
import { alice, bob, ETH } from "./stateFixture.ts";

test("splits keys into parts of bounded size that together are all of them, in order", () => {
  const keys: ReportKeys = {
    creditStates: [alice, bob],
    deposits: [],
    pairs: [
      { account: alice, instrument: ETH },
      { account: bob, instrument: ETH },
    ],
    withdrawals: [1n],
    payouts: [],
    balances: [],
  };
  const parts = splitKeys(keys, 3);
  expect(parts).toEqual([
    { ...keys, pairs: [keys.pairs[0]], withdrawals: [] },
    { ...keys, creditStates: [], pairs: [keys.pairs[1]] },
  ]);
  expect(splitKeys({ ...keys, creditStates: [], pairs: [], withdrawals: [] }, 3)).toEqual([]);
});
