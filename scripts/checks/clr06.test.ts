import { describe, expect, test } from "vitest";
import { clr06 } from "./clr06.ts";
import type { MarginReading, NetworkState } from "./state.ts";
import { alice, stateFixture } from "./stateFixture.ts";

const covered = {
  equityInitialWad: 100n,
  equityMaintenanceWad: 100n,
  initialWad: 60n,
  maintenanceWad: 50n,
  outstandingWad: 40n,
  closingWad: 10n,
};
const uncovered = { ...covered, equityInitialWad: 99n };

function withMargin(change: Partial<MarginReading>): NetworkState {
  const state = stateFixture();
  Object.assign(state.hub.margins[0]!, change);
  return state;
}

describe("CLR-06", () => {
  test("holds", () => {
    expect(clr06(stateFixture())).toEqual({
      id: "CLR-06",
      holds: true,
      detail:
        "4 credit lines, 140 USD outstanding; after 1 of 1 grants and payouts equity ≥ initial + outstanding",
    });
  });

  test("holds when a ceiling was released after the lease's end", () => {
    const state = stateFixture();
    state.spokes[0]!.laterTime = 700n;
    state.hub.lanes[0]!.laterCredit.get(alice)!.ceiling = 1000n;
    expect(clr06(state)).toMatchObject({ holds: true });
  });

  test("holds while a grant is under way", () => {
    const state = stateFixture();
    Object.assign(state.hub.lanes[0]!.laterCredit.get(alice)!, { limit: 6000n, ceiling: 6000n, version: 4 });
    expect(clr06(state)).toMatchObject({ holds: true });
  });

  test("fails when a ceiling was released while the vault still lets it be used", () => {
    const state = stateFixture();
    state.hub.lanes[0]!.laterCredit.get(alice)!.ceiling = 4999n;
    expect(clr06(state)).toMatchObject({
      holds: false,
      detail: expect.stringContaining("may use 50 USD until 700, the hub's ceiling is 49.99 USD"),
    });
  });

  test.each([
    ["unusedSells", 29n, "closed more than"],
    ["unusedCredit", 14n, "closed more than"],
    ["unusedSells", 89n, "may close more than"],
    ["unusedCredit", 44n, "may close more than"],
    ["validUntil", 699, "closing allowance that the hub never gave"],
    ["version", 1, "closing allowance that the hub never gave"],
  ])("fails when a closing allowance counts for less than was used or may be: %s %s", (key, value, found) => {
    const state = stateFixture();
    Object.assign(state.hub.lanes[0]!.laterClosings[0]!, { [key]: value });
    expect(clr06(state)).toMatchObject({ holds: false, detail: expect.stringContaining(found) });
  });

  test("holds when the rest of a closing allowance was released after its end", () => {
    const state = stateFixture();
    state.spokes[0]!.laterTime = 700n;
    const line = state.hub.lanes[0]!.laterClosings[0]!;
    Object.assign(line, { unusedSells: 0n, unusedCredit: 0n, usedSells: 40n, usedCredit: 20n });
    expect(clr06(state)).toMatchObject({ holds: true });
  });

  test("fails when a ceiling was released under a grant that can still be delivered", () => {
    const state = stateFixture();
    state.spokes[0]!.credit.get(alice)!.validUntil = 500;
    state.hub.lanes[0]!.laterCredit.get(alice)!.ceiling = 4999n;
    expect(clr06(state)).toMatchObject({
      holds: false,
      detail: expect.stringContaining("was sent a limit of 50 USD"),
    });
  });

  test("fails when more was used than the hub set aside, even after the lease's end", () => {
    const state = stateFixture();
    state.spokes[0]!.laterTime = 700n;
    state.hub.lanes[0]!.laterCredit.get(alice)!.ceiling = 999n;
    expect(clr06(state)).toMatchObject({
      holds: false,
      detail: expect.stringContaining("beyond the hub's ceiling"),
    });
  });

  test.each(["validUntil", "version", "limit"] as const)(
    "fails when a vault's %s is beyond the hub's",
    (field) => {
      const state = stateFixture();
      const credit = state.spokes[1]!.credit.get(alice)!;
      Object.assign(credit, { [field]: BigInt(credit[field]) + 1n });
      state.spokes[1]!.laterTime = 10_000n;
      expect(clr06(state)).toMatchObject({
        holds: false,
        detail: expect.stringContaining("a lease that the hub never gave"),
      });
    },
  );

  test("fails when used is not the sum over the pairs, on either side", () => {
    const atVault = stateFixture();
    atVault.spokes[0]!.credit.get(alice)!.used -= 1n;
    expect(clr06(atVault)).toMatchObject({
      holds: false,
      detail: expect.stringContaining("its pairs add to 10 USD"),
    });
    const atHub = stateFixture();
    atHub.hub.lanes[0]!.credit.get(alice)!.usedApplied += 1n;
    expect(clr06(atHub)).toMatchObject({
      holds: false,
      detail: expect.stringContaining("the pairs add to 10 USD"),
    });
  });

  test("fails when a grant or payout left an account uncovered", () => {
    expect(clr06(withMargin({ margin: uncovered }))).toMatchObject({
      holds: false,
      detail: expect.stringContaining("required is 0.0000000000000001 USD"),
    });
  });

  test("a closing allowance has to be covered beyond maintenance only, but that with all credit", () => {
    expect(clr06(withMargin({ margin: uncovered, closes: true }))).toMatchObject({ holds: true });
    for (const closes of [false, true]) {
      expect(clr06(withMargin({ margin: { ...covered, equityMaintenanceWad: 99n }, closes }))).toMatchObject({
        holds: false,
        detail: expect.stringContaining("required for maintenance is 0.0000000000000001 USD"),
      });
    }
  });

  test("says which acts could not be decided or checked, and fails when the hub cannot tell a margin", () => {
    expect(clr06(withMargin({ margin: uncovered, disturbed: true }))).toMatchObject({
      holds: true,
      detail: expect.stringContaining(
        "after 0 of 1 grants and payouts equity ≥ initial + outstanding; 1 not decidable",
      ),
    });
    expect(
      clr06(withMargin({ margin: { unavailable: "missing trie node", reverted: false } })),
    ).toMatchObject({
      holds: true,
      detail: expect.stringContaining(
        "1 NOT CHECKED, as the node has no state of their block (missing trie node)",
      ),
    });
    expect(clr06(withMargin({ margin: { unavailable: "reverted", reverted: true } })).holds).toBe(false);
  });
});
