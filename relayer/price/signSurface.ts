import { type Account, type Address, encodeFunctionData, type Hex, hashTypedData } from "viem";
import { surfaceBookAbi } from "../../chains/abi/index.ts";
import { type Surface, surfaceTypes } from "../../clearing/oracle/surface.ts";
import { signAscending } from "./signAscending.ts";

/** The book that is to accept a surface. */
export interface SurfacePlace {
  chainId: number;
  surfaceBook: Address;
}

/** Mirror of `SurfaceBook.digest`. */
export function surfaceDigest(place: SurfacePlace, surface: Surface): Hex {
  return hashTypedData(typedData(place, surface));
}

/**
 * Signs a surface with every signer, each for itself, and packs the call of `SurfaceBook.post`.
 * @throws CausewayError `SignerCannotSign` if a signer has no key
 */
export async function signSurface(
  place: SurfacePlace,
  surface: Surface,
  signers: readonly Account[],
): Promise<Hex> {
  const signatures = await signAscending(typedData(place, surface), signers);
  return encodeFunctionData({ abi: surfaceBookAbi, functionName: "post", args: [surface, signatures] });
}

function typedData({ chainId, surfaceBook }: SurfacePlace, surface: Surface) {
  return {
    domain: { name: "CausewaySurfaceBook", version: "1", chainId, verifyingContract: surfaceBook },
    types: surfaceTypes,
    primaryType: "Surface",
    message: { ...surface },
  } as const;
}
