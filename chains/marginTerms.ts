import { formatUnits } from "viem";
import { z } from "zod";
import {
  defaultUnderlyingParameters,
  type UnderlyingLimits,
  type UnderlyingParameters,
} from "../clearing/margin/marginParameters.ts";
import { decimal } from "./decimalSchema.ts";
import type { MarketParameters } from "./markets.ts";

/** What a configuration may set of an underlying's margin besides price scan range and venue rate; defaults for the rest (`docs/margin.md`). */
export type MarginTerms = Omit<UnderlyingParameters, "scanRange" | "venueRate"> & UnderlyingLimits;

/**
 * A million dollars; an hour; an eighth of the price scan range; a twentieth a day: a tenth in the least delay of the
 * role that can set other caps (`MIN_ROLE_DELAY_SECONDS`).
 */
export const defaultLimits: UnderlyingLimits = {
  gainsCap: 1_000_000n,
  maxEpochAge: 3_600n,
  maxMove: 125_000_000n,
  rampPerDay: 50_000_000n,
};

const PPB_DECIMALS = 9;
/** `"0.01"` is 1 %. */
const ratio = decimal(PPB_DECIMALS);
/** Dollars or seconds. */
const whole = z.int().nonnegative().transform(BigInt);

const fields = {
  optionMinimumInitial: ratio,
  optionMinimumMaintenance: ratio,
  perpMinimumInitial: ratio,
  perpMinimumMaintenance: ratio,
  oracleAllowance: ratio,
  dailyVolatility: ratio,
  basisFlat: ratio,
  basisPerYear: ratio,
  concentrationCap: ratio,
  depth: whole,
  openInterestFrom: whole,
  openInterestTo: whole,
  gainsCap: whole,
  maxEpochAge: whole,
  maxMove: ratio,
  rampPerDay: ratio,
} satisfies Record<keyof MarginTerms, unknown>;

export const marginTermsSchema = z
  .strictObject(fields)
  .partial()
  .transform((given): Partial<MarginTerms> => {
    const set = Object.entries(given).filter(([, value]) => value !== undefined);
    return Object.fromEntries(set);
  });

/** Terms as a configuration file has them. */
export function marginTermsConfig(terms: Partial<MarginTerms>): z.input<typeof marginTermsSchema> {
  return Object.fromEntries(
    Object.entries(terms).map(([field, value]) => [
      field,
      fields[field as keyof MarginTerms] === whole ? Number(value) : formatUnits(value, PPB_DECIMALS),
    ]),
  );
}

/** Everything that the margin engine is told of a market. */
export function marginSettings({ underlying, priceScanRangeWad, venueRateWad, margin }: MarketParameters): {
  parameters: UnderlyingParameters;
  limits: UnderlyingLimits;
} {
  const { gainsCap, maxEpochAge, maxMove, rampPerDay, ...parameters } = {
    ...defaultUnderlyingParameters(underlying),
    ...defaultLimits,
    ...margin,
  };
  const [scanRange, venueRate] = [priceScanRangeWad / WAD_PER_PPB, venueRateWad / WAD_PER_PPB];
  return {
    parameters: { ...parameters, scanRange, venueRate },
    limits: { gainsCap, maxEpochAge, maxMove, rampPerDay },
  };
}

/** The engine's unit of a share is 1e-9. */
export const WAD_PER_PPB = 10n ** 9n;
