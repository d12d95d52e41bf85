import { type Address, encodeFunctionData, type Hex, hashTypedData } from "viem";
import { surfaceBookAbi } from "../../chains/abi/index.ts";
import { type Surface, surfaceTypes } from "../../clearing/oracle/surface.ts";
import { type SignerSet, signAscending } from "./signAscending.ts";

/** The book that is to accept a surface. */
export interface SurfacePlace {
  chainId: number;
  surfaceBook: Address;
}

/** Mirror of `SurfaceBook.digest`. */
export function surfaceDigest(place: SurfacePlace, surface: Surface): Hex {
  return hashTypedData(surfaceTypedData(place, surface));
}

/**
 * Signs a surface with every signer, each for itself, and packs the call of `SurfaceBook.post`.
 * @throws CausewayError `QuorumMissing` if too few sign
 */
export async function signSurface(place: SurfacePlace, surface: Surface, signers: SignerSet): Promise<Hex> {
  const signatures = await signAscending(surfaceTypedData(place, surface), signers);
  return encodeFunctionData({ abi: surfaceBookAbi, functionName: "post", args: [surface, signatures] });
}

/** What signers of a surface sign. */
export function surfaceTypedData({ chainId, surfaceBook }: SurfacePlace, surface: Surface) {
  return {
    domain: { name: "CausewaySurfaceBook", version: "1", chainId, verifyingContract: surfaceBook },
    types: surfaceTypes,
    primaryType: "Surface",
    message: { ...surface },
  } as const;
}
