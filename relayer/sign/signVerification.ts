import {
  type Account,
  type Address,
  concatHex,
  encodeFunctionData,
  encodePacked,
  type Hash,
  type Hex,
  keccak256,
} from "viem";
import { receiveUln302Abi } from "../../chains/layerzero/abi.ts";
import { CausewayError } from "../../errors/CausewayError.ts";

/** What one `DVN.execute` item instructs: verify this packet at the destination's receive library. */
export interface Verification {
  /** 81 bytes. */
  header: Hex;
  /** keccak(guid ‖ message). */
  payloadHash: Hash;
  /** Blocks that were on top of the packet's block when it was attested. */
  confirmations: bigint;
}

/** The argument of `DVN.execute`, as its ABI wants it. */
export interface ExecuteParam {
  vid: number;
  target: Address;
  callData: Hex;
  /** Chain time of the destination, in seconds, from which the DVN skips the item *in silence*. */
  expiration: bigint;
  signatures: Hex;
}

export interface SignVerificationParameters {
  /** Who signs: exactly the DVN's quorum. Anything that viem can sign with: a key, a remote signer. */
  accounts: readonly Account[];
  vid: number;
  /** The destination's receive library. */
  target: Address;
  expiration: bigint;
  verification: Verification;
}

/** The hash that `DVN.hashCallData` computes: packed, without a domain; `vid` is what separates two DVNs. */
export function hashCallData(parameters: {
  vid: number;
  target: Address;
  expiration: bigint;
  callData: Hex;
}): Hash {
  const { vid, target, expiration, callData } = parameters;
  return keccak256(
    encodePacked(["uint32", "address", "uint256", "bytes"], [vid, target, expiration, callData]),
  );
}

/**
 * Signs a verification as `DVN.execute` wants it: EIP-191 over {@link hashCallData}, signatures ascending by signer, 65 bytes each.
 * It signs what it is told; `createDvnSigner` is what checks it against the source chain first.
 * @throws CausewayError `SignerCannotSign` if an account cannot sign
 */
export async function signVerification(parameters: SignVerificationParameters): Promise<ExecuteParam> {
  const { accounts, vid, target, expiration, verification } = parameters;
  const callData = encodeFunctionData({
    abi: receiveUln302Abi,
    functionName: "verify",
    args: [verification.header, verification.payloadHash, verification.confirmations],
  });
  const raw = hashCallData({ vid, target, expiration, callData });
  const ascending = [...accounts].sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
  const signatures = await Promise.all(
    ascending.map((account) => {
      if (!account.signMessage) {
        throw new CausewayError("SignerCannotSign", {
          message: `Account ${account.address} cannot sign.`,
          hint: "Give the DVN a local key or a remote signer, not a bare address.",
        });
      }
      return account.signMessage({ message: { raw } });
    }),
  );
  return { vid, target, callData, expiration, signatures: concatHex(signatures) };
}
