import { describe, expect, test } from "vitest";
import { UNIT } from "../../clearing/funding/fundingIndex.ts";
import { floorDiv } from "../../clearing/math.ts";
import { clr02 } from "./clr02.ts";
import { ETH, stateFixture } from "./stateFixture.ts";

describe("CLR-02", () => {
  test("holds when every pair is applied", () => {
    expect(clr02(stateFixture())).toEqual({
      id: "CLR-02",
      holds: true,
      detail:
        "6 pairs in 1 instruments on 2 chains, Σ base = Σ quote = 0 at each vault; hub Σ quote = 0.3 USD in the pools; every pair applied at the hub",
    });
  });

  test("holds with half a trade applied, and says how much is missing", () => {
    const state = stateFixture();
    const [missing] = state.hub.lanes[1]!.pairs.splice(1, 1);
    const position = state.hub.positions[0]!;
    position.base -= missing!.base;
    position.quote -= missing!.quote;
    expect(clr02(state)).toMatchObject({
      holds: true,
      detail: expect.stringContaining("1 pairs not yet applied at the hub"),
    });
  });

  test("fails with a quote that does not close at a vault", () => {
    const state = stateFixture();
    state.spokes[0]!.pairs[0]!.quote -= 1n;
    expect(clr02(state)).toMatchObject({
      holds: false,
      detail: expect.stringContaining("ETH on chain 1 does not close: base 0, quote -0.000001 USD"),
    });
  });

  test("fails without the fee account", () => {
    const state = stateFixture();
    state.spokes[1]!.pairs.shift();
    expect(clr02(state).holds).toBe(false);
  });

  test("fails with a pool that the quotes do not explain", () => {
    const state = stateFixture();
    state.hub.pools.set(state.hub.instruments[0]!, 0n);
    expect(clr02(state)).toMatchObject({ holds: false, detail: expect.stringContaining("less its pool") });
  });

  test("counts what is kept of funding, to the last fraction", () => {
    const state = stateFixture();
    // A third of a dollar a unit, paid by the long; of the short's half of it nothing is told below 1e-6 dollar.
    const third = 10n ** 18n / 3n;
    state.hub.funding.set(ETH, { long: third, short: third - 7n, kept: 50000000n * 7n });
    state.hub.positions[0]!.quote += floorDiv(-50000000n * third, UNIT);
    state.hub.positions[1]!.quote += floorDiv(50000000n * (third - 7n), UNIT);
    expect(clr02(state)).toMatchObject({
      holds: true,
      detail: expect.stringContaining("and 0.0000000000000000035 USD of funding kept"),
    });
    state.hub.funding.set(ETH, { long: third, short: third - 7n, kept: 50000000n * 7n + 1n });
    expect(clr02(state).holds).toBe(false);
  });

  test("fails with a net position that two wrong accounts balance", () => {
    const state = stateFixture();
    state.hub.positions[0]!.base += 1n;
    state.hub.positions[1]!.base -= 1n;
    expect(clr02(state)).toMatchObject({
      holds: false,
      detail: expect.stringContaining("its applied pairs add to 0.5"),
    });
  });

  test("fails with an unclosed instrument that both sides agree on", () => {
    const state = stateFixture();
    state.spokes[0]!.pairs[1]!.base += 1n;
    state.hub.lanes[0]!.pairs[1]!.base += 1n;
    state.hub.positions[0]!.base += 1n;
    expect(clr02(state)).toMatchObject({
      holds: false,
      detail: expect.stringContaining("though every pair is applied"),
    });
  });
});
