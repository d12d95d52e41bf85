import { type Address, encodeFunctionData, type Hex, hashTypedData } from "viem";
import { fundingRatesAbi } from "../../chains/abi/index.ts";
import { type FundingSamples, fundingSamplesTypes } from "../../clearing/funding/bookSamples.ts";
import { type SignerSet, signAscending } from "../price/signAscending.ts";

/** The contract that is to accept samples. */
export interface RatesPlace {
  chainId: number;
  fundingRates: Address;
}

/** Mirror of `FundingRates.digest`. */
export function fundingSamplesDigest(place: RatesPlace, samples: FundingSamples): Hex {
  return hashTypedData(typedData(place, samples));
}

/**
 * Signs samples with every signer, each for itself, and packs the call of `FundingRates.post`.
 * @throws CausewayError `QuorumMissing` if too few sign
 */
export async function signSamples(
  place: RatesPlace,
  { time, samples }: FundingSamples,
  signers: SignerSet,
): Promise<Hex> {
  const signatures = await signAscending(typedData(place, { time, samples }), signers);
  return encodeFunctionData({
    abi: fundingRatesAbi,
    functionName: "post",
    args: [time, samples, signatures],
  });
}

function typedData({ chainId, fundingRates }: RatesPlace, { time, samples }: FundingSamples) {
  return {
    domain: { name: "CausewayFundingRates", version: "1", chainId, verifyingContract: fundingRates },
    types: fundingSamplesTypes,
    primaryType: "FundingSamples",
    message: { time, samples },
  } as const;
}
