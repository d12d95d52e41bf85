import { type Address, encodeAbiParameters, type Hex, hashTypedData, parseAbiParameters } from "viem";
import { type SignerSet, signAscending } from "./signAscending.ts";

/** Prices that were all published at one time. */
export interface PriceBatch {
  /** Unix seconds. */
  time: number;
  /** Dollars per unit, 1e18, by underlying (`bytes16`). */
  pricesWad: ReadonlyMap<Hex, bigint>;
}

/** The oracle that is to accept a batch. */
export interface OraclePlace {
  chainId: number;
  oracle: Address;
}

const types = {
  PriceBatch: [
    { name: "time", type: "uint48" },
    { name: "underlyings", type: "bytes16[]" },
    { name: "pricesWad", type: "uint128[]" },
  ],
} as const;

const proof = parseAbiParameters("uint48, bytes16[], uint128[], bytes[]");

/** Mirror of `SignedPriceOracle.digest`. */
export function priceBatchDigest(place: OraclePlace, batch: PriceBatch): Hex {
  return hashTypedData(priceBatchTypedData(place, batch));
}

/**
 * Signs a batch with every signer, each for itself, and packs the proof that `SignedPriceOracle.update` takes.
 * @throws CausewayError `QuorumMissing` if too few sign
 */
export async function signPriceBatch(
  place: OraclePlace,
  batch: PriceBatch,
  signers: SignerSet,
): Promise<Hex> {
  const data = priceBatchTypedData(place, batch);
  const signatures = await signAscending(data, signers);
  const { time, underlyings, pricesWad } = data.message;
  return encodeAbiParameters(proof, [time, underlyings, pricesWad, signatures]);
}

/** What signers of a batch sign. */
export function priceBatchTypedData({ chainId, oracle }: OraclePlace, { time, pricesWad }: PriceBatch) {
  return {
    domain: { name: "CausewayPriceOracle", version: "1", chainId, verifyingContract: oracle },
    types,
    primaryType: "PriceBatch",
    message: { time, underlyings: [...pricesWad.keys()], pricesWad: [...pricesWad.values()] },
  } as const;
}
