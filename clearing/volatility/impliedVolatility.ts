import { millsRatio } from "./millsRatio.ts";

const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI);
/** A deviation of 32 gives prices that differ from their bound by less than 1e-50: nothing can be told from them. */
const MAX_DEVIATION = 32;
const MAX_STEPS = 200;
const TOLERANCE = 1e-15;

export interface OutOfTheMoneyParameters {
  /** ln(strike / forward). */
  logMoneyness: number;
  /** σ·√T. */
  deviation: number;
}

/**
 * Undiscounted Black-76 price of the option that is out of the money (a call at or above the forward, a put below), in units of
 * the forward. Black's formula through Mills ratios, so that the smallest prices keep their digits:
 * price/√(F·K) = φ(x/s)·e^(−s²/8)·[M(x/s − s/2) − M(x/s + s/2)], x = |ln(K/F)|, s = σ√T. To 1e-12 of itself for s from 5e-4 (5 % for an
 * hour); the difference loses digits as 1e-16/s below, and at 1e-15 has none left.
 */
export function outOfTheMoneyPrice({ logMoneyness, deviation }: OutOfTheMoneyParameters): number {
  if (deviation <= 0) return 0;
  return Math.exp(logPrice(Math.abs(logMoneyness), deviation).value + logMoneyness / 2);
}

export interface ImpliedDeviationParameters {
  /** ln(strike / forward). */
  logMoneyness: number;
  /** Undiscounted price of the option that is out of the money, in units of the forward. */
  price: number;
}

/**
 * σ·√T of a price, or `null` where none gives it: prices not between 0 and min(1, K/F).
 *
 * Newton's steps on the logarithm of the price, which is concave in σ√T; a step that leaves the bracket is replaced by halving it,
 * so that it always ends.
 */
export function impliedDeviation({ logMoneyness, price }: ImpliedDeviationParameters): number | null {
  const bound = Math.min(1, Math.exp(logMoneyness));
  if (!(price > 0 && price < bound)) return null;
  const x = Math.abs(logMoneyness);
  const wanted = Math.log(price) - logMoneyness / 2;
  let [low, high] = [0, MAX_DEVIATION];
  if (logPrice(x, high).value <= wanted) return null;
  // Where the price bends from convex to concave; at the forward, where price ≈ s/√(2π).
  let deviation = x > 0 ? Math.min(Math.sqrt(2 * x), MAX_DEVIATION / 2) : Math.min(price * 2.5, 1);
  for (let step = 0; step < MAX_STEPS; step++) {
    const { value, slope } = logPrice(x, deviation);
    if (value === wanted) return deviation;
    if (value < wanted) low = deviation;
    else high = deviation;
    const newton = deviation - (value - wanted) / slope;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - deviation) <= TOLERANCE * next) return next;
    deviation = next;
  }
  return deviation;
}

/** ln(price/√(F·K)) and its derivative by the deviation, which is 1/[M(x/s − s/2) − M(x/s + s/2)] as vega is φ(x/s)·e^(−s²/8). */
function logPrice(x: number, deviation: number): { value: number; slope: number } {
  const u = x / deviation;
  const difference = millsRatio(u - deviation / 2) - millsRatio(u + deviation / 2);
  const value = Math.log(difference) - HALF_LOG_2PI - 0.5 * u * u - (deviation * deviation) / 8;
  // Below all numbers: the price of a deviation this small is 0.
  if (!(difference > 0)) return { value: Number.NEGATIVE_INFINITY, slope: 1 };
  return { value, slope: 1 / difference };
}
