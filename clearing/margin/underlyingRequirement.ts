import { ceilDiv, ceilSqrt, maximum, minimum, WAD } from "../math.ts";
import { checkUnderlyingParameters, requireWithin, type UnderlyingParameters } from "./marginParameters.ts";
import { FULL_PPM } from "./openInterestRamp.ts";
import { type Holdings, nakedOptions, type RiskBook, sumHoldings } from "./riskBook.ts";
import {
  grid,
  PPB,
  scenarios,
  scenarioWeight,
  spotShock,
  THIRD_UP,
  tailsLast,
  UNMOVED,
} from "./scenarios.ts";

const YEAR = 31_536_000n;
const DAY = 86_400n;
/** base 1e-8 · entry or rate 1e-9 is 1e-17 of the spot. */
const PER_SPOT = 10n ** 17n;
const PER_BASE = 10n ** 8n;
const UINT128 = 2n ** 128n;
/** (2 · 4 - 1)²: from so many times the depth on, the largest cap there may be is reached. */
const FAR_BEYOND_DEPTH = 49n;

/** What the market of an underlying says. */
export interface UnderlyingMarket {
  /** Spot, dollars per unit, 1e18, not zero; a uint128, as the others. */
  priceWad: bigint;
  /** Half-width of the oracle's confidence interval, dollars, 1e18. */
  confidenceWad: bigint;
  /** Age of the price, seconds, a uint40. */
  ageSeconds: bigint;
  /** Share of what is missing to the whole notional that the ramp of open interest charges, millionths: `openInterestShare`. */
  rampPpm: bigint;
}

export interface UnderlyingRequirementParameters {
  parameters: UnderlyingParameters;
  market: UnderlyingMarket;
  holdings: Holdings;
  /** Of the price since the epoch of the options' arrays, `relativeMove`; none if they are of this price. */
  move?: bigint;
  /** Maintenance as a share of initial, 1e-9. */
  maintenanceRatio: bigint;
  /** Now, unix seconds. */
  time: bigint;
}

/** Every component of the requirement of one underlying, dollars, 1e18, each rounded up once. Mirror of `UnderlyingRequirement`. */
export interface UnderlyingRequirement {
  /** The larger of the worst weighted loss and of `basis`. */
  scan: bigint;
  basis: bigint;
  optionMinimumInitial: bigint;
  optionMinimumMaintenance: bigint;
  perpMinimumInitial: bigint;
  perpMinimumMaintenance: bigint;
  venue: bigint;
  /** 1e18. */
  concentration: bigint;
  /** What the ramp over open interest adds. */
  ramp: bigint;
  oracle: bigint;
  initial: bigint;
  maintenance: bigint;
  /** Below these no credit across underlyings brings the sum. */
  initialFloor: bigint;
  maintenanceFloor: bigint;
  /** Place of the scenario with the worst weighted loss. */
  worstScenario: number;
  /** Profit at each place of the grid, not weighted, rounding charged; exact, dollars at 1e35. */
  gridProfits: bigint[];
  /** Gained by the options since the epoch, 1e-17 of the epoch's price. */
  gained: bigint;
  /** Whether closing allowances may be used. */
  closes: boolean;
}

/**
 * Requirement of one underlying (risk model, section 4), to the bit as the contract (CLR-20). `docs/margin.md` has every formula
 * with its rounding.
 *
 * @throws CausewayError `MarginInputOutOfRange`, `RiskArrayMalformed`, `RiskArrayEntryOutOfRange`
 */
export function underlyingRequirement(input: UnderlyingRequirementParameters): UnderlyingRequirement {
  const { parameters, market, holdings, maintenanceRatio, time, move = 0n } = input;
  checkUnderlyingParameters(parameters);
  checkMarket(market);
  const price = market.priceWad;
  const book = sumHoldings({ holdings, scanRangePpb: parameters.scanRange, move });

  const [weightedLoss, worstScenario] = worstLoss(book, parameters.scanRange);
  const basis = basisCharge(book, parameters, price, time);
  const scan = maximum(ceilDiv(weightedLoss * price, PER_SPOT * PPB), basis);
  const minimums = minimumsOf(book, parameters, price);
  const venue = ceilDiv(book.offset * parameters.venueRate * price, PER_SPOT);
  const oracle = oracleCharge(book, parameters, market);

  const notional = netNotional(book, parameters.scanRange, price, scan);
  const concentration = concentrationFactor(notional, parameters);
  const scaled = (term: bigint): bigint => ceilDiv(term * concentration, WAD);
  const share = (term: bigint): bigint => ceilDiv(term * maintenanceRatio, PPB);
  const base = scaled(maximum(scan, minimums.initial));
  const ramp = ceilDiv(maximum(0n, notional - base) * market.rampPpm, FULL_PPM);

  return {
    scan,
    basis,
    ...minimums.terms,
    venue,
    concentration,
    ramp,
    oracle,
    initial: base + ramp + venue + oracle,
    maintenance: scaled(maximum(share(scan), minimums.maintenance)) + share(venue),
    initialFloor: minimums.initial + venue + oracle,
    maintenanceFloor: minimums.maintenance + share(venue),
    worstScenario,
    gridProfits: grid.map((s) => -book.losses[s]! * price),
    gained: book.gained,
    closes: book.closes,
  };
}

