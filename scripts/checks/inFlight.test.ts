import { expect, test } from "vitest";
import { payoutRank } from "../../clearing/codec/payoutId.ts";
import { countInFlight, describeInFlight } from "./inFlight.ts";
import { alicesPayout, stateFixture } from "./stateFixture.ts";

test("counts what the other side has still to be told", () => {
  const state = stateFixture();
  expect(countInFlight(state)).toEqual({ deposits: 0, pairs: 0, payouts: 1, payoutResults: 0 });
  state.spokes[1]!.ranks.set(alicesPayout, payoutRank.paid);
  state.hub.lanes[0]!.deposits = [];
  state.hub.lanes[0]!.pairs[0]!.version = 0;
  expect(countInFlight(state)).toEqual({ deposits: 1, pairs: 1, payouts: 0, payoutResults: 1 });
  expect(describeInFlight(state)).toBe("in flight: 1 deposits, 1 pairs, 1 payout results");
});
