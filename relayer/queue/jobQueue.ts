import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import {
  type Job,
  type JobsOptions,
  Queue,
  UnrecoverableError,
  WaitingError,
  Worker,
  type WorkerOptions,
} from "bullmq";
import type { Logger } from "pino";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { RelayerContext } from "../context.ts";
import type { RelayerJob } from "../job.ts";
import { inTime } from "./inTime.ts";
import { createLanes, RELEASED } from "./lanes.ts";
import type { QueueStore } from "./queueStore.ts";
import { queueUnreachable } from "./queueTrouble.ts";

/** How BullMQ treats a worker that is silent. */
export interface QueueTimings {
  /** A job whose worker has not renewed its lock for so long is anybody's. Renewed at half of it. */
  lockMs: number;
  /** How often abandoned jobs are looked for: one is found at the second look. */
  stalledMs: number;
}

export interface OpenJobQueueParameters<Data> {
  job: RelayerJob<Data>;
  store: QueueStore;
  /** Relayers that give the same share the work. */
  namespace: string;
  context: () => RelayerContext;
  log: Logger;
  timings: QueueTimings;
}

/** Counts of one queue since this relayer started, for status and tests. */
export interface QueueStats {
  /** Asked for or taken by this relayer, and not ended. */
  waiting: number;
  done: number;
  retried: number;
  failed: number;
}

/** One job's queue, shared with other relayers, and this relayer's worker on it. */
export interface JobQueue<Data> {
  /** See `Scheduler.add`. */
  add(data: Data): void;
  /** Starts to take work. */
  start(): void;
  /** How much is asked for, waits, runs or backs off, on whatever relayer. */
  left(): Promise<number>;
  stats(): QueueStats;
  /** Gives back what has not started, and resolves when what runs has ended. */
  stop(): Promise<void>;
}

const DEFAULT_ATTEMPTS = 6;
const DEFAULT_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 60_000;
/** Items that one relayer takes at a time: enough to fill batches on many lanes, whichever of them is slow. */
const MAX_TAKEN = 2_000;
const MAX_ADDED = 500;
const ADD_AGAIN_MS = 1_000;
/** A job that takes its worker down so often is not tried any more. */
const MAX_STALLS = 10;
/** Finished jobs that are kept for people to look at. */
const KEPT_DONE = 100;
const KEPT_FAILED = 1_000;
const KEPT_EVENTS = 1_000;
/** All that is not finished. Types know no `paused` any more, but Postgres counts what waits in a paused queue under that name. */
const UNFINISHED = ["waiting", "active", "delayed", "paused" as "waiting"] as const;
/** How long `stop` waits for the queue to hear how things ended. If it does not, others take over when the locks end. */
const CLOSE_MS = 5_000;

