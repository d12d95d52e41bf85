import type { Abi, Address, PublicClient } from "viem";
import { toSubmitError } from "./submitErrors.ts";
import type { SubmitRequest } from "./submitRequest.ts";

/**
 * Gas limit of a transaction.
 * @throws CausewayError `SubmissionReverted` if it would revert now
 */
export async function estimateGas(
  client: PublicClient,
  from: Address,
  request: SubmitRequest,
  errorAbi: Abi,
): Promise<bigint> {
  if (request.gas !== undefined) return request.gas;
  const { to, data, value, minGas = 0n, extraGas = 0n } = request;
  try {
    const estimate = await client.estimateGas({ account: from, to, data, ...(value ? { value } : {}) });
    const padded = (estimate * 5n) / 4n;
    return (padded > minGas ? padded : minGas) + extraGas;
  } catch (cause) {
    throw toSubmitError(request, cause, errorAbi);
  }
}
