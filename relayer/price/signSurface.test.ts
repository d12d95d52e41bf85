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
import { surfaceBookAbi } from "../../chains/abi/index.ts";
import { underlyingId } from "../../clearing/codec/instrumentId.ts";
import { type Surface, surfaceHash } from "../../clearing/oracle/surface.ts";
import { signSurface, surfaceDigest } from "./signSurface.ts";

const place = { chainId: 31_337, surfaceBook: "0x5FbDB2315678afecb367f032d93F642f64180aa3" } as const;
const surface: Surface = {
  underlying: underlyingId("ETH"),
  model: "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512",
  time: 1_761_523_200,
  slices: [
    {
      expiry: 1_764_316_800,
      forwardRatioWad: 10n ** 18n,
      discountWad: 99n * 10n ** 16n,
      parameters: "0x1234",
    },
    { expiry: 1_766_736_000, forwardRatioWad: 10n ** 18n, discountWad: 10n ** 18n, parameters: "0x" },
  ],
};
const ANVIL = "test test test test test test test test test test test junk";
const signers = [0, 1, 2].map((addressIndex) => mnemonicToAccount(ANVIL, { addressIndex }));

test("the digest is the surface's hash in the book's domain", () => {
  const hashOf = (text: string) => keccak256(toHex(text));
  const domain = keccak256(
    encodeAbiParameters(parseAbiParameters("bytes32, bytes32, bytes32, uint256, address"), [
      hashOf("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
      hashOf("CausewaySurfaceBook"),
      hashOf("1"),
      BigInt(place.chainId),
      place.surfaceBook,
    ]),
  );
  expect(surfaceDigest(place, surface)).toBe(keccak256(concat(["0x1901", domain, surfaceHash(surface)])));
  expect(surfaceDigest({ ...place, chainId: 1 }, surface)).not.toBe(surfaceDigest(place, surface));
});

test("the call carries the surface and the signatures, ascending by signer", async () => {
  const data = await signSurface(place, surface, { signers, quorum: 2 });
  const { functionName, args } = decodeFunctionData({ abi: surfaceBookAbi, data });
  expect(functionName).toBe("post");
  const [posted, signatures] = args as unknown as [Surface, readonly `0x${string}`[]];
  expect(posted).toEqual(surface);
  const hash = surfaceDigest(place, surface);
  const recovered = await Promise.all(signatures.map((signature) => recoverAddress({ hash, signature })));
  expect(recovered.map((address) => address.toLowerCase())).toEqual(
    signers.map(({ address }) => address.toLowerCase()).toSorted(),
  );
});
