import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import type { RelayerContext } from "../context.ts";
import type { JobOutcome, RelayerJob } from "../job.ts";
import { toRelayerError } from "../toRelayerError.ts";

/** What becomes of an item that had not started when its lanes stopped. */
export const RELEASED = Symbol("released");

/** Gathers items of one job into batches, lane by lane, and runs them. In memory: an item is in nobody's hands but BullMQ's until it ends. */
export interface Lanes<Data> {
  /** Resolves when the batch of this item has run; with {@link RELEASED} if it will not. */
  run(data: Data): Promise<JobOutcome | typeof RELEASED>;
  /** Items that wait or run. */
  readonly taken: number;
  /** Releases what waits, and resolves when all that runs has ended. */
  stop(): Promise<void>;
}

/** However many more come, the first of them have waited long enough. */
const GATHER_MAX_MS = 200;

interface Item<Data> {
  data: Data;
  end(outcome: JobOutcome | typeof RELEASED): void;
}

interface Lane<Data> {
  waiting: Item<Data>[];
  running: number;
  /** A pump is due: everything added meanwhile shares a batch. */
  woken: boolean;
}

export interface CreateLanesParameters<Data> {
  job: RelayerJob<Data>;
  context: () => RelayerContext;
  /** Whether items are about to be run: a batch that is not full may wait for them. */
  isMoreComing(): boolean;
}

export function createLanes<Data>(parameters: CreateLanesParameters<Data>): Lanes<Data> {
  const { job, context, isMoreComing } = parameters;
  const { concurrency = 1, maxBatch = 1, batchMs } = job;
  const lanes = new Map<string, Lane<Data>>();
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  let taken = 0;

  function track(work: Promise<void>) {
    running.add(work);
    void work.finally(() => running.delete(work));
  }

  function laneOf(name: string) {
    const lane = lanes.get(name) ?? { waiting: [], running: 0, woken: false };
    lanes.set(name, lane);
    return lane;
  }

  function wake(lane: Lane<Data>) {
    if (lane.woken) return;
    lane.woken = true;
    track(
      gather(lane).then(() => {
        lane.woken = false;
        pump(lane);
      }),
    );
  }

  /** Waits for as long as the job says, or else until what came in one go is complete. */
  async function gather({ waiting }: Lane<Data>) {
    if (batchMs) return pause(batchMs(context()));
    const end = performance.now() + GATHER_MAX_MS;
    await nextTurn();
    while (isMoreComing() && waiting.length < maxBatch && performance.now() < end) await pause(1);
  }

  function pause(ms: number) {
    return delay(ms, undefined, { signal: stopping.signal }).catch(() => undefined); // stopped meanwhile
  }

  function pump(lane: Lane<Data>) {
    while (!stopping.signal.aborted && lane.running < concurrency && lane.waiting.length > 0) {
      lane.running += 1;
      track(runBatch(lane, lane.waiting.splice(0, maxBatch)));
    }
  }

  async function runBatch(lane: Lane<Data>, batch: readonly Item<Data>[]) {
    let outcomes: readonly JobOutcome[];
    try {
      outcomes = await job.run(
        context(),
        batch.map(({ data }) => data),
      );
    } catch (cause) {
      const error = toRelayerError(cause);
      outcomes = batch.map(() => error);
    }
    lane.running -= 1;
    batch.forEach((item, at) => {
      item.end(outcomes[at]);
    });
    if (!batchMs) pump(lane);
    else if (lane.waiting.length > 0) wake(lane);
  }

  return {
    async run(data) {
      if (stopping.signal.aborted) return RELEASED;
      taken += 1;
      const { promise, resolve } = Promise.withResolvers<JobOutcome | typeof RELEASED>();
      const lane = laneOf(job.lane?.(data) ?? "");
      lane.waiting.push({ data, end: resolve });
      wake(lane);
      return promise.finally(() => {
        taken -= 1;
      });
    },
    get taken() {
      return taken;
    },
    async stop() {
      stopping.abort();
      for (const lane of lanes.values()) for (const item of lane.waiting.splice(0)) item.end(RELEASED);
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}
