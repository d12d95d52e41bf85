import {
  type ExpiryMean,
  NO_SAMPLES,
  sampleExpiry,
  settlementPrice,
  windowStart,
} from "../../clearing/oracle/expiryMean.ts";
import { random } from "../../clearing/random.ts";

const CASES = 80;

/** Prices as an oracle tells them around an expiry, and what `ExpiryPrices` and `sampleExpiry` must both make of them (CLR-20). */
export function expiryVectors(): unknown[] {
  const draw = random(43);
  return Array.from({ length: CASES }, () => {
    const expiry = 1_800_000_000n + BigInt(draw.integer(100_000));
    const step = 5 + draw.integer(170);
    let at = windowStart(expiry) - BigInt(draw.integer(300));
    let mean: ExpiryMean = NO_SAMPLES;
    const told = Array.from({ length: 15 + draw.integer(50) }, () => {
      // Now and then the same again, none, or one that goes back.
      at += BigInt(draw.integer(step)) - (draw.integer(12) === 0 ? BigInt(draw.integer(90)) : 0n);
      const price = {
        time: at,
        priceWad: draw.integer(20) === 0 ? 0n : draw.bits(draw.integer(4) === 0 ? 128 : 76),
      };
      mean = sampleExpiry(mean, expiry, price);
      return price;
    });
    return {
      expiry,
      time: told.map(({ time }) => time),
      priceWad: told.map(({ priceWad }) => priceWad),
      ...mean,
      settlementWad: settlementPrice(mean) ?? 0n,
    };
  });
}
