import type { Hex } from "viem";
import { type OptionTerms, option, perpetual } from "../../../clearing/codec/instrumentId.ts";
import type { Certificate } from "../../../clearing/margin/certificate.ts";
import {
  type EngineMarket,
  type EngineUnderlying,
  type Epoch,
  instrumentNumber,
  MAX_PRICE,
  numberParts,
  settlementKey,
} from "../../../clearing/margin/engineMarket.ts";
import { ANY_AGE } from "../../../clearing/margin/engineReading.ts";
import type { Exposure } from "../../../clearing/margin/exposures.ts";
import {
  defaultAccountParameters,
  type UnderlyingParameters,
} from "../../../clearing/margin/marginParameters.ts";
import { openInterestShare, openInterestWad } from "../../../clearing/margin/openInterestRamp.ts";
import {
  drawAccountParameters,
  drawMarket,
  drawParameters,
  list,
  magnitude,
  SYMBOLS,
  signed,
  usualParameters,
} from "../../../clearing/margin/randomMargin.ts";
import type { RiskArray } from "../../../clearing/margin/riskArray.ts";
import type { RiskEntry } from "../../../clearing/margin/riskEntry.ts";
import { grid, PPB, scenarios } from "../../../clearing/margin/scenarios.ts";
import { maximum, minimum } from "../../../clearing/math.ts";
import type { Random } from "../../../clearing/random.ts";

/** What the engine and its mirror are both asked. */
export interface EngineCase {
  market: EngineMarket;
  /** Underlyings without parameters, of which only price and options are known, by place in numbers. */
  unknown: ReadonlyMap<number, EngineUnderlying>;
  /** What the hub says of each underlying, 1e-8. */
  openInterest: ReadonlyMap<number, bigint>;
  /** Entries a chunk of its epochs. */
  perChunk: number;
  exposures: readonly Exposure[];
  maxPriceAge: bigint;
  /** Instruments whose mark and reference are asked for. */
  asked: readonly Hex[];
  certificate: Certificate;
}

/** The time of the chain while it is asked. */
export const NOW = 1_764_000_000n;

const DAY = 86_400n;
const MAX_PRICE_AGE = 300n;
const INT88 = 2n ** 87n;
const MAX_CHUNKS = 8;
const MAX_ENTRIES = 24;
const STRIKE_UNITS = 10n ** 10n;
const DAYS = [-3n, -1n, 1n, 7n, 30n, 400n];

/**
 * A market and an account in it: up to four underlyings with perpetuals and options, epochs young and stale, near the price and far from it,
 * options that expired, settled or not, and closing allowances. Of a wild one every number is of any size that its type holds. In a few
 * something is missing, so that both must refuse by the same name.
 *
 * @param arrays that options may have
 */
export function drawEngineCase(draw: Random, wild: boolean, arrays: readonly RiskArray[]): EngineCase {
  const rarely = (of: number): boolean => draw.integer(of) === 0;
  const drawn = SYMBOLS.slice(draw.integer(SYMBOLS.length)).map((symbol, i) => ({
    // Not from 1 on in a row, so that places are no counts.
    index: 1 + 3 * i,
    isKnown: !rarely(40),
    ...drawUnderlying(draw, wild, symbol, arrays),
  }));
  const options = new Map<number, OptionTerms>();
  for (const { index, known } of drawn)
    for (const [number, terms] of optionsOf(draw, wild, index, known)) options.set(number, terms);
  const numbers = [
    ...drawn.map(({ index }) => instrumentNumber({ underlying: index, place: 0, generation: 0 })),
    ...options.keys(),
    ...(rarely(30) ? [instrumentNumber({ underlying: 1, place: 900, generation: 0 })] : []),
    ...(rarely(60) ? [instrumentNumber({ underlying: 1, place: 0, generation: 1 })] : []),
  ].filter(() => !rarely(4));
  const exposures = numbers.map((number) => drawExposure(draw, wild, number));
  // Those of an underlying no longer in a row.
  if (rarely(3)) exposures.sort((a, b) => generationOf(a) - generationOf(b));
  if (rarely(200))
    exposures.push(...list(129, (i) => ({ ...drawExposure(draw, wild, 2 ** 31 + i), base: 0n })));
  const known = drawn.filter(({ isKnown }) => isKnown);
  const underlyings = new Set(exposures.map(({ number }) => numberParts(number).underlying)).size;
  return {
    market: {
      underlyings: new Map(known.map((one) => [one.index, one.known])),
      options,
      settlements: drawSettlements(draw, wild, options),
      account: wild ? drawAccountParameters(draw) : defaultAccountParameters,
      time: NOW,
    },
    unknown: new Map(drawn.filter(({ isKnown }) => !isKnown).map((one) => [one.index, one.known])),
    openInterest: new Map(drawn.map((one) => [one.index, one.openInterest])),
    perChunk: Math.ceil(MAX_ENTRIES / MAX_CHUNKS) + draw.integer(20),
    exposures,
    maxPriceAge: draw.integer(4) < (wild ? 3 : 1) ? ANY_AGE : MAX_PRICE_AGE,
    asked: [
      ...[...options.values()].slice(0, 3).map(option),
      perpetual(SYMBOLS[draw.integer(SYMBOLS.length)]!),
      ...(rarely(10) ? [option({ underlying: "BTC", expiry: 1, strike: 1n, right: "put" })] : []),
    ],
    certificate: drawCertificate(draw, underlyings),
  };
}

