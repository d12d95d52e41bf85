import { CausewayError } from "../../errors/CausewayError.ts";
import { floorDiv } from "../math.ts";
import { type EngineMarket, numberParts } from "./engineMarket.ts";
import { ANY_AGE, entryOf, epochOf, knownUnderlying, settledPayoff, spotOf } from "./engineReading.ts";
import type { UnderlyingHoldings } from "./portfolioMargin.ts";
import type { OptionLeg, PerpetualLeg } from "./riskBook.ts";

/** One instrument of an account, netted over all chains. Mirror of the contracts' `Exposure`. */
export interface Exposure {
  /** Of the instrument (`instrumentNumber`), a uint32. */
  number: number;
  /** Net, 1e-8, signed: an int88. */
  base: bigint;
  /** 1e-6 dollar, signed: an int88. Without base it is a gain or a loss that was not settled. */
  quote: bigint;
  /** min(Σ longs, Σ shorts) over chains, 1e-8: a uint96. */
  offset: bigint;
  /** By how much closing allowances may still move `base` towards zero and beyond, 1e-8: a uint88. */
  closing: bigint;
}

/** An exposure with what its risk and its value come from. */
interface Holding {
  underlying: number;
  quote: bigint;
  /** Of an option whose settlement price is fixed, dollars, 1e18. */
  settledWad: bigint;
  perpetual?: Required<PerpetualLeg>;
  option?: OptionLeg;
  /** Of `option`, 1e-9 of the epoch's price. */
  mark: bigint;
}

/** What an account holds on one underlying. */
export interface UnderlyingExposures {
  /** Place in numbers. */
  underlying: number;
  held: readonly Holding[];
  /** None of what is worth something, but has no risk and needs no price: without perpetual and option. */
  risk?: UnderlyingHoldings;
}

const PER_BASE = 10n ** 8n;
/** base 1e-8 · mark 1e-9 is 1e-17 of the epoch's price. */
const PER_SPOT = 10n ** 17n;
const WAD_PER_MICRO = 10n ** 12n;

/**
 * Exposures by underlying, in order of appearance, with what `assess` and certificates need of them.
 *
 * @throws CausewayError as `assess`, but for the number of exposures
 */
export function readExposures(
  market: EngineMarket,
  exposures: readonly Exposure[],
  maxPriceAge: bigint,
): UnderlyingExposures[] {
  const all = exposures.map((exposure) => holdingOf(market, exposure, maxPriceAge));
  return [...Map.groupBy(all, ({ underlying }) => underlying)].map(([underlying, held]) => {
    const isRisky = held.some(({ perpetual, option }) => perpetual ?? option);
    return isRisky
      ? { underlying, held, risk: riskOf(market, underlying, held, maxPriceAge) }
      : { underlying, held };
  });
}

function holdingOf(market: EngineMarket, exposure: Exposure, maxPriceAge: bigint): Holding {
  const { number, base, quote, offset, closing } = exposure;
  const { underlying, place, generation } = numberParts(number);
  const holding: Holding = { underlying, quote, settledWad: 0n, mark: 0n };
  const leg = { base, offset, closing };
  if (base === 0n && offset === 0n && closing === 0n) return holding;
  if (place === 0) {
    if (generation !== 0) throw new CausewayError("MarginUnknownNumber", { details: { found: number } });
    spotOf(market, underlying, maxPriceAge);
    return { ...holding, perpetual: leg };
  }
  const entry = entryOf(market, number);
  if (entry === undefined || entry.expiry <= market.time) {
    const payoff = settledPayoff(market, number);
    if (payoff !== undefined) return { ...holding, settledWad: floorDiv(base * payoff, PER_BASE) };
  }
  if (entry !== undefined) epochOf(market, underlying, maxPriceAge);
  if (entry === undefined || (entry.isCarried && maxPriceAge !== ANY_AGE))
    throw new CausewayError("MarginNoArray", { details: { found: number } });
  const { right, expiry, array, mark } = entry;
  return { ...holding, option: { ...leg, right, expiry, array }, mark };
}

function riskOf(
  market: EngineMarket,
  index: number,
  held: readonly Holding[],
  maxPriceAge: bigint,
): UnderlyingHoldings {
  const { parameters } = knownUnderlying(market, index);
  const perpetuals = held.flatMap(({ perpetual }) => perpetual ?? []);
  const options = held.flatMap(({ option }) => option ?? []);
  const holdings = { perpetuals, options };
  if (options.length === 0) return { parameters, market: spotOf(market, index, maxPriceAge), holdings };
  const { epoch, move, spot } = epochOf(market, index, maxPriceAge);
  // That of the arrays, so that options and perpetual move alike.
  const { scanRange } = epoch;
  return { parameters: { ...parameters, scanRange }, market: spot, holdings, move };
}

/**
 * Dollars, 1e18. Perpetual, options and settled options are each rounded down once, those whose settlement price is fixed one by one.
 *
 * @param gained by the options since the epoch, 1e-17 of its price
 */
export function worthOf(
  market: EngineMarket,
  { underlying, held }: UnderlyingExposures,
  gained: bigint,
): bigint {
  const known = market.underlyings.get(underlying);
  const [priceWad, epochWad] = [known?.price.priceWad ?? 0n, known?.epoch?.priceWad ?? 0n];
  const perpetual = sum(held, (one) => one.perpetual?.base ?? 0n);
  const marks = sum(held, ({ option, mark }) => (option?.base ?? 0n) * mark);
  return (
    sum(held, ({ quote, settledWad }) => quote * WAD_PER_MICRO + settledWad) +
    floorDiv(perpetual * priceWad, PER_BASE) +
    floorDiv((marks + gained) * epochWad, PER_SPOT)
  );
}

function sum<T>(items: readonly T[], of: (item: T) => bigint): bigint {
  return items.reduce((total, item) => total + of(item), 0n);
}
