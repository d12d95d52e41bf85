import type { Logger } from "pino";
import {
  type Abi,
  type Account,
  type Address,
  keccak256,
  type PublicClient,
  type TransactionReceipt,
} from "viem";
import type { CausewayError } from "../../errors/CausewayError.ts";
import { toRelayerError } from "../toRelayerError.ts";
import type { HeadTracker } from "../watch/trackHeads.ts";
import { estimateGas } from "./estimateGas.ts";
import { type Faults, noFaults } from "./faults.ts";
import { bumpFees, createFeeReader, type Fees } from "./fees.ts";
import { type InFlight, rejectWaiters, waitFor } from "./inFlight.ts";
import { createMemoryIntents, type IntentStore, type StoredIntent, type Unclaimed } from "./intentStore.ts";
import { isKnown } from "./isKnown.ts";
import { signTransaction } from "./signTransaction.ts";
import { isAmbiguous, isNonceTaken, toSubmitError } from "./submitErrors.ts";
import type { SubmitRequest } from "./submitRequest.ts";
import { createWatch, type EndedIntent } from "./watchInFlight.ts";

/** Sends transactions of one key on one chain. */
export interface Submitter {
  readonly address: Address;
  readonly inFlight: number;
  /**
   * Sends and waits for the receipt. Calls made in order get nonces in order, and need not wait for each other.
   * @throws CausewayError `SubmissionReverted` if it reverts (before or after it was mined), with the decoded reason
   * @throws CausewayError `SubmissionTimeout` (retryable) if it is not mined in time; it may still be mined later
   * @throws CausewayError `SubmissionCancelled` (retryable) if it was given up before it was broadcast
   * @throws CausewayError `LeaseLost` if somebody else sends with the key now; `DatabaseFailed` (retryable)
   */
  submit(request: SubmitRequest): Promise<TransactionReceipt>;
  /**
   * Goes on with what an earlier process left: sends it again, byte for byte, and uses the nonces of what was never signed. To be called
   * before anything is submitted. Resolves when all of it has ended, or was not mined in time.
   */
  recover(): Promise<void>;
  /** Resolves when nothing is in flight, and how it ended is stored. */
  idle(): Promise<void>;
}

export interface CreateSubmitterParameters {
  client: PublicClient;
  chainId: number;
  /** Nobody else may send with this key: its nonces are kept here. */
  account: Account;
  heads: HeadTracker;
  /** Where intents outlive the process; default: nowhere. */
  intents?: IntentStore;
  /** Errors of every contract that may revert, for decoding. */
  errorAbi: Abi;
  log: Logger;
  /** Blocks without inclusion after which it is sent again with higher fees. Default 8. */
  stallBlocks?: bigint;
  /** Blocks may come faster than usual; a stall also takes so many usual block times. */
  blockTimeMs: number;
  /** Times that is done before {@link Submitter.submit} gives up. Default 5. */
  maxBumps?: number;
  /** Told of each intent whose nonce was used. */
  onEnded?: (ended: EndedIntent) => void;
  faults?: Faults;
}

/** Most that get their nonces at once. */
const MAX_BATCH = 50;
/** Times that somebody else may have been first with a nonce. */
const MAX_NONCES = 3;

/** What was asked for, and has no nonce yet. */
interface Queued {
  request: SubmitRequest;
  /** As soon as it is known. */
  gas: bigint | undefined;
  /** Resolves when it is known, or the request was refused and is out of the queue. */
  estimate: Promise<void>;
  resolve(receipt: TransactionReceipt): void;
  reject(error: CausewayError): void;
}

