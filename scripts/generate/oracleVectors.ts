import {
  type AcceptedPrice,
  decidePrice,
  NO_PRICE,
  type PriceParameters,
  type SourceReading,
} from "../../clearing/oracle/decidePrice.ts";
import { type Random, random } from "../../clearing/random.ts";

const ROUTERS = 40;
const STEPS = 12;
const WAD = 10n ** 18n;
const START = 1_800_000_000n;

/** Routers, each with what its sources say step by step, and what `PriceRouter` and `decidePrice` must both decide (CLR-20). */
export function oracleVectors(): Record<string, unknown> {
  const draw = random(41);
  const routers = Array.from({ length: ROUTERS }, () => {
    const count = 2 + draw.integer(6);
    return {
      quorum: 2 + draw.integer(Math.min(count - 1, 3)),
      maxDeviationBps: BigInt(1 + draw.integer(300)),
      maxConfidenceBps: BigInt(50 + draw.integer(500)),
      maxMoveBpsPerMinute: BigInt(100 + draw.integer(3_000)),
      minPriceWad: WAD,
      maxPriceWad: 10n ** 7n * WAD,
      heartbeats: Array.from({ length: count + 1 }, () => BigInt(30 + draw.integer(300))),
    };
  });
  return { routers, steps: routers.flatMap((router, index) => steps(draw, index, router)) };
}

function steps(draw: Random, router: number, terms: PriceParameters & { heartbeats: bigint[] }) {
  let now = START;
  let level = 1_000n * WAD + draw.bits(70);
  let last: AcceptedPrice | undefined;
  return Array.from({ length: STEPS }, () => {
    now += BigInt(1 + draw.integer(90));
    // Mostly a walk, now and then a jump that the rate bound must catch.
    level += (level * BigInt(draw.integer(201) - 100)) / (draw.integer(10) === 0 ? 150n : 10_000n);
    const all = terms.heartbeats.map((heartbeatSeconds) => reading(draw, level, now, heartbeatSeconds));
    const internal = all.pop()!;
    const { reason, price, reasons } = decidePrice({ now, readings: all, internal, parameters: terms, last });
    last = price ?? last;
    const said = [...all, internal];
    return {
      router,
      now,
      priceWad: said.map((r) => r.priceWad),
      confidenceWad: said.map((r) => r.confidenceWad),
      time: said.map((r) => r.time),
      reason: said.map((r) => NO_PRICE.indexOf(r.reason)),
      outcome: NO_PRICE.indexOf(reason),
      reasons: reasons.map((r) => NO_PRICE.indexOf(r)),
      // What is stored afterwards; zeros while there is nothing.
      stored: last ? [last.priceWad, last.confidenceWad, last.time, last.emaWad] : [0n, 0n, 0n, 0n],
    };
  });
}

/** Mostly honest; sometimes late, doubtful, wrong, early, silent. */
function reading(draw: Random, level: bigint, now: bigint, heartbeatSeconds: bigint): SourceReading {
  const honest: SourceReading = {
    priceWad: level + (level * BigInt(draw.integer(161) - 80)) / 10_000n + draw.bits(20),
    confidenceWad: (level * BigInt(draw.integer(40))) / 10_000n + draw.bits(20),
    time: now - BigInt(draw.integer(40)) + BigInt(draw.integer(12)),
    reason: "none",
    heartbeatSeconds,
  };
  switch (draw.integer(24)) {
    case 0:
      return { ...honest, time: now - heartbeatSeconds - BigInt(draw.integer(3)) };
    case 1:
      return { ...honest, time: now + 14n + BigInt(draw.integer(3)) };
    case 2:
      return { ...honest, confidenceWad: honest.priceWad / BigInt(5 + draw.integer(30)) };
    case 3:
      return { ...honest, priceWad: draw.integer(2) === 0 ? draw.bits(60) : 10n ** 25n + draw.bits(2) };
    case 4:
      return { ...honest, reason: NO_PRICE[1 + draw.integer(6)]! };
    case 5:
    case 6:
      return { ...honest, priceWad: (honest.priceWad * BigInt(950 + draw.integer(101))) / 1_000n };
    default:
      return honest;
  }
}
