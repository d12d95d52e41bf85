import { describe, expect, test } from "vitest";
import { payoutRank } from "../../clearing/codec/payoutId.ts";
import { clr10 } from "./clr10.ts";
import type { NetworkState } from "./state.ts";
import { alicesPayout, bobsPayout, stateFixture } from "./stateFixture.ts";

describe("CLR-10", () => {
  test("holds", () => {
    expect(clr10(stateFixture())).toEqual({
      id: "CLR-10",
      holds: true,
      detail: "2 payouts issued, 1 paid, each once and as issued, 1 booked at the hub",
    });
  });

  test("holds when a claim is paid later", () => {
    const state = stateFixture();
    const [paid] = state.spokes[0]!.resolutions;
    state.spokes[0]!.resolutions.unshift({ ...paid!, rank: payoutRank.claim });
    expect(clr10(state)).toMatchObject({ holds: true });
  });

  test.each<[string, (state: NetworkState) => void, string]>([
    [
      "is paid twice",
      ({ spokes }) => spokes[0]!.resolutions.push(spokes[0]!.resolutions[0]!),
      "paid more than once, on chain 1",
    ],
    [
      "is paid on two chains",
      ({ spokes }) => spokes[1]!.resolutions.push(spokes[0]!.resolutions[0]!),
      "paid more than once, on chain 1 and chain 2",
    ],
    [
      "is paid on another chain",
      ({ spokes }) => {
        spokes[1]!.resolutions.push(spokes[0]!.resolutions.pop()!);
        spokes[0]!.ranks.set(bobsPayout, 0);
        spokes[1]!.ranks.set(bobsPayout, payoutRank.paid);
      },
      "was for 1, but was resolved on chain 2",
    ],
    ["pays more", ({ spokes }) => (spokes[0]!.resolutions[0]!.amount += 1n), "gave 100.000001 USDC"],
    [
      "pays another",
      ({ spokes }) => (spokes[0]!.resolutions[0]!.recipient = "0x01"),
      "gave 100 USDC to 0x01",
    ],
    ["pays another asset", ({ spokes }) => (spokes[0]!.resolutions[0]!.asset = 2), "WETH"],
    ["was never issued", ({ hub }) => hub.payouts.shift(), "the hub never issued it"],
    ["was issued twice", ({ hub }) => hub.payouts.push(hub.payouts[0]!), "issued a payout id twice"],
    [
      "is not its preimage",
      ({ hub }) => Object.assign(hub.payouts[1]!.pay, { nonce: 9n }),
      "is not the id of what it pays",
    ],
    ["is for no vault", ({ hub }) => (hub.payouts[1]!.dstEid = 7), "where there is no vault"],
    [
      "is booked before it is paid",
      ({ hub }) => (hub.payouts[1]!.rank = payoutRank.paid),
      "rank 2 at the hub, 0 at the vault",
    ],
    [
      "has a rank without a log",
      ({ spokes }) => spokes[1]!.ranks.set(alicesPayout, 1),
      "which its log does not tell",
    ],
    [
      "falls back to a claim",
      ({ spokes }) => spokes[0]!.resolutions.push({ ...spokes[0]!.resolutions[0]!, rank: 1 }),
      "went back in rank",
    ],
  ])("fails when a payout %s", (_, change, expected) => {
    const state = stateFixture();
    change(state);
    expect(clr10(state)).toMatchObject({ holds: false, detail: expect.stringContaining(expected) });
  });
});
