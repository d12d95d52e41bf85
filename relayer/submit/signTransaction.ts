import type { Account, Hex } from "viem";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { Fees } from "./fees.ts";
import type { InFlight } from "./inFlight.ts";

/** A plain transfer. */
const CANCEL_GAS = 21_000n;

export interface SignTransactionParameters {
  account: Account;
  chainId: number;
  entry: Pick<InFlight, "nonce" | "gas" | "request" | "cancelling">;
  fees: Fees;
}

/**
 * Signs what an intent says, or, if it was given up, one to ourselves that does nothing.
 * @throws CausewayError `SubmitterCannotSign`
 */
export async function signTransaction(parameters: SignTransactionParameters): Promise<Hex> {
  const { account, chainId, entry, fees } = parameters;
  if (!account.signTransaction) {
    throw new CausewayError("SubmitterCannotSign", {
      message: `Account ${account.address} cannot sign transactions.`,
      hint: "Give the relayer a local key or a remote signer, not a bare address.",
    });
  }
  const { to, data, value = 0n } = entry.request;
  const content = entry.cancelling
    ? { to: account.address, value: 0n, gas: CANCEL_GAS }
    : { to, data, value, gas: entry.gas };
  return account.signTransaction({ type: "eip1559", chainId, nonce: entry.nonce, ...content, ...fees });
}
