import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import type { RelayerContext } from "../context.ts";
import type { RelayerJob } from "../job.ts";

/** Items of one job that go through the queue together, of whatever lanes. */
export interface Parcel {
  job: RelayerJob;
  ids: readonly string[];
  items: readonly unknown[];
}

/** What this relayer asked for, and the queue has not heard of yet. */
export interface Asked {
  /** An id that is in here already is left as it is. */
  add(job: RelayerJob, data: unknown): void;
  /** How many items it holds of a job, those on their way to the queue included. */
  sizeOf(job: RelayerJob): number;
  /** Forgets what it holds. What is on its way to the queue may still arrive. */
  stop(): void;
}

export interface CreateAskedParameters {
  context: () => RelayerContext;
  /** Tells the queue. What it throws was not heard, and is said again. */
  send(parcels: readonly Parcel[]): Promise<void>;
}

/** Large enough for a burst to be one parcel, small enough for relayers to share a sweep. */
const MAX_ITEMS = 100;
const SEND_AGAIN_MS = 1_000;

/** Gathers what comes in one go, or within the job's `batchMs`: the queue has some milliseconds of work with each parcel, however large. */
export function createAsked({ context, send }: CreateAskedParameters): Asked {
  /** By job and lane: gathers until its time has come. */
  const gathering = new Map<string, Map<string, unknown>>();
  /** By job: to be sent. */
  const due = new Map<RelayerJob, Map<string, unknown>>();
  const stopping = new AbortController();
  let onTheWay: readonly Parcel[] = [];
  let sending = false;

  function pause(ms: number) {
    return delay(ms, undefined, { signal: stopping.signal }).catch(() => undefined); // stopped meanwhile
  }

  const keyOf = (job: RelayerJob, data: unknown) => `${job.name} ${job.lane?.(data) ?? ""}`;

  async function gather(job: RelayerJob, key: string) {
    await (job.batchMs ? pause(job.batchMs(context())) : nextTurn());
    const items = gathering.get(key);
    gathering.delete(key);
    if (items) due.set(job, new Map([...(due.get(job) ?? []), ...items]));
    if (!sending) await sendAll();
  }

  async function sendAll() {
    sending = true;
    while (due.size > 0 && !stopping.signal.aborted) {
      await nextTurn(); // whatever else is due now goes along
      onTheWay = [...due].flatMap(([job, items]) => toParcels(job, items));
      due.clear();
      try {
        await send(onTheWay);
        onTheWay = [];
      } catch {
        for (const { job, ids, items } of onTheWay)
          due.set(job, new Map([...ids.map((id, at) => [id, items[at]] as const), ...(due.get(job) ?? [])]));
        onTheWay = [];
        await pause(SEND_AGAIN_MS);
      }
    }
    sending = false;
  }

  function toParcels(job: RelayerJob, items: ReadonlyMap<string, unknown>): Parcel[] {
    const all = [...items];
    const parcels: Parcel[] = [];
    for (let from = 0; from < all.length; from += MAX_ITEMS) {
      const some = all.slice(from, from + MAX_ITEMS);
      parcels.push({ job, ids: some.map(([id]) => id), items: some.map(([, data]) => data) });
    }
    return parcels;
  }

  return {
    add(job, data) {
      const key = keyOf(job, data);
      const known = gathering.get(key);
      if (known) {
        known.set(job.id(data), data);
        return;
      }
      gathering.set(key, new Map([[job.id(data), data]]));
      void gather(job, key);
    },
    sizeOf(job) {
      let size = due.get(job)?.size ?? 0;
      for (const [key, items] of gathering) if (key.startsWith(`${job.name} `)) size += items.size;
      for (const parcel of onTheWay) if (parcel.job === job) size += parcel.ids.length;
      return size;
    },
    stop() {
      stopping.abort();
      gathering.clear();
      due.clear();
    },
  };
}
