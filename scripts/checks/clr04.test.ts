import { describe, expect, test } from "vitest";
import { payoutRank } from "../../clearing/codec/payoutId.ts";
import { clr04 } from "./clr04.ts";
import type { NetworkState } from "./state.ts";
import { alice, alicesPayout, stateFixture } from "./stateFixture.ts";

type Change = (state: NetworkState) => void;

/** The fixture with nothing in flight: Alice's payout has become a claim, which the hub knows. */
function restFixture(): NetworkState {
  const state = stateFixture();
  state.hub.payouts[1]!.rank = payoutRank.claim;
  state.spokes[1]!.ranks.set(alicesPayout, payoutRank.claim);
  return state;
}

describe("CLR-04", () => {
  test("holds with something in flight", () => {
    expect(clr04(stateFixture(), false)).toEqual({
      id: "CLR-04",
      holds: true,
      detail: "3 deposit totals, 6 pairs and 4 commands on 2 lanes, digests recomputed; in flight: 1 payouts",
    });
  });

  test("holds at rest", () => {
    expect(clr04(restFixture(), true)).toMatchObject({ holds: true });
  });

  test.each<[string, Change, string]>([
    [
      "the hub's digest is another",
      ({ hub }) => (hub.lanes[0]!.digest += 1n),
      "the hub's digest of chain 1 is not that of what it holds",
    ],
    [
      "the hub holds another value than its digest says",
      ({ hub }) => (hub.lanes[1]!.deposits[0]!.total += 1n),
      "the hub's digest of chain 2 is not that of what it holds",
    ],
    [
      "the vault's digest is another though all of it is applied",
      ({ spokes }) => (spokes[1]!.digest -= 1n),
      "the digest of chain 2 is not that of what it reported",
    ],
    [
      "one version of a pair has two values",
      ({ spokes }) => (spokes[0]!.pairs[1]!.quote += 1n),
      "the digest of chain 1 is not that of what it reported",
    ],
    [
      "a pair counts as dirty that the hub has",
      ({ spokes }) => (spokes[0]!.dirtyPairs = 1),
      "chain 1 counts 1 pairs to be reported that the hub has",
    ],
    [
      "one version of a command has two values",
      ({ spokes }) => (spokes[0]!.commands[1]!.value = "true"),
      "version 2 differs at the hub and on chain 1",
    ],
    [
      "one version of a lease has two ends",
      ({ spokes }) => (spokes[0]!.credit.get(alice)!.validUntil += 1),
      "the lease of 0x00000000@1 differs at the hub and on chain 1",
    ],
  ])("fails at any time when %s", (_, change, expected) => {
    const state = stateFixture();
    change(state);
    expect(clr04(state, false)).toMatchObject({ holds: false, detail: expect.stringContaining(expected) });
  });

  test.each<[string, Change, string]>([
    [
      "a deposit",
      ({ spokes }) => (spokes[0]!.deposits[0]!.total += 5n),
      "the hub has not seen all of 1000.000005 USDC",
    ],
    ["a pair", ({ spokes }) => (spokes[0]!.pairs[1]!.version = 2), "the hub has not the latest ETH"],
    [
      "a withdrawal",
      ({ hub }) => (hub.requests = hub.requests.filter(({ signed }) => signed)),
      "the hub does not know withdrawal 1 of chain 1",
    ],
    [
      "what became of a payout",
      ({ hub }) => (hub.payouts[1]!.rank = payoutRank.none),
      "the hub does not know what became of payout",
    ],
    [
      "a payout",
      ({ hub, spokes }) => {
        hub.payouts[1]!.rank = payoutRank.none;
        spokes[1]!.ranks.set(alicesPayout, payoutRank.none);
      },
      "chain 2 does not know payout",
    ],
    ["a command", ({ spokes }) => (spokes[1]!.commands[0]!.version = 0n), "chain 2 does not know terms/"],
    [
      "a lease that lapsed",
      ({ hub }) => Object.assign(hub.lanes[1]!.credit.get(alice)!, { validUntil: 600, version: 4 }),
      "chain 2 does not know the latest lease of 0x00000000@1",
    ],
  ])("fails at rest when one end does not know %s, and only then", (_, change, expected) => {
    const state = restFixture();
    change(state);
    expect(clr04(state, true)).toMatchObject({ holds: false, detail: expect.stringContaining(expected) });
    expect(clr04(state, false)).toMatchObject({ holds: true });
  });

  test("a live lease never rests, and what a stranger asks for is no loss", () => {
    const state = restFixture();
    Object.assign(state.hub.lanes[1]!.credit.get(alice)!, { validUntil: 601, version: 4 });
    const [asked] = state.spokes[0]!.withdrawals;
    state.spokes[0]!.withdrawals.push({ ...asked!, number: 2n, requester: `0x${"99".repeat(20)}` });
    expect(clr04(state, true)).toMatchObject({ holds: true });
  });
});
