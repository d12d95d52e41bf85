import { createHash } from "node:crypto";
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
import { z } from "zod";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { RelayerContext } from "../context.ts";
import type { RelayerJob } from "../job.ts";
import { createAsked, type Parcel } from "./asked.ts";
import { inTime } from "./inTime.ts";
import { createLanes, type Lanes, RELEASED } from "./lanes.ts";
import type { QueueStore } from "./queueStore.ts";
import { queueUnreachable } from "./queueTrouble.ts";

/** How BullMQ treats a worker that is silent. */
export interface QueueTimings {
  /** A parcel whose worker has not renewed its lock for so long is anybody's. Renewed at half of it. */
  lockMs: number;
  /** How often abandoned parcels are looked for: one is found at the second look. */
  stalledMs: number;
}

export interface OpenWorkQueueParameters {
  jobs: readonly RelayerJob[];
  store: QueueStore;
  /** Relayers that give the same share the work: they must have the same jobs. */
  name: string;
  context: () => RelayerContext;
  log: Logger;
  timings: QueueTimings;
}

/** Counts of one job's items since this relayer started, for status and tests. */
export interface QueueStats {
  /** Asked for and not queued yet, or taken and not ended, by this relayer. */
  waiting: number;
  done: number;
  retried: number;
  failed: number;
}

/** The queue, shared with other relayers, and this relayer's worker on it. */
export interface WorkQueue {
  /** See `Scheduler.add`. */
  add<Data>(job: RelayerJob<Data>, data: Data): void;
  /** Starts to take work. */
  start(): void;
  /** Whether nothing is asked for, waits, runs or backs off, on whatever relayer. */
  isIdle(): Promise<boolean>;
  stats(): Record<string, QueueStats>;
  /** Gives back what has not started, and resolves when what runs has ended. */
  stop(): Promise<void>;
}

/** One kind of work, as this relayer does it. */
interface Kind {
  job: RelayerJob;
  lanes: Lanes<unknown>;
  counts: Omit<QueueStats, "waiting">;
}

const DEFAULT_ATTEMPTS = 6;
const DEFAULT_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 60_000;
/** Parcels that one relayer takes at a time: enough for all lanes to be busy, whichever of them is slow. */
const MAX_TAKEN = 500;
const RECONNECT_MS = 1_000;
/** A parcel that takes its worker down so often is not tried any more. */
const MAX_STALLS = 10;
/** Finished parcels that are kept for people to look at. */
const KEPT_DONE = 1_000;
const KEPT_FAILED = 1_000;
const KEPT_EVENTS = 1_000;
/** All that is not finished. Types know no `paused` any more, but Postgres counts what waits in a paused queue under that name. */
const UNFINISHED = ["waiting", "active", "delayed", "paused" as "waiting"] as const;
/** How long `stop` waits for the queue to hear how things ended. If it does not, others take over when the locks end. */
const CLOSE_MS = 5_000;
const ANSWER_MS = 1_000;

