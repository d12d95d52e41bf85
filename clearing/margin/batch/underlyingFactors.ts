import { maximum, minimum, WAD } from "../../math.ts";
import { checkUnderlyingParameters, type UnderlyingParameters } from "../marginParameters.ts";
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
  /** How far open interest is from its lower to its upper cap, 0 to 1. */
  ramp: number;
}

/** One of `loss` at a price of 1e-18, in dollars; and one in 1e-9. */
const PER_DOLLAR = 1e35;
const PER_ONE = 1e9;

/**
 * Each factor is exact but for at most six roundings.
 *
 * @throws CausewayError `MarginInputOutOfRange`
 */
export function underlyingFactors(
  parameters: UnderlyingParameters,
  market: UnderlyingMarket,
): UnderlyingFactors {
  checkUnderlyingParameters(parameters);
  checkMarket(market);
  const { scanRange, dailyVolatility, oracleAllowance, openInterestFrom, openInterestTo } = parameters;
  const unit = Number(market.priceWad) / PER_DOLLAR;
  const third = Number(spotShock(scenarios[THIRD_UP]!, scanRange)) / PER_ONE;
  const weights = scenarios.map((scenario) => Number(scenarioWeight(scenario, scanRange)) / PER_ONE);
  const uncertainty = oracleUncertainty({ ...market, dailyVolatility });
  const charged = minimum(WAD, maximum(0n, uncertainty - oracleAllowance * PPB));
  const width = (openInterestTo - openInterestFrom) * WAD;
  const above = minimum(width, maximum(0n, market.openInterestWad - openInterestFrom * WAD));
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
    ramp: Number(above) / Number(width),
  };
}