/** One in 20 is malformed. */
function drawCertificate(draw: Random, underlyings: number): Certificate {
  const malformed = draw.integer(60);
  return {
    joint: malformed === 0 ? draw.integer(256) : grid[draw.integer(grid.length)]!,
    scenarios: list(underlyings + (malformed === 1 ? 1 : 0), () =>
      draw.integer(malformed === 2 ? 256 : scenarios.length),
    ),
  };
}

function drawUnderlying(
  draw: Random,
  wild: boolean,
  underlying: string,
  arrays: readonly RiskArray[],
): { known: EngineUnderlying; openInterest: bigint } {
  const spot = drawMarket(draw, wild);
  const spotWad = draw.integer(60) === 0 ? [0n, 2n ** 130n][draw.integer(2)]! : spot.priceWad;
  const parameters = wild ? drawParameters(draw) : usualParameters[draw.integer(usualParameters.length)]!;
  // The oldest that does, and the youngest that does not.
  const ageSeconds = draw.integer(50) === 0 ? MAX_PRICE_AGE + BigInt(draw.integer(2)) : spot.ageSeconds;
  const limits = {
    gainsCap: wild ? magnitude(draw, 48) : 10_000n,
    maxEpochAge: wild ? 1n + BigInt(draw.integer(86_400)) : 3_600n,
    maxMove: wild ? 1n + BigInt(draw.integer(Number(PPB))) : PPB / 8n,
    rampPerDay: PPB / 4n,
  };
  const drawn = drawEpoch(draw, wild, spotWad, parameters.scanRange, arrays);
  const oldest = NOW - limits.maxEpochAge - BigInt(draw.integer(2));
  const epoch = draw.integer(24) === 0 ? { ...drawn, time: oldest } : drawn;
  const price = {
    priceWad: draw.integer(24) === 0 ? edgeOf(draw, epoch, limits.maxMove) : spotWad,
    confidenceWad: draw.integer(60) === 0 ? 2n ** 200n : spot.confidenceWad,
    ageSeconds,
    time: maximum(0n, NOW - ageSeconds),
  };
  const openInterest = drawOpenInterest(draw, wild, price.priceWad, parameters);
  // Else the engine refuses to be told.
  const isTold = price.priceWad !== 0n && ageSeconds <= limits.maxEpochAge;
  const rampPpm = isTold ? openInterestShare(openInterestWad(openInterest, price.priceWad), parameters) : 0n;
  const known = { underlying, parameters, limits, price, rampPpm };
  return { known: draw.integer(16) === 0 ? known : { ...known, epoch }, openInterest };
}

/** Mostly about the caps, 1e-8. */
function drawOpenInterest(
  draw: Random,
  wild: boolean,
  priceWad: bigint,
  { openInterestFrom, openInterestTo }: UnderlyingParameters,
): bigint {
  if (priceWad === 0n || (wild && draw.integer(3) === 0)) return magnitude(draw, 127);
  const width = openInterestTo - openInterestFrom;
  const dollars = openInterestFrom + (width * BigInt(draw.integer(1_300) - 150)) / 1_000n;
  return (maximum(0n, dollars) * 10n ** 26n) / priceWad + BigInt(draw.integer(2));
}

