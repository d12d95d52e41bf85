import type { Hex } from "viem";

/** Where prices come from: an exchange, a tape, a test. */
export interface PriceSource {
  /** Dollars per unit, 1e18, by underlying (`bytes16`, see `underlyingId`). */
  latest(): Promise<ReadonlyMap<Hex, bigint>>;
}
