import type { Logger } from "pino";
import type { Abi, Account, Hash, PublicClient } from "viem";
import { CausewayError } from "../../errors/CausewayError.ts";
import { toRelayerError } from "../toRelayerError.ts";
import type { HeadTracker } from "../watch/trackHeads.ts";
import { explainRevert } from "./explainRevert.ts";
import type { Faults } from "./faults.ts";
import { type InFlight, type Moment, rejectWaiters, resolveWaiters } from "./inFlight.ts";
import type { IntentStanding, IntentStore } from "./intentStore.ts";

/** How an intent ended, for people. */
export type EndedIntent = Extract<IntentStanding, { transaction: Hash }> & { label: string; nonce: number };

export interface CreateWatchParameters {
  client: PublicClient;
  account: Account;
  heads: HeadTracker;
  intents: IntentStore;
  /** By nonce. What has ended is taken out. */
  inFlight: Map<number, InFlight>;
  errorAbi: Abi;
  log: Logger;
  stallBlocks?: bigint;
  blockTimeMs: number;
  maxBumps: number;
  onEnded?: (ended: EndedIntent) => void;
  faults: Faults;
  /** Sends all of them again, the oldest for more. */
  resend(oldest: InFlight, pending: readonly InFlight[]): Promise<void>;
  /** Makes the chain get on from the nonce `used` to `before`. */
  fillGap(used: number, before: number): Promise<void>;
}

/** Looks after what is in flight. */
export interface Watch {
  now(): Moment;
  /** Looks at every head from now on, while anything is in flight. */
  start(): void;
  /** Resolves when nothing is. */
  idle(): Promise<void>;
}

/** Nodes behind a balancer may lag; after so many heads the nonce was plainly used by something else. */
const MAX_MISSING = 4;

export function createWatch(parameters: CreateWatchParameters): Watch {
  const { client, account, heads, intents, inFlight, errorAbi, log, faults, maxBumps } = parameters;
  const { stallBlocks = 8n, blockTimeMs } = parameters;
  let watching = false;
  let idleWaiters: (() => void)[] = [];

  const now = (): Moment => ({ block: heads.latest.number, ms: performance.now() });

  async function watch() {
    watching = true;
    while (inFlight.size > 0) {
      // From before: a head that comes while this one is looked at must not be missed. The end first, as `changed` resolves at once then.
      const next = Promise.race([heads.ended.then(() => false), heads.changed().then(() => true)]);
      try {
        await check();
      } catch (cause) {
        log.warn({ error: toRelayerError(cause) }, "could not look for receipts");
      }
      if (inFlight.size > 0 && !(await next)) break;
    }
    watching = false;
    for (const entry of inFlight.values()) {
      const reason = "the relayer stopped before it was mined";
      intents.note(entry.id, { state: "sent", reason });
      rejectWaiters(entry, timeout(entry, "The relayer stopped before it was mined."));
    }
    inFlight.clear();
    const waiters = idleWaiters;
    idleWaiters = [];
    for (const resolve of waiters) resolve();
  }

  async function check() {
    const used = await client.getTransactionCount({ address: account.address, blockTag: "latest" });
    const entries = [...inFlight.values()].sort((a, b) => a.nonce - b.nonce);
    await Promise.all(entries.filter(({ nonce }) => nonce < used).map(settle));
    const pending = entries.filter(({ nonce }) => nonce >= used);
    const [oldest] = pending;
    if (!oldest || !isStalled(oldest)) return;
    if (oldest.nonce > used) await parameters.fillGap(used, oldest.nonce);
    for (const entry of pending) {
      entry.stalls += 1;
      const reason = `it was sent ${entry.stalls + 1} times and is not mined yet`;
      intents.note(entry.id, { state: "sent", reason });
      if (entry.stalls > maxBumps) rejectWaiters(entry, timeout(entry, "It was not mined in time."));
    }
    await parameters.resend(oldest, pending);
  }

  function isStalled({ sentAt: { block, ms } }: InFlight): boolean {
    return now().block >= block + stallBlocks && now().ms >= ms + Number(stallBlocks) * blockTimeMs;
  }

  /** Its nonce was used: by which of its transactions? */
  async function settle(entry: InFlight) {
    const answers = await Promise.all(
      entry.transactions.map(({ hash }) => client.getTransactionReceipt({ hash }).catch(() => undefined)),
    );
    const at = answers.findIndex((answer) => answer !== undefined);
    const receipt = answers[at];
    if (!receipt) {
      entry.missing += 1;
      if (entry.missing <= MAX_MISSING) return;
      inFlight.delete(entry.nonce);
      intents.note(entry.id, { state: "replaced", reason: "another transaction used its nonce" });
      rejectWaiters(entry, timeout(entry, "Its nonce was used by another transaction."));
      return;
    }
    faults("beforeReceipt", [entry.request.label]);
    inFlight.delete(entry.nonce);
    const { request, gas, id } = entry;
    const by = { transaction: receipt.transactionHash, block: receipt.blockNumber };
    const end = (ended: Extract<IntentStanding, { transaction: Hash }>) => {
      intents.note(id, ended);
      parameters.onEnded?.({ ...ended, label: request.label, nonce: entry.nonce });
    };
    if (entry.transactions[at]!.cancels) {
      end({ state: "cancelled", ...by, reason: "it was given up before it was broadcast" });
      rejectWaiters(entry, new CausewayError("SubmissionCancelled", { details: detailsOf(entry) }));
    } else if (receipt.status === "success") {
      end({ state: "mined", ...by });
      resolveWaiters(entry, receipt);
    } else {
      const error = await explainRevert({ client, from: account.address, request, gas, receipt, errorAbi });
      end({ state: "reverted", ...by, reason: error.message });
      rejectWaiters(entry, error);
    }
  }

  const detailsOf = ({ request, nonce, transactions }: InFlight) => ({
    label: request.label,
    nonce,
    hashes: transactions.map(({ hash }) => hash),
  });

  const timeout = (entry: InFlight, message: string) =>
    new CausewayError("SubmissionTimeout", { message, details: detailsOf(entry), retryable: true });

  return {
    now,
    start() {
      if (!watching && inFlight.size > 0) void watch();
    },
    idle() {
      return watching ? new Promise((resolve) => idleWaiters.push(resolve)) : Promise.resolve();
    },
  };
}
