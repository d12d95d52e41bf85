import type { Logger } from "pino";
import type { AbiEvent } from "viem";
import { isAddressEqual } from "viem";
import type { CausewayError } from "../../errors/CausewayError.ts";
import type { RelayerChain } from "../context.ts";
import type { ChainLog, LogSubscription } from "../job.ts";
import { toRelayerError } from "../toRelayerError.ts";
import { watchLogs } from "./watchLogs.ts";

/** One chain's logs being watched, at the final block or at the head. */
export interface RunningWatch {
  eid: number;
  when: "final" | "latest";
  /**
   * Resolves when all logs up to this block were handed out, or watching was stopped.
   * @throws CausewayError why watching failed: those logs will never come, so nobody may take them for seen
   */
  reached(block: bigint): Promise<void>;
  /** Resolves when watching was stopped, or has failed: with why. */
  ended: Promise<CausewayError | undefined>;
}

export interface RunSubscriptionsParameters {
  chain: RelayerChain;
  when: "final" | "latest";
  /** Of this chain and this `when`. */
  subscriptions: readonly LogSubscription[];
  log: Logger;
  signal: AbortSignal;
}

/** Watches one chain for all who subscribed, with one stream of requests. */
export function runSubscriptions(parameters: RunSubscriptionsParameters): RunningWatch {
  const { chain, when, subscriptions, signal } = parameters;
  const log = parameters.log.child({ eid: chain.eid, when });
  let processed = -1n;
  let waiters: { block: bigint; resolve: () => void; reject: (error: CausewayError) => void }[] = [];
  let failure: CausewayError | undefined;

  function progress(to: bigint) {
    processed = to;
    const due = waiters.filter(({ block }) => block <= processed);
    waiters = waiters.filter((waiter) => !due.includes(waiter));
    for (const { resolve } of due) resolve();
  }

  function hand(entry: ChainLog) {
    for (const subscription of subscriptions) {
      if (!isAddressEqual(subscription.address, entry.address)) continue;
      if (subscription.events && !subscription.events.includes(entry.eventName)) continue;
      try {
        subscription.on(entry);
      } catch (cause) {
        // A log that somebody cannot read must not keep the others from theirs.
        log.error(
          { error: toRelayerError(cause), event: entry.eventName, transaction: entry.transactionHash },
          "log refused",
        );
      }
    }
  }

  async function run() {
    const steps = watchLogs({
      client: chain.client,
      eid: chain.eid,
      heads: chain.heads,
      when,
      addresses: [...new Set(subscriptions.map(({ address }) => address))],
      events: subscriptions.flatMap(({ abi, events }) =>
        abi.filter(
          (item): item is AbiEvent => item.type === "event" && (events?.includes(item.name) ?? true),
        ),
      ),
      fromBlock: when === "final" ? BigInt(chain.deployment.fromBlock) : chain.heads.latest.number + 1n,
      signal,
      onError: (error) => log.warn({ error: error }, "could not read logs"),
    });
    try {
      for await (const step of steps) {
        if (step.kind === "reorg") log.warn({ ancestor: String(step.ancestor) }, "reorg at the head");
        else for (const entry of step.logs) hand(entry);
        progress(step.kind === "reorg" ? step.ancestor : step.toBlock);
      }
    } catch (cause) {
      failure = toRelayerError(cause);
      log.fatal({ error: failure }, "stopped watching this chain");
    }
    for (const { resolve, reject } of waiters) failure ? reject(failure) : resolve();
    waiters = [];
  }

  let hasEnded = false;
  const ended = run().then(() => {
    hasEnded = true;
    return failure;
  });
  return {
    eid: chain.eid,
    when,
    ended,
    async reached(block) {
      if (failure) throw failure;
      if (hasEnded || block <= processed) return;
      await new Promise<void>((resolve, reject) => waiters.push({ block, resolve, reject }));
    },
  };
}
