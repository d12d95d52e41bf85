import type { Hex } from "viem";
import type { BookSample } from "../../clearing/funding/fundingRate.ts";

/** Where books come from: an exchange's, a venue's of ours, a test's. */
export interface BookSource {
  /** Impact prices and index of each book at this moment, by underlying (`bytes16`, see `underlyingId`). */
  latest(): Promise<ReadonlyMap<Hex, BookSample>>;
}
