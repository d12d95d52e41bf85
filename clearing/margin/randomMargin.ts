import { maximum, minimum } from "../math.ts";
import type { Random } from "../random.ts";
import {
  type AccountParameters,
  defaultUnderlyingParameters,
  type UnderlyingParameters,
} from "./marginParameters.ts";
import { FULL_PPM } from "./openInterestRamp.ts";
import { perpetualArray } from "./riskArray.ts";
import { entries, PPB, scenarios, UNMOVED } from "./scenarios.ts";
import type { UnderlyingMarket } from "./underlyingRequirement.ts";

/** Underlyings with default parameters, each with another price scan range. */
export const SYMBOLS = ["BTC", "ETH", "SOL", "HYPE"] as const;

/** Default parameters, then the same with a depth and with caps of open interest. For tests, as all in this file. */
export const usualParameters: readonly UnderlyingParameters[] = [
  ...SYMBOLS.map(defaultUnderlyingParameters),
  ...SYMBOLS.map((symbol) => ({
    ...defaultUnderlyingParameters(symbol),
    depth: 50_000_000n,
    openInterestFrom: 10n ** 9n,
    openInterestTo: 5n * 10n ** 9n,
  })),
];

/** Any parameters within the bounds. */
export function drawParameters(draw: Random): UnderlyingParameters {
  const rate = (): bigint => BigInt(draw.integer(Number(PPB) + 1));
  const [optionMinimumInitial, perpMinimumInitial] = [rate() / 10n, rate() / 10n];
  const openInterestFrom = magnitude(draw, 47);
  return {
    scanRange: PPB / 1000n + (rate() * 949n) / 1000n,
    optionMinimumInitial,
    optionMinimumMaintenance: optionMinimumInitial / 3n,
    perpMinimumInitial,
    perpMinimumMaintenance: perpMinimumInitial / 2n,
    venueRate: rate() / 50n,
    oracleAllowance: rate() / 100n,
    dailyVolatility: rate() / 10n,
    basisFlat: rate() * 4n,
    basisPerYear: rate() * 4n,
    concentrationCap: PPB + rate() * 3n,
    depth: magnitude(draw, 47) + 1n,
    openInterestFrom,
    openInterestTo: openInterestFrom + 1n + magnitude(draw, 46),
  };
}

/** Any parameters of all accounts. */
export function drawAccountParameters(draw: Random): AccountParameters {
  return {
    maintenanceRatio: 1n + BigInt(draw.integer(Number(PPB))),
    crossCredit: BigInt(draw.integer(Number(PPB) + 1)),
    bufferRatio: BigInt(draw.integer(Number(PPB) + 1)),
  };
}

/** A market as there may be; a wild one has numbers of any size. */
export function drawMarket(draw: Random, wild: boolean): UnderlyingMarket {
  if (wild)
    return {
      priceWad: minimum(2n ** 128n - 1n, magnitude(draw, 128) + (draw.integer(9) === 0 ? 2n ** 127n : 1n)),
      confidenceWad: magnitude(draw, 120),
      ageSeconds: magnitude(draw, 40),
      rampPpm: drawShare(draw),
    };
  const priceWad = (magnitude(draw, 37) + 1n) * 10n ** 12n;
  return {
    priceWad,
    confidenceWad: draw.integer(2) === 0 ? 0n : priceWad / BigInt(200 + draw.integer(5_000)),
    ageSeconds: BigInt(draw.integer(120)),
    rampPpm: drawShare(draw),
  };
}

/** Of open interest below its caps, above them or between. */
function drawShare(draw: Random): bigint {
  return [0n, FULL_PPM, BigInt(draw.integer(Number(FULL_PPM)))][draw.integer(3)]!;
}

/** How far the price went from that of the arrays: mostly not at all, or by a few percent. */
export function drawMove(draw: Random, wild: boolean): bigint {
  if (draw.integer(2) === 0) return 0n;
  if (!wild) return BigInt(draw.integer(60_000_001) - 30_000_000);
  return draw.integer(2) === 0 ? -BigInt(draw.integer(Number(PPB))) : minimum(10n ** 12n, draw.bits(41));
}

/** An option's payoff against strike and spot by scenario, and something for volatility. */
export function drawPayoffArray(draw: Random, isPut: boolean): bigint[] {
  const strike = (PPB * BigInt(50 + draw.integer(120))) / 100n;
  const vega = BigInt(draw.integer(40_000_000));
  const payoff = (spot: bigint): bigint => maximum(0n, isPut ? strike - spot : spot - strike);
  const smile = { flat: 0n, up: 1n, down: -1n, slopeUp: 1n, slopeDown: -1n, smileUp: 1n, smileDown: -1n };
  return perpetualArray(15n * 10n ** 7n).map((move, s) =>
    s === UNMOVED ? 0n : payoff(PPB + move) - payoff(PPB) + vega * smile[scenarios[s]?.vol ?? "flat"],
  );
}

/** Entries of any size, the ends among them. */
export function drawAnyArray(draw: Random): bigint[] {
  return entries.map((s) => {
    if (s === UNMOVED) return 0n;
    const end = draw.integer(8);
    if (end < 2) return end === 0 ? -(2n ** 31n) : 2n ** 31n - 1n;
    return BigInt.asIntN(32, draw.bits(1 + draw.integer(32)));
  });
}

/** Of random length as well as value. */
export function magnitude(draw: Random, bits: number): bigint {
  return draw.bits(1 + draw.integer(bits));
}

/** Either sign of `magnitude`. */
export function signed(draw: Random, bits: number): bigint {
  const size = magnitude(draw, bits);
  return draw.integer(2) === 0 ? size : -size;
}

export function list<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}
