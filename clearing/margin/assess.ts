import { CausewayError } from "../../errors/CausewayError.ts";
import { minimum, WAD } from "../math.ts";
import type { EngineMarket } from "./engineMarket.ts";
import { ANY_AGE } from "./engineReading.ts";
import { type Exposure, readExposures, worthOf } from "./exposures.ts";
import { MAX_INSTRUMENTS, type PortfolioMargin, portfolioMargin } from "./portfolioMargin.ts";

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
  const account = readExposures(market, exposures, maxPriceAge);
  const risky = account.flatMap(({ underlying, risk }) => (risk === undefined ? [] : { underlying, risk }));
  const margin = portfolioMargin({
    underlyings: risky.map(({ risk }) => risk),
    parameters: market.account,
    time: market.time,
    most: exposures.length,
  });
  const gained = new Map(risky.map(({ underlying }, i) => [underlying, margin.underlyings[i]!.gained]));
  const values = account.map((one) => ({
    value: worthOf(market, one, gained.get(one.underlying) ?? 0n),
    cap: (market.underlyings.get(one.underlying)?.limits.gainsCap ?? 0n) * WAD,
  }));
  const assessment = {
    valueInitialWad: sum(values, ({ value, cap }) => minimum(value, cap)),
    valueMaintenanceWad: sum(values, ({ value }) => value),
    initialWad: margin.initial,
    maintenanceWad: margin.maintenance,
  };
  const underlyings = risky.map(({ underlying, risk }) => ({
    index: underlying,
    scanRange: risk.parameters.scanRange,
  }));
  return { assessment, margin, underlyings };
}

function sum<T>(items: readonly T[], of: (item: T) => bigint): bigint {
  return items.reduce((total, item) => total + of(item), 0n);
}
