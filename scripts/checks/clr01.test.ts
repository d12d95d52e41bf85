import { describe, expect, test } from "vitest";
import { payoutRank } from "../../clearing/codec/payoutId.ts";
import { clr01 } from "./clr01.ts";
import { alice, alicesPayout, bobsPayout, stateFixture } from "./stateFixture.ts";

describe("CLR-01", () => {
  test("holds with a payout in flight, and says the numbers", () => {
    expect(clr01(stateFixture())).toEqual({
      id: "CLR-01",
      holds: true,
      detail:
        "USDC 1700 USDC in vaults = 1649.7 USDC balances + 0.3 USDC pools + 0 USDC deposits in flight + 50 USDC payouts in flight + 0 USDC surplus; " +
        "WETH 2 WETH in vaults = 2 WETH balances + 0 WETH pools + 0 WETH deposits in flight + 0 WETH payouts in flight + 0 WETH surplus; " +
        "in flight: 1 payouts",
    });
  });

  test("holds with a deposit that the hub has not seen", () => {
    const state = stateFixture();
    state.spokes[0]!.deposits[0]!.total += 7n;
    state.spokes[0]!.tokens[0]!.balance += 7n;
    expect(clr01(state)).toMatchObject({
      holds: true,
      detail: expect.stringContaining("0.000007 USDC deposits in flight"),
    });
  });

  test("holds with a donation, and shows it as surplus", () => {
    const state = stateFixture();
    state.spokes[0]!.tokens[0]!.balance += 7n;
    expect(clr01(state)).toMatchObject({
      holds: true,
      detail: expect.stringContaining("0.000007 USDC surplus"),
    });
  });

  test("holds with a payout that was issued and executed after the ledger was read", () => {
    const state = stateFixture();
    const payout = state.hub.payouts[1]!;
    payout.later = true;
    state.hub.balances[0]!.amount += payout.pay.amount;
    state.spokes[1]!.ranks.set(alicesPayout, payoutRank.paid);
    state.spokes[1]!.resolutions.push({ ...payout.pay, payoutId: alicesPayout, rank: payoutRank.paid });
    state.spokes[1]!.tokens[0]!.balance -= payout.pay.amount * 10n ** 12n;
    expect(clr01(state)).toMatchObject({ holds: true });
  });

  test("fails with a token missing, however small", () => {
    const state = stateFixture();
    state.spokes[1]!.tokens[1]!.balance -= 1n;
    expect(clr01(state)).toMatchObject({
      holds: false,
      detail: expect.stringContaining("chain 2 lacks 0.00000001 WETH"),
    });
  });

  test("fails with a payout executed twice, though the vault's books agree", () => {
    const state = stateFixture();
    const [paid] = state.spokes[0]!.resolutions;
    state.spokes[0]!.resolutions.push(paid!);
    state.spokes[0]!.tokens[0]!.balance -= paid!.amount;
    expect(clr01(state)).toMatchObject({
      holds: false,
      detail: expect.stringContaining("a difference of -100 USDC"),
    });
  });

  test("fails with value that the hub made up, and with value that it lost", () => {
    for (const change of [1n, -1n]) {
      const state = stateFixture();
      state.hub.balances.find(({ account }) => account === alice)!.amount += change;
      expect(clr01(state).holds).toBe(false);
    }
  });

  test("fails with a payout that the hub never debited for", () => {
    const state = stateFixture();
    state.hub.payouts = state.hub.payouts.filter(({ id }) => id !== bobsPayout);
    state.hub.balances[2]!.amount += 100_000000n;
    expect(clr01(state).holds).toBe(false);
  });
});
