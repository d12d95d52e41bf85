import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import { CausewayError } from "../errors/CausewayError.ts";
import type { RelayerContext } from "./context.ts";
import type { RelayerJob } from "./job.ts";
import { type JobQueue, openJobQueue, type QueueStats, type QueueTimings } from "./queue/jobQueue.ts";
import type { QueueStore } from "./queue/queueStore.ts";
import { toRelayerError } from "./toRelayerError.ts";

/**
 * Scheduling of jobs, shared by all relayers of the same namespace. The queue only says what may be worth a look: it may forget everything, and
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
  namespace: string;
  context: () => RelayerContext;
  log: Logger;
  timings?: QueueTimings;
}

const DEFAULT_TIMINGS: QueueTimings = { lockMs: 10_000, stalledMs: 5_000 };
const IDLE_POLL_MS = 50;

/** @throws CausewayError `QueueUnreachable` */
export async function openScheduler(parameters: OpenSchedulerParameters): Promise<Scheduler> {
  const { jobs, store, namespace, context, log, timings = DEFAULT_TIMINGS } = parameters;
  const opening = await Promise.allSettled(
    jobs.map((job) => openJobQueue({ job, store, namespace, context, log, timings })),
  );
  const opened = opening.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failed = opening.find((one) => one.status === "rejected");
  if (failed) {
    await Promise.all(opened.map((queue) => queue.stop()));
    await store.close();
    throw failed.reason;
  }
  const queues = new Map<string, JobQueue<unknown>>(jobs.map(({ name }, at) => [name, opened[at]!]));
  const stopping = new AbortController();
  const loops: Promise<void>[] = [];
  let added = 0;

  const pause = (ms: number) => delay(ms, undefined, { signal: stopping.signal }).catch(() => undefined); // stopped meanwhile

  /** Queue by queue: while one is busy, there is no need to ask about the others. */
  async function isIdle() {
    for (const queue of opened) if (!(await queue.isIdle())) return false;
    return true;
  }

  async function stop() {
    stopping.abort();
    await Promise.all(loops);
    await Promise.all(opened.map((queue) => queue.stop()));
    await store.close();
  }

  let stopped: Promise<void> | undefined;
  return {
    kind: store.kind,
    add(job, data) {
      if (stopping.signal.aborted) return;
      const queue = queues.get(job.name);
      if (!queue) {
        const what = `job ${job.name} is not one of this relayer's`;
        throw new CausewayError("InternalInvariant", { details: { what } });
      }
      added += 1;
      queue.add(data);
    },
    every(name, everyMs, work) {
      const loop = async () => {
        for (;;) {
          await pause(everyMs);
          if (stopping.signal.aborted) return;
          await work().catch((cause) => {
            if (!stopping.signal.aborted)
              log.warn({ job: name, error: toRelayerError(cause) }, "periodic work failed");
          });
        }
      };
      loops.push(loop());
    },
    start() {
      for (const queue of opened) queue.start();
    },
    async idle() {
      while (!stopping.signal.aborted) {
        const before = added;
        try {
          if ((await isIdle()) && added === before) return;
        } catch (cause) {
          store.trouble.failed(cause);
        }
        await pause(IDLE_POLL_MS);
      }
    },
    get added() {
      return added;
    },
    stats: () => Object.fromEntries([...queues].map(([name, queue]) => [name, queue.stats()])),
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}
