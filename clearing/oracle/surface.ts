import { type Address, encodeAbiParameters, type Hex, hashStruct, parseAbiParameters } from "viem";
import { WAD } from "../math.ts";
import { YEAR_SECONDS } from "../pricing/discount.ts";
import type { SviSlice } from "../pricing/sviSlice.ts";

/** How one expiry's options are priced, as `SurfaceSlice` of `SurfaceBook`. */
export interface SurfaceSlice {
  /** Unix seconds. */
  expiry: number;
  /** Forward as a share of the spot, 1e18. */
  forwardRatioWad: bigint;
  /** What a dollar at expiry is worth now, 1e18. */
  discountWad: bigint;
  /** As the model encodes them, for `surfaceYearsWad`; `0x` removes the expiry. */
  parameters: Hex;
}

/** Slices of an underlying that were published together, as `Surface` of `SurfaceBook`. */
export interface Surface {
  /** `bytes16`. */
  underlying: Hex;
  model: Address;
  /** Unix seconds. */
  time: number;
  slices: readonly SurfaceSlice[];
}

/** EIP-712 types of a surface. */
export const surfaceTypes = {
  Surface: [
    { name: "underlying", type: "bytes16" },
    { name: "model", type: "address" },
    { name: "time", type: "uint48" },
    { name: "slices", type: "SurfaceSlice[]" },
  ],
  SurfaceSlice: [
    { name: "expiry", type: "uint40" },
    { name: "forwardRatioWad", type: "uint64" },
    { name: "discountWad", type: "uint64" },
    { name: "parameters", type: "bytes" },
  ],
} as const;

/** EIP-712 hash of a surface, without the domain (CLR-20). */
export function surfaceHash(surface: Surface): Hex {
  return hashStruct({ data: surface, primaryType: "Surface", types: surfaceTypes });
}

/** The time to `expiry` that a surface's parameters are for, 1e18 years, as `SurfaceBook` hands it to the model. */
export function surfaceYearsWad(time: number, expiry: number): bigint {
  return (BigInt(expiry - time) * WAD) / YEAR_SECONDS;
}

/** The slice as `SviModel` takes it. */
export function encodeSviParameters({ a, b, rho, m, sigma, yearsWad }: SviSlice): Hex {
  return encodeAbiParameters(
    parseAbiParameters("int256 a, int256 b, int256 rho, int256 m, int256 sigma, uint256 yearsWad"),
    [a, b, rho, m, sigma, yearsWad],
  );
}
