import { type Hash, type PublicClient, TransactionNotFoundError } from "viem";

/**
 * Whether the node has this transaction, mined or not.
 * @throws what viem throws if the node does not say
 */
export async function isKnown(client: PublicClient, hash: Hash): Promise<boolean> {
  try {
    await client.getTransaction({ hash });
    return true;
  } catch (cause) {
    if (cause instanceof TransactionNotFoundError) return false;
    throw cause;
  }
}
