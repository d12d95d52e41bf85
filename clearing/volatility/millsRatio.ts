const SQRT_2PI = Math.sqrt(2 * Math.PI);
/** Below it the series is exact to a few units in the last place, above it the continued fraction converges. */
const SERIES_BELOW = 2;
const FRACTION_TERMS = 100;

/** Density of the standard normal distribution. */
export function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x) / SQRT_2PI;
}

/**
 * Mills ratio (1 − N(x)) / φ(x) of the standard normal distribution, to about 1e-14 of its value for every x above −38
 * (below, 1/φ(x) is infinite). It keeps its precision where 1 − N(x) is too small to be told from 0.
 *
 * Abramowitz and Stegun 26.2.11 (series) and 26.2.14 (continued fraction).
 */
export function millsRatio(x: number): number {
  if (x < 0) return 1 / normalDensity(x) - millsRatio(-x);
  return x < SERIES_BELOW ? 0.5 / normalDensity(x) - centralSeries(x) : continuedFraction(x);
}

/** (N(x) − 1/2) / φ(x) = x + x³/3 + x⁵/(3·5) + …: all terms are positive, so nothing cancels. */
function centralSeries(x: number): number {
  let [term, sum] = [x, x];
  for (let odd = 3; term > sum * 1e-17; odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return sum;
}

/** 1/(x + 1/(x + 2/(x + 3/(x + …)))). */
function continuedFraction(x: number): number {
  let tail = x;
  for (let n = FRACTION_TERMS; n >= 1; n--) tail = x + n / tail;
  return 1 / tail;
}
