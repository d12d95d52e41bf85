import type { RelayerContext } from "../context.ts";
import type { JobOutcome, RelayerJob } from "../job.ts";
import { toRelayerError } from "../toRelayerError.ts";

/** What becomes of an item that had not started when its lanes stopped. */
export const RELEASED = Symbol("released");

export type LaneOutcome = JobOutcome | typeof RELEASED;

/** Runs items of one job in batches, lane by lane. In memory: they are in the queue's hands until they end. */
export interface Lanes<Data> {
  /** Resolves when the item has run, with an id that waits already when that one has; with {@link RELEASED} if it will not. */
  run(data: Data): Promise<LaneOutcome>;
  /** Items that wait or run. */
  readonly size: number;
  /** Releases what waits, and resolves when all that runs has ended. */
  stop(): Promise<void>;
}

interface Item<Data> {
  data: Data;
  outcome: PromiseWithResolvers<LaneOutcome>;
}

interface Lane<Data> {
  waiting: Map<string, Item<Data>>;
  running: number;
}

export function createLanes<Data>(job: RelayerJob<Data>, context: () => RelayerContext): Lanes<Data> {
  const { concurrency = 1, maxBatch = 1 } = job;
  const lanes = new Map<string, Lane<Data>>();
  const running = new Set<Promise<void>>();
  let size = 0;
  let isStopped = false;

  function laneOf(data: Data) {
    const name = job.lane?.(data) ?? "";
    const lane = lanes.get(name) ?? { waiting: new Map(), running: 0 };
    lanes.set(name, lane);
    return lane;
  }

  function pump(lane: Lane<Data>) {
    while (!isStopped && lane.running < concurrency && lane.waiting.size > 0) {
      lane.running += 1;
      const batch = [...lane.waiting].slice(0, maxBatch);
      for (const [id] of batch) lane.waiting.delete(id);
      const work = runBatch(
        lane,
        batch.map(([, item]) => item),
      );
      running.add(work);
      void work.finally(() => running.delete(work));
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
      end(item, outcomes[at]);
    });
    pump(lane);
  }

  function end(item: Item<Data>, outcome: LaneOutcome) {
    size -= 1;
    item.outcome.resolve(outcome);
  }

  return {
    run(data) {
      if (isStopped) return Promise.resolve(RELEASED);
      const lane = laneOf(data);
      const id = job.id(data);
      const known = lane.waiting.get(id);
      if (known) return known.outcome.promise;
      const item = { data, outcome: Promise.withResolvers<LaneOutcome>() };
      lane.waiting.set(id, item);
      size += 1;
      // What a parcel brings comes in this turn.
      setImmediate(pump, lane);
      return item.outcome.promise;
    },
    get size() {
      return size;
    },
    async stop() {
      isStopped = true;
      for (const { waiting } of lanes.values()) {
        for (const item of waiting.values()) end(item, RELEASED);
        waiting.clear();
      }
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}
