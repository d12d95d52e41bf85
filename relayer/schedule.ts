import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import type { RelayerContext } from "./context.ts";
import type { RelayerJob } from "./job.ts";
import type { QueueStore } from "./queue/queueStore.ts";
import { openWorkQueue, type QueueStats, type QueueTimings, type WorkQueue } from "./queue/workQueue.ts";
import { toRelayerError } from "./toRelayerError.ts";

/**
 * Scheduling of jobs, shared by all relayers with the same queue. The queue only says what may be worth a look: it may forget everything, and
 * what was to be done is derived from the chains again.
 */
export interface Scheduler {
  /** What holds the jobs. */
  readonly kind: QueueStore["kind"];
  /** Adds work. An id that waits already is left as it is; one that runs runs once more. Ignored once stopped. */
  add<Data>(job: RelayerJob<Data>, data: Data): void;
  /** Runs `work` every `everyMs`, never twice at once, until stopped. Failures are logged. */
  every(name: string, everyMs: number, work: () => Promise<void>): void;
  /** Starts to take work, also what earlier relayers left. */
  start(): void;
  /** Resolves when nothing waits, runs or backs off, here or on another relayer; or when stopped. */
  idle(): Promise<void>;
  /** Items added so far, repeated ones included: unchanged between two readings means that nothing was asked for. */
  readonly added: number;
  stats(): Record<string, QueueStats>;
  /** Takes no more work, gives back what waits, resolves when all that runs has ended and the store is closed. */
  stop(): Promise<void>;
}

export interface OpenSchedulerParameters {
  /** All that it may be asked for. */
  jobs: readonly RelayerJob[];
  /** Closed by `stop`. */
  store: QueueStore;
  /** Of the queue. */
  name: string;
  context: () => RelayerContext;
  log: Logger;
  timings?: QueueTimings;
}

const DEFAULT_TIMINGS: QueueTimings = { lockMs: 10_000, stalledMs: 5_000 };
const IDLE_POLL_MS = 50;

/** @throws CausewayError `QueueUnreachable` */
export async function openScheduler(parameters: OpenSchedulerParameters): Promise<Scheduler> {
  const { store, log, timings = DEFAULT_TIMINGS } = parameters;
  let queue: WorkQueue;
  try {
    queue = await openWorkQueue({ ...parameters, timings });
  } catch (cause) {
    await store.close();
    throw cause;
  }
  const stopping = new AbortController();
  const loops: Promise<void>[] = [];
  let stopped: Promise<void> | undefined;
  let added = 0;

  const pause = (ms: number) => delay(ms, undefined, { signal: stopping.signal }).catch(() => undefined); // stopped meanwhile

  async function repeat(name: string, everyMs: number, work: () => Promise<void>) {
    for (;;) {
      await pause(everyMs);
      if (stopping.signal.aborted) return;
      await work().catch((cause) => {
        if (!stopping.signal.aborted)
          log.warn({ job: name, error: toRelayerError(cause) }, "periodic work failed");
      });
    }
  }

  async function stop() {
    stopping.abort();
    await Promise.all(loops);
    await queue.stop();
    await store.close();
  }

  return {
    kind: store.kind,
    add(job, data) {
      if (stopping.signal.aborted) return;
      queue.add(job, data);
      added += 1;
    },
    every(name, everyMs, work) {
      loops.push(repeat(name, everyMs, work));
    },
    start: queue.start,
    async idle() {
      while (!stopping.signal.aborted) {
        const before = added;
        try {
          if ((await queue.isIdle()) && added === before) return;
        } catch (cause) {
          store.trouble.failed(cause);
        }
        await pause(IDLE_POLL_MS);
      }
    },
    get added() {
      return added;
    },
    stats: queue.stats,
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}
