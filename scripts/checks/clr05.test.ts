import { describe, expect, test } from "vitest";
import { payoutRank } from "../../clearing/codec/payoutId.ts";
import { clr05 } from "./clr05.ts";
import type { NetworkState } from "./state.ts";
import { alice, aliceAddress, bob, stateFixture } from "./stateFixture.ts";

const stranger = "0x00000000000000000000000000000000000000ee";

describe("CLR-05", () => {
  test("holds", () => {
    expect(clr05(stateFixture())).toEqual({
      id: "CLR-05",
      holds: true,
      detail:
        "peers of the hub and 2 vaults as recorded; 3 deposit totals and 6 pairs at the hub against their own vaults; " +
        "1 withdrawals asked for at home, 1 signed",
    });
  });

  test("holds while a vault is ahead of the hub", () => {
    const state = stateFixture();
    state.spokes[0]!.deposits[0]!.total += 1n;
    Object.assign(state.spokes[0]!.pairs[1]!, { version: 2, base: 0n });
    expect(clr05(state)).toMatchObject({ holds: true });
  });

  test.each<[string, (state: NetworkState) => void, string]>([
    [
      "the hub has another peer",
      ({ hub }) => hub.peers.set(2, hub.peers.get(1)!),
      "the hub's peer for chain 2",
    ],
    ["a vault has another peer", ({ spokes }) => (spokes[1]!.peer = "0x01"), "the vault on chain 2 obeys"],
    ["a vault has another loopback", ({ spokes }) => (spokes[0]!.loopback = stranger), "has loopback"],
    ["an unknown chain is listed", ({ hub }) => hub.eids.push(3), "listens to 3"],
    [
      "more is credited than deposited",
      ({ hub }) => (hub.lanes[0]!.deposits[0]!.total += 1n),
      "whose vault took 1000 USDC",
    ],
    [
      "a deposit counts on another chain",
      ({ hub }) => {
        hub.lanes[1]!.deposits.push(hub.lanes[0]!.deposits.pop()!);
        hub.lanes[0]!.liquidity[0]!.total -= 1000_000000n;
        hub.lanes[1]!.liquidity[0]!.total += 1000_000000n;
      },
      "from chain 2, whose vault took 0 USDC",
    ],
    [
      "liquidity has no deposit",
      ({ hub }) => (hub.lanes[1]!.liquidity[1]!.total += 1n),
      "liquidity on 2 is 2.00000001 WETH",
    ],
    ["a reserve has no payout", ({ hub }) => (hub.lanes[0]!.liquidity[0]!.reserved = 1n), "is reserved on 1"],
    [
      "a cancelled payout is still reserved",
      ({ hub }) => (hub.payouts[1]!.rank = payoutRank.cancelled),
      "50 USDC is reserved on 2, promised there is 0 USDC",
    ],
    [
      "a pair is ahead of its vault",
      ({ hub }) => (hub.lanes[0]!.pairs[0]!.version = 2),
      "the hub has version 2",
    ],
    ["a pair differs", ({ hub }) => (hub.lanes[0]!.pairs[0]!.used = 1), "is not the vault's"],
    ["a pair is of nobody", ({ spokes }) => spokes[0]!.pairs.pop(), "the vault has not"],
    [
      "a name is bound to another",
      ({ hub }) => hub.lanes[0]!.accountNames.set(2, bob),
      "account 2 of chain 1",
    ],
    ["nobody asked", ({ spokes }) => spokes[0]!.withdrawals.pop(), "was not asked for at its home 1"],
    [
      "another chain asked",
      ({ spokes }) => spokes[1]!.withdrawals.push(spokes[0]!.withdrawals.pop()!),
      "at its home 1",
    ],
    ["another asked", ({ spokes }) => (spokes[0]!.withdrawals[0]!.requester = stranger), "not its owner"],
    ["something else was asked", ({ hub }) => (hub.requests[1]!.deadline = 1), "is not what was asked for"],
    ["the recipient was never registered", ({ hub }) => (hub.wallets = []), "never registered"],
    [
      "a payout goes elsewhere",
      ({ hub }) => Object.assign(hub.payouts[0]!.pay, { recipient: stranger }),
      "named 0x",
    ],
    [
      "a payout is another's",
      ({ hub }) => Object.assign(hub.payouts[0]!.pay, { account: alice }),
      "is not what withdrawal",
    ],
    [
      "a payout is more than was debited",
      ({ hub }) => (hub.requests[1]!.remaining += 1n),
      "its payouts are 50 USDC",
    ],
  ])("fails when %s", (_, change, expected) => {
    const state = stateFixture();
    change(state);
    expect(clr05(state)).toMatchObject({ holds: false, detail: expect.stringContaining(expected) });
  });

  test("holds a claim's liquidity reserved", () => {
    const state = stateFixture();
    state.hub.payouts[1]!.rank = payoutRank.claim;
    expect(clr05(state)).toMatchObject({ holds: true });
  });

  test("lets the home be paid at home without registering", () => {
    const state = stateFixture();
    state.hub.wallets = [];
    const { requests, payouts } = state.hub;
    for (const request of [requests[1]!, state.spokes[0]!.withdrawals[0]!])
      Object.assign(request, { dstEid: 1, recipient: aliceAddress });
    payouts[1]!.dstEid = 1;
    Object.assign(payouts[1]!.pay, { recipient: aliceAddress });
    state.hub.lanes[0]!.liquidity[0]!.reserved = 50_000000n;
    state.hub.lanes[1]!.liquidity[0]!.reserved = 0n;
    expect(clr05(state)).toMatchObject({ holds: true });
  });
});
