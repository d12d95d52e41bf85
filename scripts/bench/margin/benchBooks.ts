import type { BatchBooks } from "../../../clearing/margin/batch/batchBooks.ts";
import {
  type BatchInstrument,
  type BatchMarketParameters,
  batchMarket,
} from "../../../clearing/margin/batch/batchMarket.ts";
import {
  defaultAccountParameters,
  defaultUnderlyingParameters,
} from "../../../clearing/margin/marginParameters.ts";
import { optionArray } from "../../../clearing/margin/optionArray.ts";
import type { PortfolioMarginParameters } from "../../../clearing/margin/portfolioMargin.ts";
import { SYMBOLS } from "../../../clearing/margin/randomMargin.ts";
import type { OptionLeg, PerpetualLeg } from "../../../clearing/margin/riskBook.ts";
import { WAD } from "../../../clearing/math.ts";
import { type Random, random } from "../../../clearing/random.ts";

export const INSTRUMENTS_HELD = 20;

const NOW = 1_764_000_000n;
const DAY = 86_400n;
const PRICES: Record<(typeof SYMBOLS)[number], bigint> = { BTC: 90_000n, ETH: 3_000n, SOL: 140n, HYPE: 35n };
/** Days to expiry. */
const EXPIRIES = [1n, 2n, 7n, 14n, 30n, 60n, 90n, 180n];
/** Strikes, percent of the forward. */
const STRIKES = [60n, 70n, 80n, 85n, 90n, 95n, 100n, 105n, 110n, 120n, 135n, 160n];
const UNITS = 10 ** 8;

/** Four underlyings, each with a perpetual and options at 12 strikes and 8 expiries, their arrays by Black-76. */
export function benchMarket(): BatchMarketParameters {
  const underlyings = SYMBOLS.map((symbol) => {
    const priceWad = PRICES[symbol] * WAD;
    return {
      parameters: {
        ...defaultUnderlyingParameters(symbol),
        depth: 20_000_000n,
      },
      market: {
        priceWad,
        confidenceWad: priceWad / 2_000n,
        ageSeconds: 5n,
        rampPpm: 100_000n,
      },
    };
  });
  const instruments = underlyings.flatMap(({ parameters, market: { priceWad } }, underlying) => [
    { underlying },
    ...EXPIRIES.flatMap((days) =>
      STRIKES.flatMap((percent) =>
        [true, false].map((isCall) =>
          option({ underlying, priceWad, days, percent, isCall, scanRangePpb: parameters.scanRange }),
        ),
      ),
    ),
  ]);
  return { underlyings, instruments, parameters: defaultAccountParameters, time: NOW };
}

interface OptionParameters {
  underlying: number;
  priceWad: bigint;
  days: bigint;
  percent: bigint;
  isCall: boolean;
  scanRangePpb: bigint;
}

function option({
  underlying,
  priceWad,
  days,
  percent,
  isCall,
  scanRangePpb,
}: OptionParameters): BatchInstrument {
  const array = optionArray({
    option: {
      forwardWad: priceWad,
      strikeWad: (priceWad * percent) / 100n,
      yearsWad: (days * WAD) / 365n,
      discountWad: WAD,
      isCall,
    },
    model: { kind: "black76", volWad: (6n * WAD) / 10n },
    spotWad: priceWad,
    scanRangePpb,
  });
  const right = isCall ? ("call" as const) : ("put" as const);
  return {
    underlying,
    option: { right, expiry: NOW + days * DAY, mark: array.mark, array: array.entries },
  };
}

/**
 * Accounts with 20 instruments each, on one to three underlyings, most of them options, up to 10 units long or short, a quarter of it
 * offset on another chain. The same for the same seed.
 */
export function drawBooks(market: BatchMarketParameters, accounts: number, seed: number): BatchBooks {
  const draw = random(seed);
  const { places } = batchMarket(market);
  const perUnderlying = places.length / market.underlyings.length;
  const count = accounts * INSTRUMENTS_HELD;
  const books: BatchBooks = {
    starts: Int32Array.from({ length: accounts + 1 }, (_, account) => account * INSTRUMENTS_HELD),
    place: new Int32Array(count),
    base: Float64Array.from({ length: count }, () => draw.integer(20 * UNITS) - 10 * UNITS),
    offset: Float64Array.from({ length: count }, () =>
      draw.integer(4) === 0 ? draw.integer(10 * UNITS) : 0,
    ),
    closing: new Float64Array(count),
    quote: Float64Array.from({ length: count }, () => draw.integer(2 ** 32) - 2 ** 31),
    collateral: Float64Array.from({ length: accounts }, () => draw.integer(10 ** 6)),
  };
  for (let account = 0; account < accounts; account++)
    books.place.set(drawPlaces(draw, perUnderlying), account * INSTRUMENTS_HELD);
  return books;
}

/** What the exact model is asked of an account. */
export function exactAccount(
  { underlyings, instruments, parameters, time }: BatchMarketParameters,
  places: Int32Array,
  books: BatchBooks,
  account: number,
): PortfolioMarginParameters {
  const byPlace = new Map(instruments.map((instrument, given) => [places[given]!, instrument]));
  const held = underlyings.map((each) => ({
    ...each,
    holdings: { perpetuals: [] as PerpetualLeg[], options: [] as OptionLeg[] },
  }));
  for (let at = books.starts[account]!; at < books.starts[account + 1]!; at++) {
    const { underlying, option } = byPlace.get(books.place[at]!)!;
    const { perpetuals, options } = held[underlying]!.holdings;
    const leg = { base: BigInt(books.base[at]!), offset: BigInt(books.offset[at]!) };
    if (option === undefined) perpetuals.push(leg);
    else options.push({ ...leg, ...option });
  }
  return {
    underlyings: held.filter(({ holdings: h }) => h.perpetuals.length + h.options.length > 0),
    parameters,
    time,
  };
}

/** Ascending, no two alike. */
function drawPlaces(draw: Random, perUnderlying: number): number[] {
  const underlyings = 1 + draw.integer(3);
  const first = draw.integer(SYMBOLS.length - underlyings + 1);
  const chosen = new Set<number>();
  while (chosen.size < INSTRUMENTS_HELD)
    chosen.add((first + draw.integer(underlyings)) * perUnderlying + draw.integer(perUnderlying));
  return [...chosen].sort((a, b) => a - b);
}
