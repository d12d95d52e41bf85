import { BaseError } from "viem";
import { CausewayError } from "../errors/CausewayError.ts";

/**
 * Makes a {@link CausewayError} of anything that was caught. What a node or the network failed at is worth another try; anything else that
 * is not ours already is a mistake in the code, and is not.
 */
export function toRelayerError(cause: unknown): CausewayError {
  if (cause instanceof CausewayError) return cause;
  if (cause instanceof BaseError) {
    return new CausewayError("NodeFailed", {
      message: cause.shortMessage,
      details: { details: cause.details },
      cause,
    });
  }
  const what = cause instanceof Error ? cause.message : String(cause);
  return new CausewayError("InternalInvariant", { details: { what }, cause });
}
