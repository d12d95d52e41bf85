import { CausewayError } from "../../errors/CausewayError.ts";
import { PPB } from "./scenarios.ts";

/** Parameters of an underlying: `UnderlyingParameters` of `contracts/risk/MarginParameters.sol`. Rates in 1e-9. */
export interface UnderlyingParameters {
  /** Price scan range. */
  scanRange: bigint;
  optionMinimumInitial: bigint;
  optionMinimumMaintenance: bigint;
  perpMinimumInitial: bigint;
  perpMinimumMaintenance: bigint;
  venueRate: bigint;
  /** Uncertainty of the price that costs nothing. */
  oracleAllowance: bigint;
  dailyVolatility: bigint;
  /** Share of an expiry's loss that its basis charge takes, and that for each year to expiry. */
  basisFlat: bigint;
  basisPerYear: bigint;
  /** At most so many times, through concentration. */
  concentrationCap: bigint;
  /** Notional that trades without moving the price (a tenth of a day's volume), whole dollars. */
  depth: bigint;
  /** Open interest, whole dollars, from which the initial rate rises, and at which it is all of the notional. */
  openInterestFrom: bigint;
  openInterestTo: bigint;
}

/** What else is set for an underlying: `UnderlyingLimits` of `contracts/risk/MarginParameters.sol`. */
export interface UnderlyingLimits {
  /** Gains that are not settled count for initial margin up to this, whole dollars. */
  gainsCap: bigint;
  /** Seconds since an epoch's price was published after which its arrays carry no new risk. */
  maxEpochAge: bigint;
  /** Share of the price scan range, 1e-9, that the price may have moved since then. */
  maxMove: bigint;
  /** By how much the ceiling of the open interest's ramp may move in a day, 1e-9. */
  rampPerDay: bigint;
}

/** Parameters of all accounts, 1e-9. */
export interface AccountParameters {
  /** Maintenance as a share of initial. */
  maintenanceRatio: bigint;
  /** Share of what underlyings offset that is credited. */
  crossCredit: bigint;
  /** Further share of the maintenance requirement that the buffer margin keeps free. */
  bufferRatio: bigint;
}

const DOLLARS = 2n ** 48n - 1n;
const PERMILLE = PPB / 1000n;

/** From `least` to `most`, ends included. */
const bounds: Record<keyof UnderlyingParameters, readonly [least: bigint, most: bigint]> = {
  /** At 1 the lowest scenario would have a forward of zero, which no model prices. */
  scanRange: [PERMILLE, 950n * PERMILLE],
  optionMinimumInitial: [0n, PPB],
  optionMinimumMaintenance: [0n, PPB],
  perpMinimumInitial: [0n, PPB],
  perpMinimumMaintenance: [0n, PPB],
  venueRate: [0n, PPB],
  oracleAllowance: [0n, PPB],
  dailyVolatility: [0n, PPB],
  basisFlat: [0n, 4n * PPB],
  basisPerYear: [0n, 4n * PPB],
  concentrationCap: [PPB, 4n * PPB],
  depth: [1n, DOLLARS],
  openInterestFrom: [0n, DOLLARS - 1n],
  openInterestTo: [1n, DOLLARS],
};

const OTHER_SCAN_RANGE = 400n * PERMILLE;
const MAJORS = ["SOL", "XRP", "BNB", "DOGE", "ADA", "TRX", "AVAX", "LINK", "LTC", "BCH"];
const SCAN_RANGES: ReadonlyMap<string, bigint> = new Map([
  ["BTC", 150n * PERMILLE],
  ["ETH", 180n * PERMILLE],
  ...MAJORS.map((underlying) => [underlying, 250n * PERMILLE] as const),
]);

export const defaultAccountParameters: AccountParameters = {
  maintenanceRatio: (8n * PPB) / 10n,
  crossCredit: PPB / 2n,
  bufferRatio: (15n * PPB) / 100n,
};

/**
 * Default parameters of an underlying (risk model, sections 3 and 4). Depth and caps of open interest have no default: without
 * them there is no concentration charge.
 */
export function defaultUnderlyingParameters(underlying: string): UnderlyingParameters {
  return {
    scanRange: SCAN_RANGES.get(underlying) ?? OTHER_SCAN_RANGE,
    optionMinimumInitial: 10n * PERMILLE,
    optionMinimumMaintenance: 5n * PERMILLE,
    perpMinimumInitial: 20n * PERMILLE,
    perpMinimumMaintenance: 15n * PERMILLE,
    venueRate: 5n * PERMILLE,
    oracleAllowance: PERMILLE,
    dailyVolatility: 40n * PERMILLE,
    basisFlat: PPB / 2n,
    basisPerYear: 2n * PPB,
    concentrationCap: 3n * PPB,
    depth: DOLLARS,
    openInterestFrom: DOLLARS - 1n,
    openInterestTo: DOLLARS,
  };
}

/** @throws CausewayError `MarginInputOutOfRange` as `MarginParameters.check` reverts */
export function checkUnderlyingParameters(parameters: UnderlyingParameters): void {
  for (const [field, [least, most]] of Object.entries(bounds))
    requireWithin(field, parameters[field as keyof UnderlyingParameters], least, most);
  const { optionMinimumInitial, optionMinimumMaintenance, perpMinimumInitial, perpMinimumMaintenance } =
    parameters;
  requireWithin("optionMinimumMaintenance", optionMinimumMaintenance, 0n, optionMinimumInitial);
  requireWithin("perpMinimumMaintenance", perpMinimumMaintenance, 0n, perpMinimumInitial);
  requireWithin("openInterestFrom", parameters.openInterestFrom, 0n, parameters.openInterestTo - 1n);
}

/** @throws CausewayError `MarginInputOutOfRange` */
export function checkAccountParameters({
  maintenanceRatio,
  crossCredit,
  bufferRatio,
}: AccountParameters): void {
  requireWithin("maintenanceRatio", maintenanceRatio, 1n, PPB);
  requireWithin("crossCredit", crossCredit, 0n, PPB);
  requireWithin("bufferRatio", bufferRatio, 0n, PPB);
}

/** @throws CausewayError `MarginInputOutOfRange` */
export function requireWithin(field: string, found: bigint, least: bigint, most: bigint): void {
  if (found >= least && found <= most) return;
  throw new CausewayError("MarginInputOutOfRange", {
    details: { field, found, expected: `${least} to ${most}` },
  });
}