export function createSubmitter(parameters: CreateSubmitterParameters): Submitter {
  const { client, chainId, account, heads, errorAbi, maxBumps = 5, faults = noFaults } = parameters;
  const { intents = createMemoryIntents() } = parameters;
  const log = parameters.log.child({ chainId, key: account.address });
  const readFees = createFeeReader(client, () => heads.latest);
  const inFlight = new Map<number, InFlight>();
  /** By what they do; until their receipt, or until nobody waits for it any more. */
  const submitting = new Map<string, Promise<TransactionReceipt>>();
  let nextNonce: number | undefined;
  /** The store may know of an intent that we do not: its answer was lost. */
  let unsure = false;
  /** In the order of the calls. */
  const queue: Queued[] = [];
  let turn: Promise<unknown> = Promise.resolve();

  const watch = createWatch({ ...parameters, log, intents, inFlight, faults, resend, fillGap, maxBumps });

  /** One at a time: what has nonces is signed and broadcast before further ones are taken. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  }

  /** Signs and stores a further version of each: as it is, or one that does nothing if it was given up. */
  async function addVersions(entries: readonly InFlight[], fees: Fees) {
    const signed = await Promise.all(
      entries.map(async (entry) => {
        const raw = await signTransaction({ account, chainId, entry, fees });
        return { raw, hash: keccak256(raw), fees, cancels: entry.cancelling };
      }),
    );
    await intents.store(entries.map(({ id }, at) => ({ intentId: id, transaction: signed[at]! })));
    entries.forEach((entry, at) => {
      entry.transactions.push(signed[at]!);
    });
  }

  /** Broadcasts the newest version. A lost answer is no failure: the receipt settles it. */
  async function broadcast(entry: InFlight) {
    const { raw, hash } = entry.transactions.at(-1)!;
    entry.sentAt = watch.now();
    try {
      await client.sendRawTransaction({ serializedTransaction: raw });
    } catch (cause) {
      // Only an answer of the node proves that it did not take it.
      if (!isAmbiguous(cause)) {
        // A transport that asks again after a lost answer is told so of our own transaction: never send that one twice.
        const isOurs = isNonceTaken(cause) && (await isKnown(client, hash).catch(() => true));
        if (!isOurs) throw cause;
      }
    }
    entry.refused = false;
  }

  async function claim(unclaimed: readonly Unclaimed[]): Promise<InFlight[]> {
    if (nextNonce === undefined) {
      const [last, used] = await Promise.all([
        intents.lastNonce(),
        client.getTransactionCount({ address: account.address, blockTag: "pending" }),
      ]);
      nextNonce = Math.max(used, last === undefined ? 0 : last + 1);
    }
    const first = nextNonce;
    let ids: readonly number[];
    try {
      ids = await intents.claim(first, unclaimed);
    } catch (cause) {
      nextNonce = undefined;
      unsure = true;
      throw cause;
    }
    nextNonce = first + unclaimed.length;
    const entries = unclaimed.map(({ request, gas }, at) =>
      adopt({ id: ids[at]!, nonce: first + at, request, gas, transactions: [] }),
    );
    faults("afterNonceClaimed", labelsOf(entries));
    return entries;
  }

  function adopt({ transactions, ...intent }: StoredIntent): InFlight {
    const entry: InFlight = {
      ...intent,
      transactions: [...transactions],
      cancelling: transactions.at(-1)?.cancels ?? false,
      refused: transactions.length === 0,
      sentAt: watch.now(),
      stalls: 0,
      missing: 0,
      waiters: [],
    };
    inFlight.set(entry.nonce, entry);
    return entry;
  }

  /** Sends all that waits and knows its gas, in order. */
  async function sendQueued() {
    const [first] = queue;
    if (!first) return; // an earlier turn took it along
    await first.estimate;
    const ready: (Queued & Unclaimed)[] = [];
    while (queue.length > 0 && ready.length < MAX_BATCH) {
      const { gas } = queue[0]!;
      if (gas === undefined) break;
      ready.push({ ...queue.shift()!, gas });
    }
    let again: readonly (Queued & Unclaimed)[] = ready;
    try {
      if (unsure) await adoptPending();
      await fillRefused();
      for (let attempt = 1; again.length > 0; attempt += 1) again = await sendBatch(again, attempt);
    } catch (cause) {
      for (const { request, reject } of again) reject(toSubmitError(request, cause, errorAbi));
    }
  }

  /**
   * @returns those whose nonce was taken by somebody else, to be sent with another
   * @throws what concerns all of them: none was broadcast
   */
  async function sendBatch(batch: readonly (Queued & Unclaimed)[], attempt: number) {
    const fees = await readFees();
    const entries = await claim(batch);
    // Now: one may be mined, and seen, before the node's answer to the broadcast is here.
    entries.forEach((entry, at) => {
      waitFor(entry).then(batch[at]!.resolve, batch[at]!.reject);
    });
    try {
      await addVersions(entries, fees);
    } catch (cause) {
      for (const entry of entries) giveUp(entry, cause);
      return [];
    }
    faults("afterSigned", labelsOf(entries));
    const again: (Queued & Unclaimed)[] = [];
    let refusal: unknown;
    for (const [at, entry] of entries.entries()) {
      // Behind a gap nothing is mined: if the node refuses to fill it, too, the rest is given up.
      if (refusal !== undefined && !(await sendAgain(entries[at - 1]!))) {
        giveUp(entry, refusal);
        continue;
      }
      refusal = undefined;
      try {
        await broadcast(entry);
        faults("afterBroadcast", labelsOf([entry]));
        log.debug({ nonce: entry.nonce, label: entry.request.label, gas: String(entry.gas) }, "sent");
      } catch (cause) {
        if (isNonceTaken(cause) && attempt <= MAX_NONCES) {
          await yieldNonce(entry);
          again.push(batch[at]!);
        } else {
          refusal = cause;
          giveUp(entry, cause);
        }
      }
    }
    watch.start();
    return again;
  }

  /** Somebody else's transaction has it. */
  async function yieldNonce(entry: InFlight) {
    log.warn(
      { nonce: entry.nonce, label: entry.request.label },
      "nonce was taken: somebody else sends with this key",
    );
    inFlight.delete(entry.nonce);
    entry.waiters = [];
    intents.note(entry.id, { state: "replaced", reason: "another transaction had its nonce" });
    await intents.flush();
    nextNonce = undefined;
  }

  /** Nothing of it is on its way. Its nonce is used by a transaction that does nothing, before any later one is claimed. */
  function giveUp(entry: InFlight, cause: unknown) {
    entry.cancelling = true;
    entry.refused = true;
    const reason = `it was given up: ${toRelayerError(cause).message}`;
    intents.note(entry.id, { state: "sent", reason });
    rejectWaiters(entry, toSubmitError(entry.request, cause, errorAbi));
    watch.start();
  }

  /** @throws what the node says to the first that it refuses again */
  async function fillRefused() {
    for (const entry of [...inFlight.values()].filter(({ refused }) => refused)) {
      await cancel(entry).catch((cause) => {
        throw toSubmitError(entry.request, cause, errorAbi);
      });
    }
  }

  async function cancel(entry: InFlight) {
    entry.cancelling = true;
    const newest = entry.transactions.at(-1);
    const fresh = await readFees();
    const tooLow = newest && newest.fees.maxFeePerGas < fresh.maxFeePerGas;
    if (!newest?.cancels || tooLow) await addVersions([entry], newest ? bumpFees(newest.fees, fresh) : fresh);
    await broadcast(entry);
  }

  /** The oldest is sent again for more, the others as they are: they may have been dropped, and cannot go before it anyway. */
  function resend(oldest: InFlight, pending: readonly InFlight[]): Promise<void> {
    return inTurn(async () => {
      const newest = oldest.transactions.at(-1);
      const fresh = await readFees();
      const isFree = oldest.transactions.length <= maxBumps;
      if (newest && !oldest.refused && (isFree || newest.fees.maxFeePerGas < fresh.maxFeePerGas)) {
        await addVersions([oldest], bumpFees(newest.fees, fresh));
        log.warn(
          { nonce: oldest.nonce, label: oldest.request.label, versions: oldest.transactions.length },
          "stalled: sent with higher fees",
        );
      }
      await Promise.all(pending.map((entry) => sendAgain(entry)));
    });
  }

  /** @returns whether the node took it */
  async function sendAgain(entry: InFlight): Promise<boolean> {
    entry.sentAt = watch.now();
    try {
      await (entry.refused ? cancel(entry) : broadcast(entry));
      return true;
    } catch (cause) {
      log.debug({ nonce: entry.nonce, error: toRelayerError(cause) }, "resend was refused");
      return false;
    }
  }

  /** Whatever the chain waits for before our oldest: sends what we had there, and nothing where there was nothing. */
  function fillGap(used: number, before: number): Promise<void> {
    return inTurn(async () => {
      await adoptPending();
      const known = await intents.newest(used, before);
      for (let nonce = used; nonce < before && nonce < used + 100; nonce += 1) {
        if (inFlight.has(nonce)) continue;
        const raw = known.get(nonce);
        log.warn({ nonce, known: raw !== undefined }, "the chain waits for an earlier nonce");
        if (raw) await client.sendRawTransaction({ serializedTransaction: raw }).catch(() => undefined);
        else {
          const request = { label: `fill nonce ${nonce}`, to: account.address, data: "0x" } as const;
          const [id] = await intents.claim(nonce, [{ request, gas: 21_000n }]);
          await sendAgain(adopt({ id: id!, nonce, request, gas: 21_000n, transactions: [] }));
        }
      }
    });
  }

  /** Those in the store that we do not look after. */
  async function adoptPending(): Promise<InFlight[]> {
    const stored = await intents.pending();
    unsure = false;
    return stored.filter(({ nonce }) => !inFlight.has(nonce)).map(adopt);
  }

  function start(request: SubmitRequest): Promise<TransactionReceipt> {
    const { promise, resolve, reject } = Promise.withResolvers<TransactionReceipt>();
    // The place in the queue is taken at once, so that nonces follow the order of the calls even if an estimate takes long.
    const queued: Queued = { request, gas: undefined, estimate: Promise.resolve(), resolve, reject };
    queued.estimate = estimateGas(client, account.address, request, errorAbi).then(
      (gas) => {
        queued.gas = gas;
      },
      (cause) => {
        queue.splice(queue.indexOf(queued), 1);
        reject(cause);
      },
    );
    queue.push(queued);
    void inTurn(sendQueued);
    return promise;
  }

  return {
    address: account.address,
    get inFlight() {
      return inFlight.size;
    },
    submit(request) {
      const { dedupeId } = request;
      if (dedupeId === undefined) return start(request);
      const same = submitting.get(dedupeId);
      if (same) return same;
      const left = [...inFlight.values()].find((entry) => entry.request.dedupeId === dedupeId);
      const receipt = left ? waitFor(left) : start(request);
      submitting.set(dedupeId, receipt);
      const forget = () => submitting.delete(dedupeId);
      receipt.then(forget, forget);
      return receipt;
    },
    async recover() {
      const left = await inTurn(async () => {
        const entries = await adoptPending();
        const used = await client.getTransactionCount({ address: account.address, blockTag: "latest" });
        // One after the other: a node may refuse a nonce whose predecessor it does not have.
        for (const entry of entries) if (entry.nonce >= used) await sendAgain(entry);
        return entries;
      });
      if (left.length === 0) return;
      log.info({ nonces: left.map(({ nonce }) => nonce) }, "going on with what was in flight");
      const receipts = left.map(waitFor);
      watch.start();
      await Promise.allSettled(receipts);
    },
    async idle() {
      await watch.idle();
      await intents.flush();
    },
  };
}

function labelsOf(entries: readonly { request: { label: string } }[]): string[] {
  return entries.map(({ request }) => request.label);
}
