import { describe, expect, test } from "vitest";
import { payoutRank } from "../../clearing/codec/payoutId.ts";
import { clr09 } from "./clr09.ts";
import { stateFixture } from "./stateFixture.ts";

describe("CLR-09", () => {
  test("holds, and says the numbers", () => {
    expect(clr09(stateFixture())).toEqual({
      id: "CLR-09",
      holds: true,
      detail: "ledger liquidity: chain 1 900 USDC; chain 2 800 USDC, 2 WETH; 1 with reserves",
    });
  });

  test("holds while a payout is executed but not booked", () => {
    const state = stateFixture();
    state.hub.payouts[0]!.rank = payoutRank.none;
    Object.assign(state.hub.lanes[0]!.liquidity[0]!, { total: 1000_000000n, reserved: 100_000000n });
    expect(clr09(state)).toMatchObject({ holds: true });
  });

  test("fails when more is reserved than there is", () => {
    const state = stateFixture();
    state.hub.lanes[1]!.liquidity[1]!.reserved = 2_00000001n;
    expect(clr09(state)).toMatchObject({
      holds: false,
      detail: expect.stringContaining("on chain 2 2.00000001 WETH is reserved of 2 WETH"),
    });
  });

  test("fails when the hub counts on tokens that the vault has not", () => {
    const state = stateFixture();
    state.spokes[1]!.tokens[0]!.balance -= 1n;
    expect(clr09(state)).toMatchObject({
      holds: false,
      detail: expect.stringContaining("but the vault holds 799.999999 USDC"),
    });
  });

  test("does not excuse missing tokens by a payout that is booked already", () => {
    const state = stateFixture();
    state.spokes[0]!.tokens[0]!.balance -= 100_000000n;
    expect(clr09(state).holds).toBe(false);
  });
});
