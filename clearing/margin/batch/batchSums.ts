import { grid, scenarios } from "../scenarios.ts";

/** Sums over one account, and over what it holds on one underlying. */
export interface Sums {
  initial: number;
  maintenance: number;
  initialFloor: number;
  maintenanceFloor: number;
  /** Of all underlyings together by scenario of the grid, and of each one's worst: loss, dollars. */
  joint: Float64Array;
  apart: number;
  error: number;
  equity: number;
  equityWeight: number;
  equityError: number;
  /** Whether there are closing allowances; and on the underlying. */
  closes: boolean;
  closing: boolean;
  /** Of one underlying: profit by scenario, 1e-17 of the spot, the rounding of arrays not charged; and what closing could lose. */
  profits: Float64Array;
  lost: Float64Array;
  /** By how much what is lost more at +1/3 than at -1/3 could rise and fall through closing. */
  rise: number;
  fall: number;
  /** 1e-8: Σ |base| of options, and by how much closing could let it grow; net perpetual, likewise. */
  options: number;
  optionsGrown: number;
  perpetual: number;
  perpetualGrown: number;
  /** Σ of what offsets over chains; short options that nothing covers. */
  offset: number;
  naked: number;
  /** Loss that the basis charge takes, 1e-17 of the spot. */
  basis: number;
  /** Of its legs in the bound of the error, dollars. */
  weight: number;
}

/** Made once and used for all accounts: a scan allocates nothing an account. */
export function newSums(): Sums {
  return {
    initial: 0,
    maintenance: 0,
    initialFloor: 0,
    maintenanceFloor: 0,
    joint: new Float64Array(grid.length),
    apart: 0,
    error: 0,
    equity: 0,
    equityWeight: 0,
    equityError: 0,
    closes: false,
    closing: false,
    profits: new Float64Array(scenarios.length),
    lost: new Float64Array(scenarios.length),
    rise: 0,
    fall: 0,
    options: 0,
    optionsGrown: 0,
    perpetual: 0,
    perpetualGrown: 0,
    offset: 0,
    naked: 0,
    basis: 0,
    weight: 0,
  };
}

/** Sets the account's sums to those of one that holds `collateral` dollars and nothing else. */
export function clearAccount(sums: Sums, collateral: number): void {
  sums.joint.fill(0);
  sums.initial = 0;
  sums.maintenance = 0;
  sums.initialFloor = 0;
  sums.maintenanceFloor = 0;
  sums.apart = 0;
  sums.error = 0;
  sums.equity = collateral;
  sums.equityWeight = Math.abs(collateral);
  sums.equityError = 0;
  sums.closes = false;
}

/** But for `lost`, which is cleared when it is first used. */
export function clearUnderlying(sums: Sums): void {
  sums.profits.fill(0);
  sums.closing = false;
  sums.rise = 0;
  sums.fall = 0;
  sums.options = 0;
  sums.optionsGrown = 0;
  sums.perpetual = 0;
  sums.perpetualGrown = 0;
  sums.offset = 0;
  sums.naked = 0;
  sums.basis = 0;
  sums.weight = 0;
}
