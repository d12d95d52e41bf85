import { underlyingId } from "../../clearing/codec/instrumentId.ts";
import type { PriceSource } from "../../relayer/price/priceSource.ts";

/** Prices of a tape as far as it was replayed. */
export interface ReplayPrices extends PriceSource {
  set(underlying: string, priceWad: bigint): void;
}

/** @param first where each underlying starts, 1e18 */
export function createReplayPrices(first: ReadonlyMap<string, bigint>): ReplayPrices {
  const prices = new Map([...first].map(([underlying, priceWad]) => [underlyingId(underlying), priceWad]));
  return {
    latest: async () => new Map(prices),
    set: (underlying, priceWad) => {
      prices.set(underlyingId(underlying), priceWad);
    },
  };
}
