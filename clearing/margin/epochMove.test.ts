import { describe, expect, it } from "vitest";
import { absolute, WAD } from "../math.ts";
import { random } from "../random.ts";
import { gainedByMove, movedScenarios, relativeMove } from "./epochMove.ts";
import { optionArray } from "./optionArray.ts";
import { drawAnyArray } from "./randomMargin.ts";
import { perpetualArray } from "./riskArray.ts";
import { NEAR_DOWN, NEAR_UP, nearShock, PPB, scenarios, THIRD_DOWN, THIRD_UP } from "./scenarios.ts";

const RANGE = (15n * PPB) / 100n;
const SPOT = 60_000n * WAD;
const HOUR = WAD / 8_760n;
/** Basis point of the spot. */
const BP = PPB / 10_000n;
const moves = [-25n, -10n, -5n, -1n, 0n, 1n, 5n, 10n, 25n].map((permille) => (permille * PPB) / 1000n);

const priced = (spotWad: bigint, strikeWad: bigint, yearsWad: bigint, isCall: boolean) =>
  optionArray({
    option: { forwardWad: spotWad, strikeWad, yearsWad, discountWad: WAD, isCall },
    model: { kind: "black76", volWad: WAD / 2n },
    spotWad,
    scanRangePpb: RANGE,
  });

/** The worst that value and scenarios differ from pricing anew, 1e-9 of the spot, over strikes of ±25 % and moves up to `most`. */
function worstOf(hours: bigint, most: bigint): { value: bigint; scenario: bigint; unmoved: bigint } {
  const worst = { value: 0n, scenario: 0n, unmoved: 0n };
  for (let percent = 75n; percent <= 125n; percent += 1n) {
    const strike = (SPOT * percent) / 100n;
    const epoch = priced(SPOT, strike, hours * HOUR, true);
    for (const move of moves.filter((m) => absolute(m) <= most)) {
      const now = priced(SPOT + (SPOT * move) / PPB, strike, hours * HOUR, true);
      const parameters = { gains: epoch.entries, move, scanRangePpb: RANGE, size: 1n };
      const gain = ((now.priceWad - epoch.priceWad) * PPB) / SPOT;
      worst.value = larger(worst.value, gainedByMove(parameters) - gain);
      movedScenarios(parameters).forEach((entry, s) => {
        // Those that move spot and volatility on the grid.
        if (s > 23 || s % 8 === 7) return;
        worst.scenario = larger(worst.scenario, entry - now.entries[s]!);
        worst.unmoved = larger(worst.unmoved, epoch.entries[s]! - now.entries[s]!);
      });
    }
  }
  return worst;
}

const larger = (worst: bigint, found: bigint): bigint => (absolute(found) > worst ? absolute(found) : worst);

describe("between epochs", () => {
  it.each([
    // Hours to expiry, moves up to, and basis points of the spot: value, scenarios; without correction.
    [24n, PPB / 100n, 1n, 88n, 113n],
    [168n, PPB / 100n, 1n, 18n, 89n],
    [720n, PPB / 100n, 1n, 4n, 48n],
    [720n, PPB / 40n, 1n, 17n, 120n],
    [4_320n, PPB / 40n, 1n, 6n, 50n],
  ])("is near to pricing anew: %s h, moves to %s", (hours, most, value, scenario, without) => {
    const worst = worstOf(hours, most);
    expect(worst.value).toBeLessThan(value * BP);
    expect(worst.scenario).toBeLessThan(scenario * BP);
    expect(worst.unmoved).toBeGreaterThan(without * BP);
  });

  it("changes nothing where nothing moved", () => {
    const { entries } = priced(SPOT, SPOT, 24n * HOUR, false);
    const parameters = { gains: entries, move: 0n, scanRangePpb: RANGE, size: 1n };
    expect(gainedByMove(parameters)).toBe(0n);
    expect(movedScenarios(parameters)).toEqual(entries.slice(0, 30));
  });

  it("meets the entries of the array at its points", () => {
    const { entries } = priced(SPOT, (SPOT * 11n) / 10n, 24n * HOUR, true);
    const at = (move: bigint) => gainedByMove({ gains: entries, move, scanRangePpb: RANGE, size: 1n });
    expect(at(nearShock(RANGE))).toBe(entries[NEAR_UP]);
    expect(at(-nearShock(RANGE))).toBe(entries[NEAR_DOWN]);
    expect(at(RANGE / 3n)).toBe(entries[THIRD_UP]);
    expect(at(-RANGE / 3n)).toBe(entries[THIRD_DOWN]);
    expect(at(RANGE)).toBe(entries[6]);
    // Just beyond a point as just before it.
    for (const point of [nearShock(RANGE), RANGE / 3n, (2n * RANGE) / 3n, RANGE])
      expect(absolute(at(point + 1n) - at(point))).toBeLessThan(4n);
  });

  it("keeps a perpetual what it is, at any move", () => {
    const gains = perpetualArray(RANGE);
    for (const move of [-PPB + 1n, -PPB / 2n, -7n, 3n, PPB / 7n, 3n * PPB]) {
      const parameters = { gains, move, scanRangePpb: RANGE, size: 1n };
      expect(absolute(gainedByMove(parameters) - move)).toBeLessThan(3n);
      const now = movedScenarios(parameters);
      // What is truncated weighs more, the less is left of the price.
      const rounding = 4n + (4n * PPB) / (PPB + move);
      scenarios.forEach((_, s) => {
        const kept = s < 26 ? gains[s]! : 0n;
        expect(absolute(now[s]! - kept)).toBeLessThanOrEqual(rounding < 2n ** 31n ? rounding : 2n ** 31n);
      });
    }
  });

  it("stays within what an entry can say, however far the price went", () => {
    const draw = random(9);
    for (let i = 0; i < 200; i++) {
      const gains = drawAnyArray(draw);
      const move = draw.integer(2) === 0 ? -BigInt(draw.integer(10 ** 9)) : draw.bits(1 + draw.integer(40));
      const parameters = { gains, move, scanRangePpb: PPB / 1000n + draw.bits(29), size: 1n };
      expect(absolute(gainedByMove(parameters))).toBeLessThanOrEqual(2n ** 41n);
      for (const entry of movedScenarios(parameters)) expect(absolute(entry)).toBeLessThanOrEqual(2n ** 31n);
    }
  });

  it("knows the move since the epoch, truncated, at most a thousand times", () => {
    expect(relativeMove(61n, 60n)).toBe(16_666_666n);
    expect(relativeMove(59n, 60n)).toBe(-16_666_666n);
    expect(relativeMove(1n, 2n ** 112n)).toBe(-PPB + 1n);
    expect(relativeMove(2n ** 128n - 1n, 1n)).toBe(10n ** 12n);
  });
});
