const MINUTE = 60n;
const WINDOW_MINUTES = 30n;
const MIN_SAMPLES = 20;

/** A price as the oracle tells it. */
export interface PublishedPrice {
  /** Unix seconds. */
  time: bigint;
  /** Dollars per unit, 1e18; zero if there is none. */
  priceWad: bigint;
}

/** As `IExpiryPrices.Mean`. */
export interface ExpiryMean {
  /** Dollars, 1e18. */
  priceSumWad: bigint;
  samples: number;
  /** First minute that may still be taken, counted from the window's start. */
  nextMinute: bigint;
}

/** Of an expiry that nobody sampled yet. */
export const NO_SAMPLES: ExpiryMean = { priceSumWad: 0n, samples: 0, nextMinute: 0n };

/** Unix seconds at which the window of an expiry starts. */
export function windowStart(expiry: bigint): bigint {
  return expiry - WINDOW_MINUTES * MINUTE;
}

/** The mean after sampling a price, to the bit as `ExpiryPrices.sample` takes it (CLR-20); the same object if it does not count. */
export function sampleExpiry(
  mean: ExpiryMean,
  expiry: bigint,
  { time, priceWad }: PublishedPrice,
): ExpiryMean {
  const elapsed = time - windowStart(expiry);
  if (priceWad === 0n || elapsed < 0n) return mean;
  const minute = elapsed / MINUTE;
  if (minute < mean.nextMinute) return mean;
  if (minute >= WINDOW_MINUTES && mean.samples >= MIN_SAMPLES) return mean;
  return {
    priceSumWad: mean.priceSumWad + priceWad,
    samples: mean.samples + 1,
    nextMinute: minute + 1n,
  };
}

/** Unix seconds from which the price of an expiry may be fixed. */
export function fixableFrom(expiry: bigint): bigint {
  return expiry + MINUTE;
}

/** What `ExpiryPrices.fix` makes of a mean: dollars, 1e18; `undefined` while there are too few samples. */
export function settlementPrice({ priceSumWad, samples }: ExpiryMean): bigint | undefined {
  return samples < MIN_SAMPLES ? undefined : priceSumWad / BigInt(samples);
}
