import { describe, expect, it } from "vitest";
import { absolute, maximum } from "../math.ts";
import { random } from "../random.ts";
import { accrue, exactQuote, fundedQuote, shift, travelLimit, UNIT } from "./fundingIndex.ts";
import { HOUR, MAX_HOURLY_RATE } from "./limits.ts";

describe("funding index", () => {
  it("CLR-03: makes no money, whatever the order of trades, flips and accruals", () => {
    const draw = random(17);
    for (let round = 0; round < 200; round += 1) {
      const indices = { long: 0n, short: 0n };
      const positions = Array.from({ length: 4 }, () => ({ base: 0n, stored: 0n }));
      let traded = 0n;
      let kept = 0n;
      for (let step = 0; step < 40; step += 1) {
        if (draw.integer(3) === 0) {
          const input = {
            rateWad: (draw.bits(70) % (2n * MAX_HOURLY_RATE)) - MAX_HOURLY_RATE,
            priceWad: 1n + draw.bits(1 + draw.integer(80)),
            elapsed: 1n + (draw.bits(20) % HOUR),
            openLong: total(positions.map(({ base }) => maximum(0n, base))),
            openShort: total(positions.map(({ base }) => maximum(0n, -base))),
          };
          const { longDelta, shortDelta, surplus } = accrue(input);
          indices.long += longDelta;
          indices.short += shortDelta;
          kept += surplus;
          expect(surplus >= 0n).toBe(true);
        } else {
          const position = positions[draw.integer(4)]!;
          const base = position.base + draw.bits(1 + draw.integer(56)) - draw.bits(1 + draw.integer(56));
          const quote = draw.bits(50) - draw.bits(50);
          const { delta, dust } = shift(position.base, base, indices);
          expect(dust >= 0n && dust < UNIT).toBe(true);
          position.base = base;
          position.stored += quote + delta;
          traded += quote;
          kept += dust;
        }
        expect(total(positions.map((p) => exactQuote(p, indices))) + kept).toBe(traded * UNIT);
        expect(total(positions.map((p) => fundedQuote(p, indices))) <= traded).toBe(true);
      }
    }
  });

  it("scales receipts to payments, and charges a side that nobody is against", () => {
    const step = { rateWad: 10n ** 15n, priceWad: 100n * 10n ** 18n, elapsed: HOUR };
    expect(accrue({ ...step, openLong: 1n, openShort: 4n })).toMatchObject({
      longDelta: 10n ** 17n,
      shortDelta: 10n ** 17n / 4n,
    });
    expect(accrue({ ...step, openLong: 4n, openShort: 0n })).toEqual({
      longDelta: 10n ** 17n,
      shortDelta: 0n,
      surplus: 4n * 10n ** 17n,
    });
    const negative = accrue({ ...step, rateWad: -step.rateWad, openLong: 4n, openShort: 1n });
    expect(negative).toMatchObject({ longDelta: -(10n ** 17n) / 4n, shortDelta: -(10n ** 17n) });
  });

  it("charges no more than an hour at a time", () => {
    const step = { rateWad: 1n, priceWad: 1n, openLong: 0n, openShort: 0n };
    for (const elapsed of [0n, HOUR + 1n])
      expect(() => accrue({ ...step, elapsed })).toThrow(
        expect.objectContaining({ kind: "FundingInputOutOfRange" }),
      );
  });

  it("lets indices travel as far as the widest base allows", () => {
    expect(travelLimit(60)).toBe(UNIT << 19n);
    expect(travelLimit(0)).toBe(2n ** 119n - 1n);
    expect(absolute(travelLimit(74))).toBe(UNIT * 32n);
  });
});

function total(values: readonly bigint[]): bigint {
  return values.reduce((sum, value) => sum + value, 0n);
}
