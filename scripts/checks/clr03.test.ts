import { describe, expect, test } from "vitest";
import { clr03 } from "./clr03.ts";
import { takeSnapshot } from "./snapshot.ts";
import type { NetworkState } from "./state.ts";
import { alice, alicesPayout, bobsPayout, ETH, stateFixture } from "./stateFixture.ts";

function checkAfter(change: (state: NetworkState) => void) {
  const state = stateFixture();
  change(state);
  return clr03(takeSnapshot(stateFixture()), takeSnapshot(state));
}

describe("CLR-03", () => {
  test("holds for equal ledgers", () => {
    expect(checkAfter(() => {})).toMatchObject({ id: "CLR-03", holds: true });
  });

  test("holds across a renewal and a settlement, which are no repetition", () => {
    const check = checkAfter(({ hub, spokes }) => {
      const line = hub.lanes[0]!.credit.get(alice)!;
      Object.assign(line, { limit: 6000n, ceiling: 6000n, version: 4, validUntil: 800 });
      Object.assign(spokes[0]!.credit.get(alice)!, { limit: 6000n, version: 4, validUntil: 800 });
      hub.balances[0]!.amount += 9n;
      hub.positions[0]!.quote -= 9n;
      hub.pools.set(ETH, hub.pools.get(ETH)! - 9n);
    });
    expect(check).toMatchObject({ holds: true });
  });

  test.each<[string, (state: NetworkState) => void, string]>([
    ["a deposit was credited twice", ({ hub }) => (hub.balances[0]!.amount += 5n), "hub cash + quote"],
    ["a pair was added up", ({ hub }) => (hub.lanes[0]!.pairs[1]!.base *= 2n), "hub pair/1"],
    ["a payout was executed again", ({ spokes }) => (spokes[0]!.tokens[0]!.balance -= 1n), "vault tokens/1"],
    ["a rank went back", ({ hub }) => (hub.payouts[0]!.rank = 0), `hub payout/${bobsPayout}`],
    [
      "a payout came back",
      ({ spokes }) => spokes[1]!.ranks.set(alicesPayout, 2),
      `vault payout/2/${alicesPayout}`,
    ],
    ["liquidity was added again", ({ hub }) => (hub.lanes[1]!.liquidity[0]!.total += 1n), "hub liquidity/2"],
    [
      "credit was lent anew",
      ({ spokes }) => (spokes[1]!.credit.get(alice)!.used = 0n),
      "vault credit used/2",
    ],
    [
      "an old limit came back",
      ({ spokes }) => (spokes[1]!.credit.get(alice)!.limit = 4999n),
      "fell from 5000 to 4999",
    ],
    [
      "a name was bound anew",
      ({ hub }) => hub.lanes[0]!.accountNames.set(9, alice),
      "hub/1/account/9 was absent",
    ],
    ["a pair was lost", ({ hub }) => hub.lanes[0]!.pairs.pop(), "is absent"],
  ])("fails when %s", (_, change, expected) => {
    expect(checkAfter(change)).toMatchObject({ holds: false, detail: expect.stringContaining(expected) });
  });
});
