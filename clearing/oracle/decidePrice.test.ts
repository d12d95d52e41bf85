import { describe, expect, it } from "vitest";
import { maximum, minimum, WAD } from "../math.ts";
import { random } from "../random.ts";
import { type AcceptedPrice, decidePrice, type PriceParameters, type SourceReading } from "./decidePrice.ts";

const now = 1_800_000_000n;
const parameters: PriceParameters = {
  quorum: 2,
  maxDeviationBps: 150n,
  maxConfidenceBps: 200n,
  maxMoveBpsPerMinute: 2_000n,
  minPriceWad: WAD,
  maxPriceWad: 10_000_000n * WAD,
};
const says = (priceWad: bigint, time = now, confidenceWad = 0n): SourceReading => ({
  priceWad,
  confidenceWad,
  time,
  reason: "none",
  heartbeatSeconds: 120n,
});
const decide = (
  readings: SourceReading[],
  rest: { last?: AcceptedPrice; internal?: SourceReading; quorum?: number } = {},
) =>
  decidePrice({
    now,
    readings,
    parameters: { ...parameters, quorum: rest.quorum ?? 2 },
    last: rest.last,
    internal: rest.internal,
  });

describe("decidePrice", () => {
  it("takes the median; two sources vouch for confidence and time", () => {
    const readings = [
      says(60_000n, now, 30n),
      says(60_100n, now - 20n, 10n),
      says(60_030n, now - 50n, 5n),
    ].map((r) => ({ ...r, priceWad: r.priceWad * WAD, confidenceWad: r.confidenceWad * WAD }));
    const priceWad = 60_030n * WAD;
    expect(decide(readings)).toEqual({
      reason: "none",
      price: { priceWad, confidenceWad: 60n * WAD, time: now - 20n, emaWad: priceWad },
      reasons: ["none", "none", "none"],
    });
  });

  it("CLR-13: gives no mean of two that disagree, not even with the internal price between them", () => {
    const readings = [says(100n * WAD), says(102n * WAD)];
    expect(decide(readings).reason).toBe("disagree");
    expect(decide(readings, { internal: says(101n * WAD) }).reason).toBe("disagree");
  });

  it("CLR-13: never counts the internal price for the quorum; lets it break a tie", () => {
    expect(decide([says(100n * WAD)], { internal: says(100n * WAD) }).reason).toBe("belowQuorum");
    const tie = [says(100n * WAD), says(101n * WAD)];
    expect(decide(tie).price?.priceWad).toBe((201n * WAD) / 2n);
    expect(decide(tie, { internal: says(10n * WAD) }).price?.priceWad).toBe(100n * WAD);
  });

  it("CLR-13: refuses what is not newer, and what moves too fast until time enough has passed", () => {
    const level = 100n * WAD;
    const last = { priceWad: level, confidenceWad: 0n, time: now - 60n, emaWad: level };
    const fall = [says(40n * WAD), says(40n * WAD)];
    expect(decide(fall, { last: { ...last, time: now } }).reason).toBe("notNewer");
    expect(decide(fall, { last: { ...last, time: now - 179n } }).reason).toBe("tooFast");
    expect(decide(fall, { last: { ...last, time: now - 180n } }).price).toMatchObject({
      priceWad: 40n * WAD,
      emaWad: 55n * WAD,
    });
  });

  it("CLR-13: no one liar of three moves price, time or confidence beyond what the honest two say", () => {
    const draw = random(42);
    for (let i = 0; i < 2_000; i += 1) {
      const honest = [0, 1].map(() =>
        says(
          100n * WAD + (WAD * BigInt(draw.integer(2_000))) / 1_000n,
          now - BigInt(draw.integer(100)),
          draw.bits(60),
        ),
      );
      const liar = says(
        draw.integer(3) === 0 ? draw.bits(80) : 98n * WAD + draw.bits(62),
        now + BigInt(draw.integer(30)) - 5n,
        draw.bits(61),
      );
      const readings = honest.toSpliced(draw.integer(3), 0, liar);
      const { price } = decide(readings);
      if (!price) continue;
      const [a, b] = honest as [SourceReading, SourceReading];
      const low = minimum(a.priceWad, b.priceWad);
      const high = maximum(a.priceWad, b.priceWad);
      expect(price.priceWad >= low && price.priceWad <= high, `round ${i}`).toBe(true);
      expect(price.time <= maximum(a.time, b.time)).toBe(true);
    }
  });
});
