import { type Hex, hashStruct } from "viem";
import type { BookSample } from "./fundingRate.ts";

/** A book's sample with its name. */
export interface NamedBookSample extends BookSample {
  /** `bytes16`. */
  underlying: Hex;
}

/** Samples that were taken together, as `FundingRates.post` takes them. */
export interface FundingSamples {
  /** Unix seconds. */
  time: number;
  samples: readonly NamedBookSample[];
}

/** EIP-712 types of samples. */
export const fundingSamplesTypes = {
  FundingSamples: [
    { name: "time", type: "uint48" },
    { name: "samples", type: "BookSample[]" },
  ],
  BookSample: [
    { name: "underlying", type: "bytes16" },
    { name: "bidWad", type: "uint128" },
    { name: "askWad", type: "uint128" },
    { name: "indexWad", type: "uint128" },
  ],
} as const;

/** EIP-712 hash of samples, without the domain (CLR-20). */
export function fundingSamplesHash(samples: FundingSamples): Hex {
  return hashStruct({ data: samples, primaryType: "FundingSamples", types: fundingSamplesTypes });
}
