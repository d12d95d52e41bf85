import type { SviSlice } from "./svi.ts";

/**
 * A slice in the coordinates that it is fitted in: log-moneyness in deviations √w₀ and variance in units of w₀, w₀ being the total variance at
 * the forward, so that the numbers of an hour and of three years are of the same size. The rules of a slice are bounds of single
 * coordinates here: lowest variance above 0, and both wings' slopes b(1 ∓ ρ) from 0 to 2.
 */
export interface SliceCoordinates {
  /** a + bσ√(1 − ρ²), over w₀. */
  lowest: number;
  /** b(1 − ρ)/√w₀: slope of the left wing, downwards. */
  left: number;
  /** b(1 + ρ)/√w₀: slope of the right wing. */
  right: number;
  /** m/√w₀. */
  centre: number;
  /** ln(σ/√w₀). */
  logWidth: number;
}

/** The raw parameters; `unit` is w₀. */
export function toSlice({ lowest, left, right, centre, logWidth }: SliceCoordinates, unit: number): SviSlice {
  const deviation = Math.sqrt(unit);
  const sigma = Math.exp(logWidth) * deviation;
  const b = ((left + right) / 2) * deviation;
  return {
    // b√(1 − ρ²) = √(left·right)·√w₀.
    a: lowest * unit - Math.sqrt(left * right) * deviation * sigma,
    b,
    rho: (right - left) / (right + left),
    m: centre * deviation,
    sigma,
  };
}