/** As far from the epoch's price as new risk may be, or one more, up or down. */
function edgeOf(draw: Random, { priceWad, scanRange }: Epoch, maxMove: bigint): bigint {
  const far = (priceWad * scanRange * maxMove) / PPB / PPB + BigInt(draw.integer(2));
  return draw.integer(2) === 0 ? priceWad + far : maximum(0n, priceWad - far);
}

function drawEpoch(
  draw: Random,
  wild: boolean,
  spotWad: bigint,
  scanRange: bigint,
  arrays: readonly RiskArray[],
): Epoch {
  const far = wild || draw.integer(12) === 0;
  const factor = BigInt(10 ** 9 + (draw.integer(2) === 0 ? 0 : draw.integer(far ? 10 ** 9 : 6 * 10 ** 6)));
  const near = (spotWad * (draw.integer(2) === 0 ? factor : 2n * PPB - factor)) / PPB;
  const priceWad = wild && draw.integer(3) === 0 ? magnitude(draw, 112) : near;
  return {
    priceWad: maximum(1n, minimum(MAX_PRICE, priceWad)),
    // A price may be a few seconds ahead of the block.
    time: draw.integer(20) === 0 ? 0n : NOW + 5n - BigInt(draw.integer(3_600)),
    scanRange: draw.integer(4) === 0 ? usualParameters[0]!.scanRange : scanRange,
    entries: list(draw.integer(60) === 0 ? MAX_ENTRIES : draw.integer(10), () =>
      draw.integer(16) === 0 ? undefined : drawEntry(draw, wild, arrays),
    ),
  };
}

function drawEntry(draw: Random, wild: boolean, arrays: readonly RiskArray[]): RiskEntry {
  return {
    mark: magnitude(draw, wild ? 48 : 30),
    expiry: NOW + DAYS[draw.integer(DAYS.length)]! * DAY,
    generation: BigInt(draw.integer(3)),
    right: draw.integer(2) === 0 ? "call" : "put",
    isCarried: draw.integer(80) === 0,
    array: arrays[draw.integer(arrays.length)]!,
  };
}

/** One for each entry, a few where there is none, and a few that had the place of another one before. */
function* optionsOf(
  draw: Random,
  wild: boolean,
  index: number,
  { underlying, price, epoch }: EngineUnderlying,
): Generator<[number, OptionTerms]> {
  const entries = epoch?.entries ?? [];
  for (const [at, entry] of [...entries, undefined].entries()) {
    const older = draw.integer(30) === 0 ? 1 : 0;
    if (entry === undefined && draw.integer(16) > 0) continue;
    const { expiry, right, generation } = entry ?? drawEntry(draw, wild, [[]]);
    const number = instrumentNumber({
      underlying: index,
      place: at + 1,
      generation: Number(generation) + older,
    });
    const strike = wild
      ? draw.bits(71)
      : (price.priceWad * BigInt(60 + draw.integer(80))) / 100n / STRIKE_UNITS;
    // No two alike.
    const own = minimum(2n ** 71n, strike) + BigInt(number % 2 ** 24) + 1n;
    yield [number, { underlying, expiry: Number(older ? NOW - DAY : expiry), strike: own, right }];
  }
}

function drawSettlements(
  draw: Random,
  wild: boolean,
  options: ReadonlyMap<number, OptionTerms>,
): Map<string, bigint> {
  const settlements = new Map<string, bigint>();
  for (const terms of options.values())
    if (draw.integer(4) > 0)
      settlements.set(
        settlementKey(terms),
        wild ? magnitude(draw, 128) + 1n : (magnitude(draw, 37) + 1n) * 10n ** 12n,
      );
  return settlements;
}

function drawExposure(draw: Random, wild: boolean, number: number): Exposure {
  const bits = wild ? 87 : 44;
  const drawn = wild && draw.integer(20) === 0 ? -INT88 : maximum(1n - INT88, signed(draw, bits));
  return {
    number,
    base: draw.integer(10) === 0 ? 0n : drawn,
    quote: maximum(-INT88, signed(draw, wild ? 87 : 50)),
    offset: draw.integer(2) === 0 ? 0n : magnitude(draw, wild ? 96 : 44),
    closing: draw.integer(8) === 0 ? magnitude(draw, wild ? 88 : 45) : 0n,
  };
}

function generationOf({ number }: Exposure): number {
  return numberParts(number).generation;
}
