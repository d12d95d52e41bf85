import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import { CausewayError } from "../errors/CausewayError.ts";
import type { RelayerContext } from "./context.ts";
import type { JobOutcome, RelayerJob } from "./job.ts";
import { toRelayerError } from "./toRelayerError.ts";

const DEFAULT_ATTEMPTS = 6;
const DEFAULT_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 60_000;

interface Item {
  id: string;
  data: unknown;
  attempts: number;
  running: boolean;
  /** Asked for again while it ran. */
  again: boolean;
}

interface Lane {
  waiting: Item[];
  running: number;
  /** A pump is due at the end of this turn: everything added meanwhile shares a batch. */
  woken: boolean;
}

interface Queue {
  job: RelayerJob;
  lanes: Map<string, Lane>;
  /** Everything waiting, running or backing off, by id. */
  items: Map<string, Item>;
}

/** Counts of one queue, for status and tests. */
export interface QueueStats {
  waiting: number;
  done: number;
  retried: number;
  failed: number;
}

/** In-process scheduling of jobs. Nothing here is durable: what was to be done is derived from the chains at start. */
export interface Scheduler {
  /** Adds work. An id that waits already is left as it is; one that runs runs once more. Ignored once stopped. */
  add<Data>(job: RelayerJob<Data>, data: Data): void;
  /** Runs `work` every `everyMs`, never twice at once, until stopped. Failures are logged. */
  every(name: string, everyMs: number, work: () => Promise<void>): void;
  /** Resolves when nothing waits, runs or backs off. */
  idle(): Promise<void>;
  /** Items added so far, repeated ones included: unchanged between two readings means that nothing was asked for. */
  readonly added: number;
  stats(): Record<string, QueueStats>;
  /** Takes no more work, forgets what waits, resolves when all that runs has ended. */
  stop(): Promise<void>;
}

export interface CreateSchedulerParameters {
  context: () => RelayerContext;
  log: Logger;
}

export function createScheduler({ context, log }: CreateSchedulerParameters): Scheduler {
  const queues = new Map<string, Queue & { counts: Omit<QueueStats, "waiting"> }>();
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  let idleWaiters: (() => void)[] = [];
  let outstanding = 0;
  let added = 0;

  function queueOf(job: RelayerJob) {
    let queue = queues.get(job.name);
    if (!queue) {
      queue = { job, lanes: new Map(), items: new Map(), counts: { done: 0, retried: 0, failed: 0 } };
      queues.set(job.name, queue);
    }
    return queue;
  }

  function track(work: Promise<void>) {
    running.add(work);
    void work.finally(() => running.delete(work));
  }

  function settled(count: number) {
    outstanding -= count;
    if (outstanding > 0) return;
    const waiters = idleWaiters;
    idleWaiters = [];
    for (const resolve of waiters) resolve();
  }

  function enqueue(queue: Queue, item: Item) {
    const name = queue.job.lane?.(item.data) ?? "";
    let lane = queue.lanes.get(name);
    if (!lane) {
      lane = { waiting: [], running: 0, woken: false };
      queue.lanes.set(name, lane);
    }
    lane.waiting.push(item);
    wake(queue, lane);
  }

  function wake(queue: Queue, lane: Lane) {
    if (lane.woken) return;
    lane.woken = true;
    const start = () => {
      lane.woken = false;
      pump(queue, lane);
    };
    const { batchMs } = queue.job;
    if (batchMs) track(gather(batchMs(context()), start));
    else setImmediate(start);
  }

  async function gather(waitMs: number, start: () => void) {
    await delay(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined); // stopped meanwhile
    start();
  }

  function pump(queue: Queue, lane: Lane) {
    const { concurrency = 1, maxBatch = 1 } = queue.job;
    while (!stopping.signal.aborted && lane.running < concurrency && lane.waiting.length > 0) {
      lane.running += 1;
      const batch = lane.waiting.splice(0, maxBatch);
      for (const item of batch) item.running = true;
      track(runBatch(queue, lane, batch));
    }
  }

  async function runBatch(queue: Queue, lane: Lane, batch: Item[]) {
    const { job } = queue;
    let outcomes: readonly JobOutcome[];
    try {
      outcomes = await job.run(
        context(),
        batch.map((item) => item.data),
      );
    } catch (cause) {
      const error = toRelayerError(cause);
      outcomes = batch.map(() => error);
    }
    lane.running -= 1;
    batch.forEach((item, index) => {
      finish(queue, item, outcomes[index]);
    });
    if (!job.batchMs) pump(queue, lane);
    else if (lane.waiting.length > 0) wake(queue, lane);
  }

  function finish(queue: Queue, item: Item, error: JobOutcome) {
    const { job } = queue;
    const { counts } = queueOf(job);
    item.attempts += 1;
    item.running = false;
    if (stopping.signal.aborted) return drop(queue, item);
    if (error?.retryable && item.attempts < (job.attempts ?? DEFAULT_ATTEMPTS)) {
      counts.retried += 1;
      log.debug({ job: job.name, id: item.id, attempt: item.attempts, error: error }, "job will be retried");
      item.again = false;
      const wait = Math.min((job.backoffMs ?? DEFAULT_BACKOFF_MS) * 2 ** (item.attempts - 1), MAX_BACKOFF_MS);
      return track(backOff(queue, item, wait));
    }
    if (error) {
      counts.failed += 1;
      log.error({ job: job.name, id: item.id, attempts: item.attempts, error: error }, "job failed");
    } else counts.done += 1;
    if (!item.again) return drop(queue, item);
    item.again = false;
    item.attempts = 0;
    enqueue(queue, item);
  }

  async function backOff(queue: Queue, item: Item, waitMs: number) {
    try {
      await delay(waitMs, undefined, { signal: stopping.signal });
      enqueue(queue, item);
    } catch {
      drop(queue, item); // stopped meanwhile
    }
  }

  function drop(queue: Queue, item: Item) {
    queue.items.delete(item.id);
    settled(1);
  }

  return {
    add(job, data) {
      if (stopping.signal.aborted) return;
      const parsed = job.schema.safeParse(data);
      if (!parsed.success) {
        throw new CausewayError("JobDataInvalid", {
          message: `Job ${job.name} got data that its schema refuses.`,
          details: { issues: parsed.error.issues },
          cause: parsed.error,
        });
      }
      added += 1;
      const queue = queueOf(job);
      const id = job.id(parsed.data);
      const known = queue.items.get(id);
      if (known) {
        known.again ||= known.running;
        return;
      }
      const item: Item = { id, data: parsed.data, attempts: 0, running: false, again: false };
      queue.items.set(id, item);
      outstanding += 1;
      enqueue(queue, item);
    },
    every(name, everyMs, work) {
      const loop = async () => {
        while (!stopping.signal.aborted) {
          try {
            await delay(everyMs, undefined, { signal: stopping.signal });
            await work();
          } catch (cause) {
            if (!stopping.signal.aborted)
              log.warn({ job: name, error: toRelayerError(cause) }, "periodic work failed");
          }
        }
      };
      track(loop());
    },
    idle() {
      return outstanding === 0 ? Promise.resolve() : new Promise((resolve) => idleWaiters.push(resolve));
    },
    get added() {
      return added;
    },
    stats() {
      return Object.fromEntries(
        [...queues].map(([name, queue]) => [name, { waiting: queue.items.size, ...queue.counts }]),
      );
    },
    async stop() {
      stopping.abort();
      for (const queue of queues.values())
        for (const lane of queue.lanes.values()) for (const item of lane.waiting.splice(0)) drop(queue, item);
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}
