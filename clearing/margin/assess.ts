import { CausewayError } from "../../errors/CausewayError.ts";
import { floorDiv, minimum, WAD } from "../math.ts";
import { type EngineMarket, numberParts } from "./engineMarket.ts";
import { ANY_AGE, entryOf, epochOf, knownUnderlying, settledPayoff, spotOf } from "./engineReading.ts";
import {
  MAX_INSTRUMENTS,
  type PortfolioMargin,
  portfolioMargin,
  type UnderlyingHoldings,
} from "./portfolioMargin.ts";
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

/** What positions are worth and what they require, dollars, 1e18. Mirror of `Assessment`. */
export interface Assessment {
  /** Gains that are not settled count up to the cap of their underlying. */
  valueInitialWad: bigint;
  valueMaintenanceWad: bigint;
  initialWad: bigint;
  maintenanceWad: bigint;
}

export interface AssessParameters {
  market: EngineMarket;
  /** No number twice: as the hub lists them. */
  exposures: readonly Exposure[];
  /** Seconds, or `ANY_AGE`. */
  maxPriceAge: bigint;
}

/** An assessment and what its requirement is made of. */
export interface AssessmentParts {
  assessment: Assessment;
  margin: PortfolioMargin;
  /** Of `margin.underlyings`, their places in numbers and the price scan ranges that their scenarios move by, 1e-9. */
  underlyings: readonly { index: number; scanRange: bigint }[];
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

const PER_BASE = 10n ** 8n;
/** base 1e-8 · mark 1e-9 is 1e-17 of the epoch's price. */
const PER_SPOT = 10n ** 17n;
const WAD_PER_MICRO = 10n ** 12n;

/**
 * Value and requirement of all that an account holds, to the bit as `ScenarioMarginEngine.assess` (CLR-20): the same four numbers, or
 * refused by the same name: `Margin_StaleEpoch` there is `MarginStaleEpoch` here. Of several refusals the first in the order of the
 * exposures counts.
 *
 * @throws CausewayError `MarginTooManyInstruments`, `MarginUnknownNumber`, `MarginNoParameters`, `MarginStalePrice`,
 * `MarginPriceOutOfRange`, `MarginStaleEpoch`, `MarginMovedTooFar`, `MarginNoArray`; `MarginInputOutOfRange` above 2^94 of Σ |base| on an
 * underlying
 */
export function assess(parameters: AssessParameters): Assessment {
  return assessInParts(parameters).assessment;
}

/**
 * As {@link assess}, and what the requirement is made of.
 *
 * @throws as `assess`
 */
export function assessInParts({ market, exposures, maxPriceAge }: AssessParameters): AssessmentParts {
  // More may be held, as reports bring them, and has to be liquidated.
  if (exposures.length > MAX_INSTRUMENTS && maxPriceAge !== ANY_AGE)
    throw new CausewayError("MarginTooManyInstruments", {
      details: { found: exposures.length, expected: MAX_INSTRUMENTS },
    });
  const all = exposures.map((exposure) => holdingOf(market, exposure, maxPriceAge));
  const byUnderlying = [...Map.groupBy(all, ({ underlying }) => underlying)];
  // What has neither perpetual nor option is worth something, but has no risk and needs no price.
  const risky = byUnderlying.filter(([, held]) => held.some(({ perpetual, option }) => perpetual ?? option));
  const underlyings = risky.map(([index, held]) => riskOf(market, index, held, maxPriceAge));
  const margin = portfolioMargin({
    underlyings,
    parameters: market.account,
    time: market.time,
    most: exposures.length,
  });
  const gained = new Map(risky.map(([index], i) => [index, margin.underlyings[i]!.gained]));
  const values = byUnderlying.map(([index, held]) => ({
    value: worthOf(market, index, held, gained.get(index) ?? 0n),
    cap: (market.underlyings.get(index)?.limits.gainsCap ?? 0n) * WAD,
  }));
  const assessment = {
    valueInitialWad: sum(values, ({ value, cap }) => minimum(value, cap)),
    valueMaintenanceWad: sum(values, ({ value }) => value),
    initialWad: margin.initial,
    maintenanceWad: margin.maintenance,
  };
  const ranges = underlyings.map(({ parameters: { scanRange } }, i) => ({ index: risky[i]![0], scanRange }));
  return { assessment, margin, underlyings: ranges };
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

/** Perpetual, options and settled options are each rounded down once, those whose settlement price is fixed one by one. */
function worthOf(market: EngineMarket, index: number, held: readonly Holding[], gained: bigint): bigint {
  const known = market.underlyings.get(index);
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
