import {
  concat,
  decodeFunctionData,
  encodeAbiParameters,
  keccak256,
  parseAbiParameters,
  recoverAddress,
  toHex,
} from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { expect, test } from "vitest";
import { fundingRatesAbi } from "../../chains/abi/index.ts";
import { underlyingId } from "../../clearing/codec/instrumentId.ts";
import { fundingSamplesHash } from "../../clearing/funding/bookSamples.ts";
import { fundingSamplesDigest, signSamples } from "./signSamples.ts";

const place = { chainId: 31_337, fundingRates: "0x5FbDB2315678afecb367f032d93F642f64180aa3" } as const;
const batch = {
  time: 1_761_523_200,
  samples: [{ underlying: underlyingId("BTC"), bidWad: 1n, askWad: 3n, indexWad: 2n }],
};
const ANVIL = "test test test test test test test test test test test junk";
const signers = [0, 1, 2].map((addressIndex) => mnemonicToAccount(ANVIL, { addressIndex }));

test("the digest is the samples' hash in the contract's domain", () => {
  const hashOf = (text: string) => keccak256(toHex(text));
  const domain = keccak256(
    encodeAbiParameters(parseAbiParameters("bytes32, bytes32, bytes32, uint256, address"), [
      hashOf("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
      hashOf("CausewayFundingRates"),
      hashOf("1"),
      BigInt(place.chainId),
      place.fundingRates,
    ]),
  );
  expect(fundingSamplesDigest(place, batch)).toBe(
    keccak256(concat(["0x1901", domain, fundingSamplesHash(batch)])),
  );
});

test("the call carries the samples and the signatures, ascending by signer", async () => {
  const data = await signSamples(place, batch, { signers, quorum: 2 });
  const { functionName, args } = decodeFunctionData({ abi: fundingRatesAbi, data });
  expect(functionName).toBe("post");
  const [time, samples, signatures] = args as unknown as [number, unknown, readonly `0x${string}`[]];
  expect({ time, samples }).toEqual(batch);
  const hash = fundingSamplesDigest(place, batch);
  const recovered = await Promise.all(signatures.map((signature) => recoverAddress({ hash, signature })));
  expect(recovered.map((address) => address.toLowerCase())).toEqual(
    signers.map(({ address }) => address.toLowerCase()).toSorted(),
  );
});
