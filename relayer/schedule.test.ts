import { pino } from "pino";
import { expect, test } from "vitest";
import { z } from "zod";
import { CausewayError } from "../errors/CausewayError.ts";
import type { RelayerContext } from "./context.ts";
import type { JobOutcome, RelayerJob } from "./job.ts";
import { createScheduler } from "./schedule.ts";

interface Data {
  id: string;
  lane?: string | undefined;
}

function setup(
  run: (items: readonly Data[]) => Promise<readonly JobOutcome[]>,
  options: Partial<RelayerJob<Data>> = {},
) {
  const scheduler = createScheduler({
    context: () => ({}) as RelayerContext,
    log: pino({ level: "silent" }),
  });
  const job: RelayerJob<Data> = {
    name: "test",
    schema: z.object({ id: z.string(), lane: z.string().optional() }),
    id: ({ id }) => id,
    backoffMs: 1,
    ...options,
    run: (_, items) => run(items),
  };
  return { scheduler, job };
}

const done = async (items: readonly Data[]) => items.map(() => undefined);
const retryable = () => new CausewayError("NodeFailed");
const final = () => new CausewayError("SubmissionReverted");

test("runs an id once, however often it is added while it waits", async () => {
  const seen: string[] = [];
  const { scheduler, job } = setup(async (items) => {
    seen.push(...items.map(({ id }) => id));
    return done(items);
  });
  for (const id of ["a", "b", "a", "a"]) scheduler.add(job, { id });
  await scheduler.idle();
  expect(seen).toEqual(["a", "b"]);
});

test("runs an id again if it was added while it ran", async () => {
  let runs = 0;
  const { scheduler, job } = setup(async (items) => {
    runs += 1;
    if (runs === 1) scheduler.add(job, { id: "a" });
    return done(items);
  });
  scheduler.add(job, { id: "a" });
  await scheduler.idle();
  expect(runs).toBe(2);
});

test("gathers a batch for as long as the job says", async () => {
  const batches: string[][] = [];
  const { scheduler, job } = setup(
    async (items) => {
      batches.push(items.map(({ id }) => id));
      return done(items);
    },
    { maxBatch: 9, batchMs: () => 30 },
  );
  scheduler.add(job, { id: "a" });
  await new Promise((resolve) => setImmediate(resolve)); // another turn: without gathering, "a" would have gone alone
  scheduler.add(job, { id: "b" });
  await scheduler.idle();
  expect(batches).toEqual([["a", "b"]]);
});

test("batches what waits on a lane, and lanes apart", async () => {
  const batches: string[] = [];
  const { scheduler, job } = setup(
    async (items) => {
      batches.push(items.map(({ id }) => id).join());
      return done(items);
    },
    { lane: ({ lane = "" }) => lane, maxBatch: 2 },
  );
  for (const [id, lane] of ["a1", "b1", "a2", "a3"].map((name) => [name, name[0]] as const))
    scheduler.add(job, { id, lane });
  await scheduler.idle();
  expect(batches.sort()).toEqual(["a1,a2", "a3", "b1"]);
});

test("never runs more batches of a lane at once than asked", async () => {
  let running = 0;
  let most = 0;
  const { scheduler, job } = setup(
    async (items) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return done(items);
    },
    { concurrency: 2 },
  );
  for (let index = 0; index < 10; index += 1) scheduler.add(job, { id: String(index) });
  await scheduler.idle();
  expect(most).toBe(2);
});

test("retries a retryable error a bounded number of times, another one never", async () => {
  const runs = { flaky: 0, broken: 0, hopeless: 0 } as Record<string, number>;
  const { scheduler, job } = setup(
    async (items) =>
      items.map(({ id }) => {
        runs[id]! += 1;
        if (id === "hopeless") return final();
        return id === "broken" || runs[id]! < 3 ? retryable() : undefined;
      }),
    { attempts: 4, maxBatch: 10 },
  );
  for (const id of Object.keys(runs)) scheduler.add(job, { id });
  await scheduler.idle();
  expect(runs).toEqual({ flaky: 3, broken: 4, hopeless: 1 });
  expect(scheduler.stats().test).toEqual({ waiting: 0, done: 1, retried: 5, failed: 2 });
});

test("takes what a run throws as the outcome of every item", async () => {
  let runs = 0;
  const { scheduler, job } = setup(
    async (items) => {
      runs += 1;
      if (runs === 1) throw retryable();
      return done(items);
    },
    { maxBatch: 2 },
  );
  scheduler.add(job, { id: "a" });
  scheduler.add(job, { id: "b" });
  await scheduler.idle();
  expect(scheduler.stats().test).toEqual({ waiting: 0, done: 2, retried: 2, failed: 0 });
});

test("refuses data that the schema refuses", () => {
  const { scheduler, job } = setup(done);
  expect(() => scheduler.add(job, { id: 1 } as unknown as Data)).toThrow(
    expect.objectContaining({ code: 4001 }),
  );
});

test("stop drains what runs, forgets what waits or backs off, and takes no more", async () => {
  const started = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const seen: string[] = [];
  const { scheduler, job } = setup(
    async (items) => {
      const { id } = items[0]!;
      seen.push(id);
      if (id === "later") return [retryable()];
      started.resolve();
      await release.promise;
      return done(items);
    },
    { backoffMs: 60_000 },
  );
  scheduler.add(job, { id: "later" });
  scheduler.add(job, { id: "running" });
  scheduler.add(job, { id: "waiting" });
  await started.promise;
  const stopped = scheduler.stop();
  scheduler.add(job, { id: "late" });
  release.resolve();
  await stopped;
  await scheduler.idle();
  expect(seen).toEqual(["later", "running"]);
});

test("runs periodic work, and goes on after a failure", async () => {
  const { scheduler } = setup(done);
  const thrice = Promise.withResolvers<void>();
  let runs = 0;
  scheduler.every("tick", 1, async () => {
    runs += 1;
    if (runs === 1) throw retryable();
    if (runs === 3) thrice.resolve();
  });
  await thrice.promise;
  await scheduler.stop();
});
