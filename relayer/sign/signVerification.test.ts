import { decodeFunctionData, type Hex, hashMessage, recoverAddress, size, slice } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { expect, test } from "vitest";
import { receiveUln302Abi } from "../../chains/layerzero/abi.ts";
import { hashCallData, signVerification } from "./signVerification.ts";

const target = "0x00000000000000000000000000000000000000aa";
const verification = { header: "0x01aa", payloadHash: `0x${"11".repeat(32)}`, confirmations: 2n } as const;

test("signs the packed hash by EIP-191, signatures ascending by signer", async () => {
  const accounts = Array.from({ length: 4 }, () => privateKeyToAccount(generatePrivateKey()));
  const param = await signVerification({ accounts, vid: 7, target, expiration: 1_000n, verification });
  expect(size(param.signatures)).toBe(4 * 65);
  const hash = hashMessage({ raw: hashCallData(param) });
  const signers = await Promise.all(
    [0, 1, 2, 3].map((index) =>
      recoverAddress({ hash, signature: slice(param.signatures, index * 65, (index + 1) * 65) }),
    ),
  );
  const ascending = accounts.map(({ address }) => address).sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  expect(signers).toEqual(ascending);
  expect(decodeFunctionData({ abi: receiveUln302Abi, data: param.callData })).toEqual({
    functionName: "verify",
    args: [verification.header, verification.payloadHash, 2n],
  });
});

test("every field changes the hash", () => {
  const base = { vid: 7, target, expiration: 1_000n, callData: "0x1234" } as const;
  const variants = [
    base,
    { ...base, vid: 8 },
    { ...base, expiration: 1_001n },
    { ...base, callData: "0x1235" as Hex },
  ];
  expect(new Set(variants.map(hashCallData)).size).toBe(variants.length);
});

test("says so if an account cannot sign", async () => {
  const account = { address: target, type: "json-rpc" } as const;
  await expect(
    signVerification({ accounts: [account], vid: 7, target, expiration: 1n, verification }),
  ).rejects.toMatchObject({ code: 4201 });
});
