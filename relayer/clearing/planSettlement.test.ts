import { pad, toHex } from "viem";
import { expect, test } from "vitest";
import { planSettlement, type SettleCandidate } from "./planSettlement.ts";

const candidate = (account: number, value: bigint, cash = 1_000_000n): SettleCandidate => ({
  account: pad(toHex(account), { size: 32 }),
  value,
  cash,
});
const plan = (candidates: readonly SettleCandidate[], maxAccounts: number) =>
  planSettlement({ candidates, minimum: 10n, maxAccounts });

test("puts losers and gainers together, ascending by account", () => {
  const all = [candidate(0xf0, 50n), candidate(0x0e, -30n), candidate(0x10, -20n)];
  expect(plan(all, 10)).toEqual([[all[1], all[2], all[0]]]);
});

test("leaves what is worth too little, and losers that cannot pay", () => {
  expect(plan([candidate(1, 9n), candidate(2, -9n), candidate(3, 0n), candidate(4, -100n, 0n)], 10)).toEqual(
    [],
  );
});

test("takes the largest first, half of a call each, and everyone once", () => {
  const losers = [1, 2, 3, 4, 5].map((i) => candidate(i, -100n * BigInt(i)));
  const gainers = [11, 12].map((i) => candidate(i, 100n * BigInt(i)));
  const calls = plan([...losers, ...gainers], 4);
  expect(calls).toEqual([
    [losers[3], losers[4], ...gainers],
    [losers[0], losers[1], losers[2]],
  ]);
});

test("fills a call with gainers when there are few losers", () => {
  const gainers = [1, 2, 3, 4].map((i) => candidate(i, 100n * BigInt(i)));
  const loser = candidate(9, -1_000n);
  const calls = plan([...gainers, loser], 4);
  expect(calls.map((call) => call.length)).toEqual([4, 1]);
  expect(calls[0]).toContain(loser);
});
