import { type Address, encodeAbiParameters, type Hex, parseAbiParameters } from "viem";
import type { OracleDeployment, SourceRecord } from "../../chains/types.ts";
import { underlyingId } from "../../clearing/codec/instrumentId.ts";
import type { SignerSet } from "./signAscending.ts";
import { type PriceBatch, signPriceBatch } from "./signPriceBatch.ts";
import { testPullData } from "./testFeeds.ts";

/** The oracle that prices are brought to. */
export interface PricePlace extends Pick<OracleDeployment, "signedPrices" | "sources"> {
  chainId: number;
}

const proof = parseAbiParameters("bytes16[] underlyings, (address source, bytes data)[] pushes");

/**
 * The proof that `PriceRouter.update` takes, and with it the hub's calls that need fresh prices: the batch, signed by every signer, and on local
 * chains the same prices for the pull feed there. Prices that the router has no sources for are left out; `0x` if none is left.
 *
 * @throws CausewayError `QuorumMissing` if too few sign
 */
export async function signPriceProof(place: PricePlace, batch: PriceBatch, signers: SignerSet): Promise<Hex> {
  const { time, pricesWad } = pricesOf(place, batch);
  const records = Object.values(place.sources).flat();
  const signed = records.find(({ kind }) => kind === "signed");
  if (signed === undefined || pricesWad.size === 0) return "0x";
  const { chainId, signedPrices } = place;
  const pushes: { source: Address; data: Hex }[] = [
    {
      source: signed.source,
      data: await signPriceBatch({ chainId, oracle: signedPrices }, { time, pricesWad }, signers),
    },
  ];
  // Any source of a feed takes what is for all of it.
  const pull = records.find(isTestPull);
  if (pull) pushes.push({ source: pull.source, data: testPullData({ time, pricesWad }) });
  return encodeAbiParameters(proof, [[...pricesWad.keys()], pushes]);
}

/** The batch's prices that the router has sources for. */
export function pricesOf(
  { sources }: Pick<PricePlace, "sources">,
  { time, pricesWad }: PriceBatch,
): PriceBatch {
  const known = new Set(Object.keys(sources).map(underlyingId));
  return { time, pricesWad: new Map([...pricesWad].filter(([underlying]) => known.has(underlying))) };
}

function isTestPull({ kind, isTest }: SourceRecord): boolean {
  return kind === "pyth" && isTest;
}
