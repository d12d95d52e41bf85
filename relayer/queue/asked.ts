import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import type { RelayerContext } from "../context.ts";
import type { RelayerJob } from "../job.ts";

/** Items of one lane that go through the queue together: what came in one go, or within the job's `batchMs`. */
export interface Parcel<Data> {
  ids: readonly string[];
  items: readonly Data[];
}

/** What this relayer asked for, and the queue has not heard of yet. */
export interface Asked<Data> {
  /** An id that is in here already is left as it is. */
  add(data: Data): void;
  /** How many items it holds, those on their way to the queue included. */
  readonly size: number;
  /** Forgets what it holds. */
  stop(): Promise<void>;
}

export interface CreateAskedParameters<Data> {
  job: RelayerJob<Data>;
  context: () => RelayerContext;
  /** Tells the queue. What it throws was not heard, and is said again. */
  send(parcels: readonly Parcel<Data>[]): Promise<void>;
}

/** Large enough for a burst to be one parcel, small enough for relayers to share a sweep. */
const MAX_ITEMS = 100;
const MAX_PARCELS = 100;
const SEND_AGAIN_MS = 1_000;

/** Gathers items by lane: the queue is told of parcels, for it has some milliseconds of work with each. */
export function createAsked<Data>({ job, context, send }: CreateAskedParameters<Data>): Asked<Data> {
  const lanes = new Map<string, Map<string, Data>>();
  const due = new Set<string>();
  const stopping = new AbortController();
  const work = new Set<Promise<void>>();
  let sending = false;
  let onTheWay = 0;

  function track(promise: Promise<void>) {
    work.add(promise);
    void promise.finally(() => work.delete(promise));
  }

  function pause(ms: number) {
    return delay(ms, undefined, { signal: stopping.signal }).catch(() => undefined); // stopped meanwhile
  }

  async function gather(lane: string) {
    await (job.batchMs ? pause(job.batchMs(context())) : nextTurn());
    if (lanes.has(lane)) due.add(lane);
    if (!sending) await sendAll();
  }

  async function sendAll() {
    sending = true;
    while (due.size > 0 && !stopping.signal.aborted) {
      const parcels = takeParcels();
      onTheWay = parcels.reduce((total, { ids }) => total + ids.length, 0);
      try {
        await send(parcels);
      } catch {
        putBack(parcels);
        await pause(SEND_AGAIN_MS);
      }
      onTheWay = 0;
    }
    sending = false;
  }

  function takeParcels(): Parcel<Data>[] {
    const parcels: Parcel<Data>[] = [];
    for (const lane of due) {
      if (parcels.length === MAX_PARCELS) break;
      const all = lanes.get(lane)!;
      const some = [...all].slice(0, MAX_ITEMS);
      for (const [id] of some) all.delete(id);
      if (all.size === 0) {
        due.delete(lane);
        lanes.delete(lane);
      }
      parcels.push({ ids: some.map(([id]) => id), items: some.map(([, data]) => data) });
    }
    return parcels;
  }

  function putBack(parcels: readonly Parcel<Data>[]) {
    for (const { ids, items } of parcels) {
      const lane = laneOf(items[0]!);
      const newer = lanes.get(lane);
      lanes.set(lane, new Map([...ids.map((id, at) => [id, items[at]!] as const), ...(newer ?? [])]));
      due.add(lane);
    }
  }

  function laneOf(data: Data) {
    return job.lane?.(data) ?? "";
  }

  return {
    add(data) {
      const lane = laneOf(data);
      const known = lanes.get(lane);
      if (known) {
        known.set(job.id(data), data);
        return;
      }
      lanes.set(lane, new Map([[job.id(data), data]]));
      track(gather(lane));
    },
    get size() {
      return [...lanes.values()].reduce((total, { size }) => total + size, onTheWay);
    },
    async stop() {
      stopping.abort();
      lanes.clear();
      due.clear();
      while (work.size > 0) await Promise.allSettled(work);
    },
  };
}
