import type { Account, Hex, TypedDataDefinition } from "viem";
import { CausewayError } from "../../errors/CausewayError.ts";

/**
 * Has every signer sign, each for itself. Ascending by signer, as `SignerQuorum` wants signatures, so that none counts twice.
 * @throws CausewayError `SignerCannotSign` if a signer has no key
 */
export function signAscending(data: TypedDataDefinition, signers: readonly Account[]): Promise<Hex[]> {
  const ascending = signers.toSorted((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
  return Promise.all(
    ascending.map((signer) => {
      if (!signer.signTypedData) {
        throw new CausewayError("SignerCannotSign", { details: { signer: signer.address } });
      }
      return signer.signTypedData(data);
    }),
  );
}
