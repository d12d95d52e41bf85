import type { SliceParameters } from "../../clearing/oracle/surface.ts";

/** What is known of one expiry's options. */
export interface QuotedSlice {
  /** Unix seconds. */
  expiry: number;
  /** Forward as a share of the spot, and discount, 1e18. */
  forwardRatioWad: bigint;
  discountWad: bigint;
  parameters: SliceParameters;
}

/** All slices of an underlying, by symbol. An expiry that is not among them has none. */
export type Surfaces = ReadonlyMap<string, readonly QuotedSlice[]>;

/** Where volatility surfaces come from: a file, a fit of an exchange's quotes, a test. */
export interface SurfaceSource {
  latest(): Promise<Surfaces>;
}
