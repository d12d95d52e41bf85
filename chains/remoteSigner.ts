import {
  type Address,
  type Hex,
  isAddressEqual,
  recoverTypedDataAddress,
  type TypedDataDefinition,
} from "viem";
import { type LocalAccount, toAccount } from "viem/accounts";
import { z } from "zod";
import { CausewayError } from "../errors/CausewayError.ts";
import { requestJson } from "./requestJson.ts";

const TIMEOUT_MS = 5_000;
const REFUSED = 422;

const answerSchema = z.union([
  z.object({ signature: z.custom<Hex>((text) => /^0x[0-9a-f]{130}$/.test(String(text)), "a signature") }),
  z.object({ refused: z.string().max(1_000) }),
]);

/** Half of the order of secp256k1. */
const MAX_S = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/** As OpenZeppelin's `ECDSA` takes it; one that it does not would spoil the others' quorum on chain. viem recovers from any form. */
function isCanonical(signature: Hex): boolean {
  return BigInt(`0x${signature.slice(66, 130)}`) <= MAX_S && /1[bc]$/.test(signature);
}

/**
 * A signer that somebody else runs (`./causeway signer`): it sees what is to be signed, compares it with what it knows itself, and signs or refuses. Nothing
 * that it answers is used before its signature is checked.
 */
export function remoteSigner(url: string, address: Address): LocalAccount {
  const failed = (found: string) =>
    new CausewayError("RemoteSignerFailed", { details: { signer: address, found } });
  const cannot = async (): Promise<never> => {
    throw new CausewayError("SignerCannotSign", { details: { signer: address } });
  };
  return toAccount({
    address,
    signMessage: cannot,
    signTransaction: cannot,
    async signTypedData(parameters) {
      const data = parameters as unknown as TypedDataDefinition;
      const { primaryType, message } = data;
      const { json } = await requestJson({
        url: new URL(url),
        body: { primaryType, message },
        headers: { "content-type": "application/json" },
        timeoutMs: TIMEOUT_MS,
        statuses: [200, REFUSED],
        failed,
      });
      const parsed = answerSchema.safeParse(json);
      if (!parsed.success) throw failed("neither a signature nor a refusal");
      if ("refused" in parsed.data) throw failed(`refused: ${parsed.data.refused}`);
      const { signature } = parsed.data;
      if (!isCanonical(signature))
        throw failed("a signature in a form that the contracts refuse: s above n/2, or v not 27 or 28");
      const signer = await recoverTypedDataAddress({ ...data, signature }).catch(() => undefined);
      if (signer === undefined || !isAddressEqual(signer, address)) throw failed("another one's signature");
      return signature;
    },
  });
}
