import { absolute, ceilDiv, maximum, minimum } from "../math.ts";

/** base (1e-8) × mark (1e18) × rate (1e18), down to dollars at 1e18. */
const SCALE = 10n ** 26n;

/** One instrument of a portfolio, netted over the chains that count. */
export interface Exposure {
  /** Net, 1e-8, signed. */
  base: bigint;
  /** Sum over chains of the long positions, 1e-8; `shorts` likewise. */
  longs: bigint;
  shorts: bigint;
  /** By how much closing allowances may still move the net towards zero and beyond, 1e-8. */
  closing?: bigint;
  /** Dollars per unit, 1e18. */
  markWad: bigint;
  rates: ScanRates;
}

/** Parameters of an underlying, 1e18. */
export interface ScanRates {
  /** Price scan range: the move that initial margin covers. */
  scanWad: bigint;
  /** Charge on legs that offset each other on different chains: they can be closed only one by one. */
  venueWad: bigint;
}

export interface Requirement {
  /** Dollars, 1e18, rounded up. */
  initialWad: bigint;
  maintenanceWad: bigint;
}

/**
 * Margin requirement of a portfolio, to the bit as `ScanMarginEngine.assess` (CLR-20), which tests of the hub use. Of closing trades that may be on their way
 * counts the largest net that any part of them leaves, and an offset as if all of them were on other chains.
 */
export function scanMargin(exposures: readonly Exposure[]): Requirement {
  const initialWad = exposures.reduce((total, { base, longs, shorts, closing = 0n, markWad, rates }) => {
    const size = absolute(base);
    const scan = ceilDiv(maximum(size, closing - size) * markWad * rates.scanWad, SCALE);
    const offset = minimum(longs, shorts) + minimum(size, closing);
    const venue = ceilDiv(offset * markWad * rates.venueWad, SCALE);
    return total + scan + venue;
  }, 0n);
  return { initialWad, maintenanceWad: ceilDiv(initialWad * 8n, 10n) };
}
