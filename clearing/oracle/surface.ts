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

/** Forward times discount is at most this, 1e18, as `SurfaceBook.MAX_PRODUCT_WAD`. */
export const MAX_PRODUCT_WAD = (107n * WAD) / 100n;

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

/** Parameters of a pricing model, by the name that a configuration gives it; rates 1e18. */
export type SliceParameters =
  | { model: "svi"; slice: SviSlice }
  | { model: "black76"; volWad: bigint }
  | { model: "gramCharlier"; volWad: bigint; skewWad: bigint; excessKurtosisWad: bigint };

/** An SVI slice as its model takes it: a, b, rho, m, sigma, years, 1e18. */
export const sviParameters = parseAbiParameters("int256, int256, int256, int256, int256, uint256");

/**
 * The parameters as their model takes them, for `yearsWad` to expiry. Volatilities stay what they are: an SVI slice, which gives total variance, is
 * scaled from the time that it was fitted for. What is free of arbitrage stays so as less time is left: g(k) is concave in the
 * scale and not negative at 0 and 1, and a nearer expiry shrinks more.
 */
export function encodeParameters(parameters: SliceParameters, yearsWad: bigint): Hex {
  switch (parameters.model) {
    case "svi": {
      const { a, b, rho, m, sigma, yearsWad: fitted } = parameters.slice;
      const scaled = [(a * yearsWad) / fitted, (b * yearsWad) / fitted] as const;
      return encodeAbiParameters(sviParameters, [...scaled, rho, m, sigma, yearsWad]);
    }
    case "black76":
      return encodeAbiParameters(parseAbiParameters("uint256"), [parameters.volWad]);
    case "gramCharlier": {
      const { volWad, skewWad, excessKurtosisWad } = parameters;
      return encodeAbiParameters(parseAbiParameters("uint256, int256, int256"), [
        volWad,
        skewWad,
        excessKurtosisWad,
      ]);
    }
  }
}