/**
 * Worst weighted loss, 1e-26 of the spot, and the scenario that has it: of equal ones the first, where tails come last. Unmoved loses
 * the rounding, so never less than nothing.
 */
function worstLoss({ losses }: RiskBook, scanRangePpb: bigint): [loss: bigint, scenario: number] {
  const weighted = losses.map((loss, s) => loss * scenarioWeight(scenarios[s]!, scanRangePpb));
  const worst = tailsLast.reduce((best, s) => (weighted[s]! > weighted[best]! ? s : best), UNMOVED);
  return [weighted[worst]!, worst];
}

/**
 * Σ over expiries of the losses at ±0.3 price scan ranges, volatility flat, times `flat + perYear · years`. An array has no such
 * point: it is taken on the line from nothing moved, where the loss is nothing, to ±1/3, of which it is nine tenths.
 */
function basisCharge(
  { expiries }: RiskBook,
  { basisFlat, basisPerYear }: UnderlyingParameters,
  priceWad: bigint,
  time: bigint,
): bigint {
  const losses = expiries.reduce((total, { expiry, lossDown, lossUp }) => {
    const seconds = maximum(0n, expiry - time);
    return (
      total + (maximum(0n, lossDown) + maximum(0n, lossUp)) * (basisFlat * YEAR + basisPerYear * seconds)
    );
  }, 0n);
  return ceilDiv(losses * 9n * priceWad, 10n * YEAR * PPB * PER_SPOT);
}

function minimumsOf(book: RiskBook, parameters: UnderlyingParameters, priceWad: bigint) {
  const naked = nakedOptions(book);
  const charge = (base: bigint, rate: bigint): bigint => ceilDiv(base * rate * priceWad, PER_SPOT);
  const terms = {
    optionMinimumInitial: charge(naked, parameters.optionMinimumInitial),
    optionMinimumMaintenance: charge(naked, parameters.optionMinimumMaintenance),
    perpMinimumInitial: charge(book.perpetual, parameters.perpMinimumInitial),
    perpMinimumMaintenance: charge(book.perpetual, parameters.perpMinimumMaintenance),
  };
  return {
    terms,
    initial: maximum(terms.optionMinimumInitial, terms.perpMinimumInitial),
    maintenance: maximum(terms.optionMinimumMaintenance, terms.perpMinimumMaintenance),
  };
}

/** The larger of the net delta notional, with the delta between -1/3 and +1/3, and of scan / price scan range. */
function netNotional({ delta }: RiskBook, scanRangePpb: bigint, priceWad: bigint, scan: bigint): bigint {
  const third = spotShock(scenarios[THIRD_UP]!, scanRangePpb);
  return maximum(ceilDiv(delta * priceWad, 2n * third * PER_BASE), ceilDiv(scan * PPB, scanRangePpb));
}

/** min(cap, max(1, 1 + (√(notional / depth) - 1) / 2)), 1e18. */
export function concentrationFactor(
  notional: bigint,
  { depth, concentrationCap }: UnderlyingParameters,
): bigint {
  const depthWad = depth * WAD;
  if (notional <= depthWad) return WAD;
  const cap = concentrationCap * PPB;
  if (notional >= FAR_BEYOND_DEPTH * depthWad) return cap;
  const root = ceilSqrt(ceilDiv(notional * WAD * WAD, depthWad));
  return minimum(cap, ceilDiv(WAD + root, 2n));
}

/** Gross notional times what the price's uncertainty exceeds the allowance by, the whole notional at the most. */
function oracleCharge(
  { gross }: RiskBook,
  { oracleAllowance, dailyVolatility }: UnderlyingParameters,
  { priceWad, confidenceWad, ageSeconds }: UnderlyingMarket,
): bigint {
  const uncertainty = oracleUncertainty({ priceWad, confidenceWad, ageSeconds, dailyVolatility });
  const charged = minimum(WAD, maximum(0n, uncertainty - oracleAllowance * PPB));
  return ceilDiv(ceilDiv(gross * priceWad, PER_BASE) * charged, WAD);
}

/** β = 3 · confidence / price + daily volatility · √(age in days), 1e18, each term rounded up. */
export function oracleUncertainty(
  parameters: Omit<UnderlyingMarket, "rampPpm"> & Pick<UnderlyingParameters, "dailyVolatility">,
): bigint {
  const { priceWad, confidenceWad, ageSeconds, dailyVolatility } = parameters;
  const rootDays = ceilSqrt(ceilDiv(ageSeconds * WAD * WAD, DAY));
  return ceilDiv(3n * confidenceWad * WAD, priceWad) + ceilDiv(dailyVolatility * rootDays, PPB);
}

/** @throws CausewayError `MarginInputOutOfRange` as the contract reverts */
export function checkMarket({ priceWad, confidenceWad, ageSeconds, rampPpm }: UnderlyingMarket): void {
  requireWithin("priceWad", priceWad, 1n, UINT128 - 1n);
  requireWithin("confidenceWad", confidenceWad, 0n, UINT128 - 1n);
  requireWithin("ageSeconds", ageSeconds, 0n, 2n ** 40n - 1n);
  requireWithin("rampPpm", rampPpm, 0n, FULL_PPM);
}
