import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import { Queue, Worker } from "bullmq";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { CausewayError } from "../errors/CausewayError.ts";
import { queueKinds, startTestQueue, type TestQueue } from "../test/integration/support/queues.ts";
import type { RelayerContext } from "./context.ts";
import type { JobOutcome, RelayerJob } from "./job.ts";
import { openQueueStore } from "./queue/openQueueStore.ts";
import type { QueueTimings } from "./queue/workQueue.ts";
import { openScheduler, type Scheduler } from "./schedule.ts";

interface Data {
  id: string;
  lane?: string | undefined;
}

type Run = (items: readonly Data[]) => Promise<readonly JobOutcome[]>;

const done: Run = async (items) => items.map(() => undefined);
const retryable = () => new CausewayError("NodeFailed");
const final = () => new CausewayError("SubmissionReverted");
const schema = z.object({ id: z.string(), lane: z.string().optional() });
/** Of a worker that is soon given up. */
const QUICK: QueueTimings = { lockMs: 200, stalledMs: 100 };
const log = pino({ level: "silent" });

describe.each(queueKinds)("the scheduler on %s", (kind) => {
  let queue: TestQueue;
  let running: Scheduler[] = [];
  let tests = 0;

  beforeAll(async () => {
    queue = await startTestQueue(kind);
  }, 60_000);

  afterEach(async () => {
    tests += 1; // the next test has queues of its own
    await Promise.all(running.map((scheduler) => scheduler.stop()));
    running = [];
  });

  afterAll(() => queue?.stop());

  const queueName = () => `test${tests}`;

  async function setup(run: Run, options: Partial<RelayerJob<Data>> & { timings?: QueueTimings } = {}) {
    const { timings, ...rest } = options;
    const job: RelayerJob<Data> = {
      name: "test",
      schema,
      id: ({ id }) => id,
      backoffMs: 1,
      ...rest,
      run: (_, items) => run(items),
    };
    const store = await openQueueStore({
      redisUrl: queue.redisUrl,
      databaseUrl: queue.databaseUrl ?? "unused",
      log,
    });
    const scheduler = await openScheduler({
      jobs: [job],
      store,
      name: queueName(),
      context: () => ({}) as RelayerContext,
      log,
      ...(timings && { timings }),
    });
    running.push(scheduler);
    return { scheduler, job, store };
  }

  async function started(...parameters: Parameters<typeof setup>) {
    const all = await setup(...parameters);
    all.scheduler.start();
    return all;
  }

  test("runs an id once, however often it is added while it waits", async () => {
    const seen: string[] = [];
    const { scheduler, job } = await setup(async (items) => {
      seen.push(...items.map(({ id }) => id));
      return done(items);
    });
    for (const id of ["a", "b", "a", "a"]) scheduler.add(job, { id });
    await expect.poll(() => scheduler.stats().test?.waiting).toBe(0); // now the queue knows them
    scheduler.add(job, { id: "b" });
    await expect.poll(() => scheduler.stats().test?.waiting).toBe(0);
    scheduler.start();
    await scheduler.idle();
    expect(seen).toEqual(["a", "b"]);
  });

  test("runs an id again if it was added while it ran", async () => {
    let runs = 0;
    const { scheduler, job } = await started(
      async (items) => {
        runs += 1;
        if (runs === 1) {
          scheduler.add(job, { id: "a" });
          scheduler.add(job, { id: "witness" });
          await witnessed.promise;
        } else witnessed.resolve();
        return done(items);
      },
      { concurrency: 2 },
    );
    const witnessed = Promise.withResolvers<void>();
    scheduler.add(job, { id: "a" });
    await scheduler.idle();
    expect(runs).toBe(3);
  });

  test("gathers a batch for as long as the job says", async () => {
    const batches: string[][] = [];
    const { scheduler, job } = await started(
      async (items) => {
        batches.push(items.map(({ id }) => id));
        return done(items);
      },
      { maxBatch: 9, batchMs: () => 500 },
    );
    scheduler.add(job, { id: "a" });
    await delay(50); // long enough for "a" to have gone alone
    scheduler.add(job, { id: "b" });
    await scheduler.idle();
    expect(batches).toEqual([["a", "b"]]);
  });

  test("batches what waits on a lane, and lanes apart", async () => {
    const batches: string[] = [];
    const { scheduler, job } = await started(
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
    let now = 0;
    let most = 0;
    const { scheduler, job } = await started(
      async (items) => {
        now += 1;
        most = Math.max(most, now);
        await nextTurn();
        now -= 1;
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
    const { scheduler, job } = await started(
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
    const { scheduler, job } = await started(
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

  test("refuses data that the schema refuses", async () => {
    const { scheduler, job } = await started(done);
    expect(() => scheduler.add(job, { id: 1 } as unknown as Data)).toThrow(
      expect.objectContaining({ code: 4001 }),
    );
  });

  test("gives up data that another version has left and the schema refuses", async () => {
    const { scheduler, store } = await started(done);
    const other = new Queue(queueName(), store.options, store.backend);
    await other.add("test", [{ id: 1 }]);
    await other.close();
    await scheduler.idle();
    expect(scheduler.stats().test).toMatchObject({ done: 0, retried: 0, failed: 1 });
  });

  test("stop ends what runs, takes no more, and leaves to another relayer what waits or backs off", async () => {
    const begun = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const seen: string[] = [];
    const { scheduler, job } = await started(
      async (items) => {
        const { id } = items[0]!;
        seen.push(id);
        if (id === "later") return [retryable()];
        begun.resolve();
        await release.promise;
        return done(items);
      },
      { backoffMs: 100 },
    );
    scheduler.add(job, { id: "later" });
    scheduler.add(job, { id: "running" });
    scheduler.add(job, { id: "waiting" });
    await begun.promise;
    const stopped = scheduler.stop();
    scheduler.add(job, { id: "late" });
    release.resolve();
    await stopped;
    await scheduler.idle();
    expect(seen).toEqual(["later", "running"]);

    const left: string[] = [];
    const { scheduler: next } = await started(async (items) => {
      left.push(...items.map(({ id }) => id));
      return done(items);
    });
    await next.idle();
    expect(left.sort()).toEqual(["later", "waiting"]);
  });

  test("two relayers share the work: each id runs on one of them", async () => {
    const seen: string[] = [];
    const run: Run = async (items) => {
      seen.push(...items.map(({ id }) => id));
      await nextTurn();
      return done(items);
    };
    const [one, two] = [await setup(run), await setup(run)];
    const ids = Array.from({ length: 250 }, (_, index) => String(index));
    for (const id of ids) for (const { scheduler, job } of [one, two]) scheduler.add(job, { id });
    // Not before both have asked for everything: an id that was asked for again after its end would rightly run again.
    await expect
      .poll(() => [one, two].map(({ scheduler }) => scheduler.stats().test?.waiting))
      .toEqual([0, 0]);
    for (const { scheduler } of [one, two]) scheduler.start();
    await Promise.all([one, two].map(({ scheduler }) => scheduler.idle()));
    expect(seen.sort()).toEqual(ids.sort());
  });

  test("what a killed worker had taken is done by another", async () => {
    const seen: string[] = [];
    const { scheduler, job, store } = await setup(
      async (items) => {
        seen.push(...items.map(({ id }) => id));
        return done(items);
      },
      { timings: QUICK },
    );
    scheduler.add(job, { id: "a" });
    const dying = new Worker(
      queueName(),
      null,
      { ...store.options, lockDuration: QUICK.lockMs },
      store.backend,
    );
    await expect.poll(() => dying.getNextJob("its token", { block: false })).toBeDefined();
    scheduler.start();
    scheduler.add(job, { id: "b" });
    await scheduler.idle();
    await dying.close();
    expect(seen.sort()).toEqual(["a", "b"]);
  });

  test("an event loop that is blocked longer than a lock does no harm", async () => {
    let runs = 0;
    const run: Run = async (items) => {
      runs += 1;
      const end = performance.now() + (runs === 1 ? 5 * QUICK.lockMs : 0);
      while (performance.now() < end);
      return done(items);
    };
    const { scheduler: one, job } = await started(run, { timings: QUICK });
    const { scheduler: two } = await started(run, { timings: QUICK });
    for (const id of ["a", "b"]) one.add(job, { id });
    await Promise.all([one, two].map((scheduler) => scheduler.idle()));
    one.add(job, { id: "c" });
    await one.idle();
    const [first, second] = [one, two].map((scheduler) => scheduler.stats().test!);
    expect(first!.failed + second!.failed).toBe(0);
    expect(first!.done + second!.done).toBe(runs);
    expect(runs).toBeGreaterThanOrEqual(3);
  });

  test("a flushed queue forgets, and does what is asked for anew", async () => {
    const begun = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const seen: string[] = [];
    const { scheduler, job } = await started(async (items) => {
      seen.push(...items.map(({ id }) => id));
      begun.resolve();
      await release.promise;
      return done(items);
    });
    scheduler.add(job, { id: "running" });
    scheduler.add(job, { id: "waiting" });
    await begun.promise;
    await queue.flush();
    release.resolve();
    await scheduler.idle();
    for (const id of ["running", "waiting"]) scheduler.add(job, { id });
    await scheduler.idle();
    expect(seen.slice(-2).sort()).toEqual(["running", "waiting"]);
    expect(seen.filter((id) => id === "running").length).toBe(2);
  });

  test("waits while the queue is unreachable, and goes on by itself when it is not", async () => {
    const begun = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const seen: string[] = [];
    const { scheduler, job } = await started(async (items) => {
      seen.push(...items.map(({ id }) => id));
      begun.resolve();
      await release.promise;
      return done(items);
    });
    scheduler.add(job, { id: "before" });
    await begun.promise;
    await queue.beGone(async () => {
      scheduler.add(job, { id: "meanwhile" });
      release.resolve();
      await nextTurn();
    });
    await scheduler.idle();
    scheduler.add(job, { id: "after" });
    await scheduler.idle();
    expect(new Set(seen)).toEqual(new Set(["before", "meanwhile", "after"]));
  }, 60_000);

  test("stops while the queue is unreachable", async () => {
    const begun = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const { scheduler, job } = await started(async (items) => {
      begun.resolve();
      await release.promise;
      return done(items);
    });
    scheduler.add(job, { id: "running" });
    await begun.promise;
    await queue.beGone(async () => {
      scheduler.add(job, { id: "waiting" });
      release.resolve();
      await scheduler.stop();
    });
    expect(scheduler.stats().test?.failed).toBe(0);
  }, 60_000);

  test("waits while the queue is paused, and goes on when it is not", async () => {
    let runs = 0;
    const { scheduler, job, store } = await started(async (items) => {
      runs += 1;
      return done(items);
    });
    const operator = new Queue(queueName(), store.options, store.backend);
    await operator.pause();
    scheduler.add(job, { id: "a" });
    const idle = scheduler.idle();
    const first = await Promise.race([idle.then(() => "idle"), delay(300, "waits")]);
    expect({ first, runs }).toEqual({ first: "waits", runs: 0 });
    await operator.resume();
    await operator.close();
    await idle;
    expect(runs).toBe(1);
  });

  test("runs periodic work, and goes on after a failure", async () => {
    const { scheduler } = await started(done);
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
});
