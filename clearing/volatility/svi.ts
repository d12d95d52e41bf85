/**
 * A slice of a volatility surface, Gatheral's raw SVI: total variance σ²T of log-moneyness k = ln(strike / forward) is
 * w(k) = a + b(ρ(k − m) + √((k − m)² + σ²)).
 */
export interface SviSlice {
  a: number;
  b: number;
  rho: number;
  m: number;
  sigma: number;
}

/** w(k), σ²T. */
export function totalVariance({ a, b, rho, m, sigma }: SviSlice, k: number): number {
  const x = k - m;
  return a + b * (rho * x + Math.sqrt(x * x + sigma * sigma));
}

/** Lowest total variance of a slice, a + bσ√(1 − ρ²). */
export function lowestVariance({ a, b, rho, sigma }: SviSlice): number {
  return a + b * sigma * Math.sqrt(1 - rho * rho);
}

/**
 * Gatheral and Jacquier's g(k) = (1 − kw′/2w)² − w′²/4·(1/w + 1/4) + w″/2 ("Arbitrage-free SVI volatility surfaces", 2014, eq. 2.1).
 * Where it is negative so is the density of the price at expiry: a butterfly pays for nothing.
 */
export function butterfly(slice: SviSlice, k: number): number {
  const { b, rho, m, sigma } = slice;
  const x = k - m;
  const root = Math.sqrt(x * x + sigma * sigma);
  const w = totalVariance(slice, k);
  const first = b * (rho + x / root);
  const second = (b * sigma * sigma) / (root * root * root);
  return (1 - (k * first) / (2 * w)) ** 2 - ((first * first) / 4) * (1 / w + 1 / 4) + second / 2;
}
