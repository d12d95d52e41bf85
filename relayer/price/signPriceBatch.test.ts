import {
  concat,
  decodeAbiParameters,
  encodeAbiParameters,
  type Hex,
  keccak256,
  pad,
  parseAbiParameters,
  recoverAddress,
  toHex,
} from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { expect, test } from "vitest";
import { underlyingId } from "../../clearing/codec/instrumentId.ts";
import { priceBatchDigest, signPriceBatch } from "./signPriceBatch.ts";

const place = { chainId: 31_337, oracle: "0x5FbDB2315678afecb367f032d93F642f64180aa3" } as const;
const batch = {
  time: 1_761_523_200,
  pricesWad: new Map<Hex, bigint>([
    [underlyingId("ETH"), 4_000n * 10n ** 18n],
    [underlyingId("BTC"), 115_000n * 10n ** 18n],
  ]),
};
const ANVIL = "test test test test test test test test test test test junk";
const signers = [0, 1, 2].map((addressIndex) => mnemonicToAccount(ANVIL, { addressIndex }));

/** As `SignedPriceOracle.digest` puts it together, word by word. */
function digestByHand(): Hex {
  const typeHash = (text: string) => keccak256(toHex(text));
  const domain = keccak256(
    encodeAbiParameters(parseAbiParameters("bytes32, bytes32, bytes32, uint256, address"), [
      typeHash("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
      typeHash("CausewayPriceOracle"),
      typeHash("1"),
      BigInt(place.chainId),
      place.oracle,
    ]),
  );
  const underlyings = [...batch.pricesWad.keys()].map((id) => pad(id, { size: 32, dir: "right" }));
  const prices = [...batch.pricesWad.values()].map((price) => toHex(price, { size: 32 }));
  const struct = keccak256(
    encodeAbiParameters(parseAbiParameters("bytes32, uint48, bytes32, bytes32"), [
      typeHash("PriceBatch(uint48 time,bytes16[] underlyings,uint128[] pricesWad)"),
      batch.time,
      keccak256(concat(underlyings)),
      keccak256(concat(prices)),
    ]),
  );
  return keccak256(concat(["0x1901", domain, struct]));
}

test("the digest is the one that the oracle computes", () => {
  expect(priceBatchDigest(place, batch)).toBe(digestByHand());
  expect(priceBatchDigest({ ...place, chainId: 1 }, batch)).not.toBe(digestByHand());
});

test("the proof carries the batch and the signatures, ascending by signer", async () => {
  const proof = await signPriceBatch(place, batch, { signers, quorum: 2 });
  const [time, underlyings, prices, signatures] = decodeAbiParameters(
    parseAbiParameters("uint48, bytes16[], uint128[], bytes[]"),
    proof,
  );
  expect({ time, pricesWad: new Map(underlyings.map((id, i) => [id, prices[i]!])) }).toEqual(batch);
  const recovered = await Promise.all(
    signatures.map((signature) => recoverAddress({ hash: digestByHand(), signature })),
  );
  expect(recovered.map((address) => address.toLowerCase())).toEqual(
    signers.map(({ address }) => address.toLowerCase()).toSorted(),
  );
});

test("a signer that does not sign is named; the quorum of the others is enough", async () => {
  const address = "0x00000000000000000000000000000000000000AA";
  const keyless = { address, type: "json-rpc" } as const;
  const missing: string[] = [];
  const onMissing = (signer: string) => missing.push(signer);
  const [one, other] = signers;
  const proof = await signPriceBatch(place, batch, {
    signers: [one!, other!, keyless],
    quorum: 2,
    onMissing,
  });
  expect(proof).toBe(await signPriceBatch(place, batch, { signers: [one!, other!], quorum: 2 }));
  expect(missing).toEqual([address]);
  await expect(signPriceBatch(place, batch, { signers: [one!, keyless], quorum: 2 })).rejects.toMatchObject({
    kind: "QuorumMissing",
    details: { found: 1, expected: 2, reason: expect.stringContaining("cannot sign") },
  });
});
