import type { Abi, Address, PublicClient, TransactionReceipt } from "viem";
import type { CausewayError } from "../../errors/CausewayError.ts";
import { revertError, toSubmitError } from "./submitErrors.ts";
import type { SubmitRequest } from "./submitRequest.ts";

export interface ExplainRevertParameters {
  client: PublicClient;
  from: Address;
  request: SubmitRequest;
  gas: bigint;
  receipt: TransactionReceipt;
  errorAbi: Abi;
}

/** The receipt does not say why: ask again what happens, at the state in which it was mined. */
export async function explainRevert(parameters: ExplainRevertParameters): Promise<CausewayError> {
  const { client, from, request, gas, receipt, errorAbi } = parameters;
  const { to, data, value } = request;
  const details = {
    transaction: receipt.transactionHash,
    gasUsed: String(receipt.gasUsed),
    gasLimit: String(gas),
  };
  try {
    await client.call({
      account: from,
      to,
      data,
      gas,
      blockNumber: receipt.blockNumber,
      ...(value ? { value } : {}),
    });
  } catch (cause) {
    return toSubmitError(request, cause, errorAbi, details);
  }
  return revertError(request, "passesNow", "the same call passes now", undefined, details);
}
