import { maximum, minimum, WAD } from "../../math.ts";
import { relativeMove } from "../epochMove.ts";
import { checkUnderlyingParameters, requireWithin, type UnderlyingParameters } from "../marginParameters.ts";
import { FULL_PPM } from "../openInterestRamp.ts";
import { PPB, scenarios, scenarioWeight, spotShock, THIRD_UP } from "../scenarios.ts";
import { checkMarket, oracleUncertainty, type UnderlyingMarket } from "../underlyingRequirement.ts";

/** Factors of an underlying: its parameters at its market. A base counts 1e-8, a loss 1e-17 of the spot, as in `RiskBook`. */
export interface UnderlyingFactors {
  /** Dollars for one of loss. */
  unit: number;
  /** Of each scenario's loss. */
  weights: Float64Array;
  /** Dollars for one of base. */
  optionMinimumInitial: number;
  optionMinimumMaintenance: number;
  perpMinimumInitial: number;
  perpMinimumMaintenance: number;
  venue: number;
  oracle: number;
  /** Dollars of net notional for one of what is lost more at +1/3 than at -1/3. */
  perDifference: number;
  /** 1 / price scan range, and 1 / a third of it. */
  perRange: number;
  perThird: number;
  /** Dollars. */
  depth: number;
  concentrationCap: number;
  /** Share of what is missing to the whole notional that the ramp of open interest charges, 0 to 1. */
  ramp: number;
  /** Of the price since the epoch of the options' arrays, 1e-9, `relativeMove`. */
  move: bigint;
  /** Dollars for one of a mark, 1e-17 of the epoch's price. */
  markUnit: number;
  /** Loss that one base of the perpetual adds to what the basis charge takes. */
  perpBasis: number;
}

/** What the batch knows of an underlying. */
export interface BatchUnderlying {
  parameters: UnderlyingParameters;
  market: UnderlyingMarket;
  /** Price of the epoch of the options' arrays, a uint128; that of the market without it. */
  epochWad?: bigint;
}

/** One of `loss` at a price of 1e-18, in dollars; and one in 1e-9. */
const PER_DOLLAR = 1e35;
const PER_ONE = 1e9;

/**
 * Each factor is exact but for at most six roundings.
 *
 * @throws CausewayError `MarginInputOutOfRange`
 */
export function underlyingFactors({ parameters, market, epochWad }: BatchUnderlying): UnderlyingFactors {
  checkUnderlyingParameters(parameters);
  checkMarket(market);
  const epoch = epochWad ?? market.priceWad;
  requireWithin("epochWad", epoch, 1n, 2n ** 128n - 1n);
  const { scanRange, dailyVolatility, oracleAllowance } = parameters;
  const unit = Number(market.priceWad) / PER_DOLLAR;
  const third = Number(spotShock(scenarios[THIRD_UP]!, scanRange)) / PER_ONE;
  const weights = scenarios.map((scenario) => Number(scenarioWeight(scenario, scanRange)) / PER_ONE);
  const uncertainty = oracleUncertainty({ ...market, dailyVolatility });
  const charged = minimum(WAD, maximum(0n, uncertainty - oracleAllowance * PPB));
  return {
    unit,
    weights: Float64Array.from(weights),
    optionMinimumInitial: Number(parameters.optionMinimumInitial) * unit,
    optionMinimumMaintenance: Number(parameters.optionMinimumMaintenance) * unit,
    perpMinimumInitial: Number(parameters.perpMinimumInitial) * unit,
    perpMinimumMaintenance: Number(parameters.perpMinimumMaintenance) * unit,
    venue: Number(parameters.venueRate) * unit,
    oracle: (Number(charged) / PER_ONE) * unit,
    perDifference: unit / (2 * third),
    perRange: PER_ONE / Number(scanRange),
    perThird: 1 / third,
    depth: Number(parameters.depth),
    concentrationCap: Number(parameters.concentrationCap) / PER_ONE,
    ramp: Number(market.rampPpm) / Number(FULL_PPM),
    move: relativeMove(market.priceWad, epoch),
    markUnit: Number(epoch) / PER_DOLLAR,
    perpBasis: third * PER_ONE * basisShare(parameters, 0n),
  };
}

const YEAR = 31_536_000n;

/** Share of the losses at ±1/3 of the price scan range that the basis charge takes: nine tenths, since it is for ±0.3, of flat + perYear · years. */
export function basisShare({ basisFlat, basisPerYear }: UnderlyingParameters, seconds: bigint): number {
  return Number(9n * (basisFlat * YEAR + basisPerYear * seconds)) / Number(10n * YEAR * PPB);
}
