import type { Hash, Hex } from "viem";
import type { Fees } from "./fees.ts";
import type { SubmitRequest } from "./submitRequest.ts";

/** A signed transaction with an intent's nonce. Any of an intent's may be mined, and only one. */
export interface SignedTransaction {
  raw: Hex;
  hash: Hash;
  fees: Fees;
  /** It does nothing (to ourselves, no value): it only uses the nonce. */
  cancels: boolean;
}

/** What is decided, but has no nonce yet. */
export interface Unclaimed {
  request: SubmitRequest;
  gas: bigint;
}

/** An intent that was claimed, and has not ended. */
export interface StoredIntent {
  id: number;
  nonce: number;
  request: SubmitRequest;
  gas: bigint;
  /** Oldest first; empty if it was never signed. */
  transactions: readonly SignedTransaction[];
}

/** A transaction and whose it is. */
export interface StoredTransaction {
  intentId: number;
  transaction: SignedTransaction;
}

/** How an intent stands: still on its way, or how its nonce was used. Always with a reason while it waits. */
export type IntentStanding =
  | { state: "sent"; reason: string }
  | { state: "mined" | "reverted" | "cancelled"; transaction: Hash; block: bigint; reason?: string }
  | { state: "replaced"; reason: string };

/**
 * What one key sends on one chain. An intent has one nonce for ever, and a nonce one intent.
 *
 * @throws CausewayError `LeaseLost` from `claim` and `store` if somebody else may send with the key now; `DatabaseFailed` from all
 */
export interface IntentStore {
  /** Gives each a nonce that no other has, ascending from `nonce`; all or none. @returns the intents' ids */
  claim(nonce: number, intents: readonly Unclaimed[]): Promise<readonly number[]>;
  /** Keeps transactions, all or none; the same again without effect. Must have resolved before any is broadcast. */
  store(transactions: readonly StoredTransaction[]): Promise<void>;
  /** Notes how it stands; written soon, several at once. What is lost of it is read from the chain again. */
  note(intentId: number, standing: IntentStanding): void;
  /** Highest nonce ever claimed. */
  lastNonce(): Promise<number | undefined>;
  /** All that have not ended, in the order of their nonces. */
  pending(): Promise<readonly StoredIntent[]>;
  /** The newest transaction of each nonce in the range, however its intent ended, by nonce. At most 100. */
  newest(fromNonce: number, beforeNonce: number): Promise<ReadonlyMap<number, Hex>>;
  /** Writes what was noted. Gives up, with a warning, after a while. */
  flush(): Promise<void>;
}

/** For wallets of somebody who watches: their transactions need not outlive the process. */
export function createMemoryIntents(): IntentStore {
  let claimed = 0;
  return {
    async claim(_nonce, intents) {
      return intents.map(() => {
        claimed += 1;
        return claimed;
      });
    },
    async store() {},
    note() {},
    async lastNonce() {
      return undefined;
    },
    async pending() {
      return [];
    },
    async newest() {
      return new Map();
    },
    async flush() {},
  };
}