/** @throws CausewayError `QueueUnreachable` */
export async function openWorkQueue(parameters: OpenWorkQueueParameters): Promise<WorkQueue> {
  const { jobs, store, name, context, log, timings } = parameters;
  const { trouble } = store;
  const kinds = new Map<string, Kind>(
    jobs.map((job) => [
      job.name,
      { job, lanes: createLanes(job, context), counts: { done: 0, retried: 0, failed: 0 } },
    ]),
  );
  const asked = createAsked({ context, send });

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
    runRetryDelay: RECONNECT_MS,
    settings: {
      backoffStrategy: (made, _type, _error, parcel) => backoff(kinds.get(parcel!.name)!.job, made),
    },
  };
  const worker = new Worker(name, work, options, store.backend);
  queue.on("error", trouble.failed);
  worker.on("error", trouble.failed);
  try {
    await inTime(Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]));
  } catch (cause) {
    letGo();
    throw queueUnreachable(cause);
  }

  /** Not waited for: without its server, this may never end. Closing the store ends what is left. */
  function letGo() {
    void Promise.allSettled([worker.disconnect(), queue.disconnect()]);
  }

  async function send(parcels: readonly Parcel[]) {
    try {
      await inTime(
        queue.addBulk(
          parcels.map((parcel) => ({ name: parcel.job.name, data: parcel.items, opts: optionsOf(parcel) })),
        ),
      );
      trouble.worked();
    } catch (cause) {
      trouble.failed(cause);
      throw cause;
    }
  }

  /** Runs one parcel. BullMQ takes what is thrown: it tries again, unless it is told that there is no use. */
  async function work(parcel: Job, token: string | undefined): Promise<void> {
    const { job, lanes, counts } = kinds.get(parcel.name)!;
    const giveUp = (error: CausewayError, id?: string) => {
      counts.failed += 1;
      log.error({ job: job.name, id, attempts: parcel.attemptsMade + 1, error }, "job failed");
      return new UnrecoverableError(error.message);
    };
    const parsed = z.array(job.schema).safeParse(parcel.data);
    if (!parsed.success) throw giveUp(dataInvalid(job, parsed.error));
    const items = parsed.data;
    const outcomes = await Promise.all(items.map((item) => lanes.run(item)));
    const isLast = parcel.attemptsMade + 1 >= (job.attempts ?? DEFAULT_ATTEMPTS);
    const left: unknown[] = [];
    let retry: CausewayError | undefined;
    let lost: UnrecoverableError | undefined;
    let released = false;
    outcomes.forEach((outcome, at) => {
      const item = items[at]!;
      if (outcome === undefined) counts.done += 1;
      else if (outcome === RELEASED) {
        released = true;
        left.push(item);
      } else if (outcome.retryable && !isLast) {
        counts.retried += 1;
        log.debug({ job: job.name, id: job.id(item), error: outcome }, "job will be retried");
        retry = outcome;
        left.push(item);
      } else lost = giveUp(outcome, job.id(item));
    });
    if (left.length === 0) {
      if (lost) throw lost;
      return;
    }
    if (left.length < items.length) await parcel.updateData(left);
    if (released) {
      await parcel.moveToWait(token);
      throw new WaitingError();
    }
    throw retry;
  }

  const waitingOf = ({ job, lanes }: Kind) => asked.sizeOf(job) + lanes.size;

  return {
    add(job, data) {
      if (!kinds.has(job.name)) {
        const what = `job ${job.name} is not one of this relayer's`;
        throw new CausewayError("InternalInvariant", { details: { what } });
      }
      const parsed = job.schema.safeParse(data);
      if (!parsed.success) throw dataInvalid(job, parsed.error);
      asked.add(kinds.get(job.name)!.job, parsed.data);
    },
    start() {
      worker.run().catch(trouble.failed);
    },
    async isIdle() {
      for (const kind of kinds.values()) if (waitingOf(kind) > 0) return false;
      return (await inTime(queue.getJobCountByTypes(...UNFINISHED))) === 0;
    },
    stats: () =>
      Object.fromEntries(
        [...kinds].map(([kindName, kind]) => [kindName, { waiting: waitingOf(kind), ...kind.counts }]),
      ),
    async stop() {
      asked.stop();
      // Without the pause, what the lanes give back would be taken again.
      await Promise.all([worker.pause(true), ...[...kinds.values()].map(({ lanes }) => lanes.stop())]);
      try {
        const isAnswering = await inTime(queue.getJobCountByTypes("active"), ANSWER_MS).then(
          () => true,
          () => false,
        );
        // Without its server, BullMQ would wait for ever to tell it how things ended.
        await inTime(
          worker.close(!isAnswering).then(() => queue.close()),
          CLOSE_MS,
        );
      } catch (cause) {
        trouble.failed(cause);
        letGo();
      }
    },
  };
}

function optionsOf({ job, ids }: Parcel): JobsOptions {
  return {
    attempts: job.attempts ?? DEFAULT_ATTEMPTS,
    backoff: { type: "doubling" },
    // A sweep that finds the same again adds nothing while its last parcel waits; while that runs, it runs once more.
    deduplication: { id: digest([job.name, ...ids]), keepLastIfActive: true },
    removeOnComplete: { count: KEPT_DONE },
    removeOnFail: { count: KEPT_FAILED },
    stackTraceLimit: 1,
  };
}

function digest(ids: readonly string[]): string {
  return createHash("sha256").update(ids.join("\n")).digest("hex");
}

function backoff({ backoffMs = DEFAULT_BACKOFF_MS }: RelayerJob, attemptsMade: number): number {
  return Math.min(backoffMs * 2 ** (attemptsMade - 1), MAX_BACKOFF_MS);
}

function dataInvalid(job: RelayerJob, cause: { issues: unknown }): CausewayError {
  return new CausewayError("JobDataInvalid", {
    message: `Job ${job.name} got data that its schema refuses.`,
    details: { issues: cause.issues },
    cause,
  });
}
