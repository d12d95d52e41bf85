import type { TransactionReceipt } from "viem";
import type { CausewayError } from "../../errors/CausewayError.ts";
import type { SignedTransaction } from "./intentStore.ts";
import type { SubmitRequest } from "./submitRequest.ts";

export interface Moment {
  block: bigint;
  ms: number;
}

/** An intent that this process looks after. */
export interface InFlight {
  /** In the store. */
  id: number;
  nonce: number;
  request: SubmitRequest;
  gas: bigint;
  /** Every version that was stored, oldest first: any of them may be mined. */
  transactions: SignedTransaction[];
  /** Given up: every further version does nothing but use the nonce. */
  cancelling: boolean;
  /** Nothing of it is on its way: the node said no, or there is nothing yet. */
  refused: boolean;
  /** Of the newest broadcast. */
  sentAt: Moment;
  /** Times it was sent again since somebody began to wait. */
  stalls: number;
  /** Polls at which the nonce was used but none of ours was found. */
  missing: number;
  waiters: PromiseWithResolvers<TransactionReceipt>[];
}

/** Waits for the receipt; fails if it does not come in time, while the intent itself goes on. */
export function waitFor(entry: InFlight): Promise<TransactionReceipt> {
  const waiter = Promise.withResolvers<TransactionReceipt>();
  entry.waiters.push(waiter);
  entry.stalls = 0;
  return waiter.promise;
}

export function resolveWaiters(entry: InFlight, receipt: TransactionReceipt): void {
  for (const waiter of entry.waiters.splice(0)) waiter.resolve(receipt);
}

export function rejectWaiters(entry: InFlight, error: CausewayError): void {
  for (const waiter of entry.waiters.splice(0)) waiter.reject(error);
}
