import { type Abi, BaseError, NonceTooLowError } from "viem";
import { decodeRevert, revertDataOf } from "../../chains/decodeRevert.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import { toRelayerError } from "../toRelayerError.ts";
import type { SubmitRequest } from "./submitRequest.ts";

/** What a failed estimate, broadcast or replay means: a decoded revert, which another try does not change, or a failure of the node. */
export function toSubmitError(
  request: SubmitRequest,
  cause: unknown,
  errorAbi: Abi,
  details: object = {},
): CausewayError {
  const data = revertDataOf(cause);
  if (data === undefined) return toRelayerError(cause);
  const { name, text } = decodeRevert(data, errorAbi);
  return revertError(request, name, text, cause, { ...details, data });
}

/** @param name of the Solidity error; jobs compare `details.error` with it */
export function revertError(
  request: SubmitRequest,
  name: string,
  text: string,
  cause: unknown,
  details: object,
) {
  return new CausewayError("SubmissionReverted", {
    message: `${request.label} reverted: ${text}.`,
    details: { label: request.label, to: request.to, error: name, ...details },
    cause,
  });
}

/** Whether another transaction holds the nonce: somebody else sends with this key. */
export function isNonceTaken(cause: unknown): boolean {
  if (!(cause instanceof BaseError)) return false;
  if (cause.walk((error) => error instanceof NonceTooLowError)) return true;
  return /replacement transaction underpriced|nonce too low/i.test(cause.message);
}

const NETWORK_ERRORS = ["HttpRequestError", "TimeoutError", "SocketClosedError"];

/** Whether the node may have taken the transaction although the call failed. */
export function isAmbiguous(cause: unknown): boolean {
  if (!(cause instanceof BaseError)) return false;
  if (/already known|already imported/i.test(cause.message)) return true;
  return cause.walk((error) => NETWORK_ERRORS.includes((error as Error).name)) !== null;
}