/** @throws CausewayError `QueueUnreachable` */
export async function openJobQueue<Data>(parameters: OpenJobQueueParameters<Data>): Promise<JobQueue<Data>> {
  const { job, store, namespace, context, log, timings } = parameters;
  const { attempts = DEFAULT_ATTEMPTS, backoffMs = DEFAULT_BACKOFF_MS } = job;
  const { trouble } = store;
  const lanes = createLanes({ job, context, isMoreComing: () => taking || started < fetched });
  const counts = { done: 0, retried: 0, failed: 0 };
  /** What the queue has not heard of yet. */
  const asked = new Map<string, Data>();
  const stopping = new AbortController();
  let sending: Promise<void> | undefined;
  // BullMQ takes items one by one, and starts those after the first when it finds no more.
  let taking = false;
  let fetched = 0;
  let started = 0;

  const name = `${namespace}.${job.name}`;
  const queue = new Queue(
    name,
    { ...store.options, streams: { events: { maxLen: KEPT_EVENTS } } },
    store.backend,
  );
  const options: WorkerOptions = {
    ...store.options,
    autorun: false,
    concurrency: MAX_TAKEN,
    lockDuration: timings.lockMs,
    stalledInterval: timings.stalledMs,
    maxStalledCount: MAX_STALLS,
    runRetryDelay: ADD_AGAIN_MS,
    settings: {
      backoffStrategy: (made) => Math.min(backoffMs * 2 ** (made - 1), MAX_BACKOFF_MS),
    },
  };
  const worker = new Worker(name, work, options, store.backend);
  queue.on("error", trouble.failed);
  worker.on("error", trouble.failed);
  worker.on("active", () => {
    taking = true;
    fetched += 1;
  });
  worker.on("drained", () => {
    taking = false;
  });
  try {
    await inTime(Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]));
  } catch (cause) {
    await Promise.allSettled([worker.disconnect(), queue.disconnect()]);
    throw queueUnreachable(cause);
  }

  /** Tells the queue what was asked for, until it has heard all of it. */
  async function send() {
    await nextTurn();
    while (asked.size > 0 && !stopping.signal.aborted) {
      const batch = [...asked].slice(0, MAX_ADDED);
      for (const [id] of batch) asked.delete(id);
      try {
        await inTime(
          queue.addBulk(batch.map(([id, data]) => ({ name: job.name, data, opts: optionsOf(id) }))),
        );
        trouble.worked();
      } catch (cause) {
        trouble.failed(cause);
        for (const [id, data] of batch) if (!asked.has(id)) asked.set(id, data);
        await delay(ADD_AGAIN_MS, undefined, { signal: stopping.signal }).catch(() => undefined); // stopped meanwhile
      }
    }
    sending = undefined;
  }

  function optionsOf(id: string): JobsOptions {
    return {
      attempts,
      backoff: { type: "doubling" },
      // What waits is left as it is; what runs, runs once more.
      deduplication: { id, keepLastIfActive: true },
      removeOnComplete: { count: KEPT_DONE },
      removeOnFail: { count: KEPT_FAILED },
      stackTraceLimit: 1,
    };
  }

  /** Runs one item. BullMQ takes what is thrown: retries it, unless it says that there is no use. */
  async function work(item: Job, token: string | undefined): Promise<void> {
    started += 1;
    const id = item.deduplicationId;
    const parsed = job.schema.safeParse(item.data);
    const outcome = parsed.success ? await lanes.run(parsed.data) : dataInvalid(job, parsed.error);
    if (outcome === RELEASED) {
      await item.moveToWait(token);
      throw new WaitingError();
    }
    if (outcome === undefined) {
      counts.done += 1;
      return;
    }
    const attempt = item.attemptsMade + 1;
    if (outcome.retryable && attempt < attempts) {
      counts.retried += 1;
      log.debug({ job: job.name, id, attempt, error: outcome }, "job will be retried");
      throw outcome;
    }
    counts.failed += 1;
    log.error({ job: job.name, id, attempts: attempt, error: outcome }, "job failed");
    throw new UnrecoverableError(outcome.message);
  }

  return {
    add(data) {
      const parsed = job.schema.safeParse(data);
      if (!parsed.success) throw dataInvalid(job, parsed.error);
      asked.set(job.id(parsed.data), parsed.data);
      sending ??= send();
    },
    start() {
      worker.run().catch(trouble.failed);
    },
    async left() {
      if (sending !== undefined) return asked.size + 1;
      return (await inTime(queue.getJobCountByTypes(...UNFINISHED))) + lanes.taken;
    },
    stats: () => ({ waiting: asked.size + lanes.taken, ...counts }),
    async stop() {
      stopping.abort();
      const closing = worker.close();
      await lanes.stop();
      try {
        await inTime(
          Promise.all([closing, sending]).then(() => queue.close()),
          CLOSE_MS,
        );
      } catch (cause) {
        trouble.failed(cause);
        await Promise.allSettled([worker.disconnect(), queue.disconnect()]);
      }
    },
  };
}

function dataInvalid(job: RelayerJob, cause: { issues: unknown }): CausewayError {
  return new CausewayError("JobDataInvalid", {
    message: `Job ${job.name} got data that its schema refuses.`,
    details: { issues: cause.issues },
    cause,
  });
}
