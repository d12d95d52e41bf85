import type { PublicClient } from "viem";
import type { BlockRef } from "../watch/trackHeads.ts";

/** EIP-1559 fees, in wei. */
export interface Fees {
  maxFeePerGas: bigint;
  maxPriorityFeePerGas: bigint;
}

/** Nodes take a replacement only if both fees rise by 10 %; a little more gets past rounding. */
const BUMP_NUMERATOR = 1_250n;
const BUMP_DENOMINATOR = 1_000n;
/** The tip is asked for again after this many blocks. */
const TIP_BLOCKS = 20n;

/** Twice the base fee: lasts six full blocks. */
export function feesAt(head: BlockRef, tip: bigint): Fees {
  return { maxFeePerGas: head.baseFeePerGas * 2n + tip, maxPriorityFeePerGas: tip };
}

/** Fees for a replacement of a transaction that was sent with `fees`: at least what a new one would pay. */
export function bumpFees(fees: Fees, fresh: Fees): Fees {
  const bump = (old: bigint, now: bigint) => {
    const bumped = (old * BUMP_NUMERATOR) / BUMP_DENOMINATOR + 1n;
    return bumped > now ? bumped : now;
  };
  return {
    maxFeePerGas: bump(fees.maxFeePerGas, fresh.maxFeePerGas),
    maxPriorityFeePerGas: bump(fees.maxPriorityFeePerGas, fresh.maxPriorityFeePerGas),
  };
}

/** Reads fees from the chain; the tip at most once in a while, the base fee from the head that is known anyway. */
export function createFeeReader(client: PublicClient, head: () => BlockRef): () => Promise<Fees> {
  let tip: { value: Promise<bigint>; at: bigint } | undefined;
  return async () => {
    const at = head().number;
    if (!tip || at > tip.at + TIP_BLOCKS) {
      const value = client.estimateMaxPriorityFeePerGas();
      tip = { value, at };
      value.catch(() => {
        tip = undefined; // ask again next time
      });
    }
    return feesAt(head(), await tip.value);
  };
}
