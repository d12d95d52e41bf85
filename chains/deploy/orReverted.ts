import { revertDataOf } from "../decodeRevert.ts";

/** What `read` gives, or `otherwise` if the contract reverts. A node that does not answer is still an error. */
export async function orReverted<T, Otherwise>(
  read: Promise<T>,
  otherwise: Otherwise,
): Promise<T | Otherwise> {
  try {
    return await read;
  } catch (cause) {
    if (revertDataOf(cause) === undefined) throw cause;
    return otherwise;
  }
}
