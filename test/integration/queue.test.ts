import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../../relayer/context.ts";
import { planDemo } from "../../scripts/demo/plan.ts";
import { runDemo } from "../../scripts/demo/runDemo.ts";
import { readTape } from "../../scripts/tape/readTape.ts";
import { expectAccountedFor, readIntents } from "./support/intents.ts";
import { queueKinds, startTestQueue, type TestQueue } from "./support/queues.ts";

/*
 * The queue is a cache: the whole flow, on real chains, with all jobs forgotten again and again while they wait and run.
 */

const file = fileURLToPath(new URL("../../scripts/demo/sampleTape.csv", import.meta.url));
const TRADERS = 6;
const TRADES = 60;
const SEED = 1;
/** A forgotten job comes back at the next sweep: soon, for a test. */
const SWEEP_MS = 2_000;
const settings = { sweepMs: SWEEP_MS, clearing: { ...DEFAULT_SETTINGS.clearing, sweepMs: SWEEP_MS } };
/** Lines of the demo after which the relayer has much to do: deposits, mandates, trades, withdrawals. */
const BUSY = /accounts deposited|deposits credited|trades recorded|leases lapsed/;

describe.each(queueKinds)("with its jobs on %s", (kind) => {
  let queue: TestQueue;
  /** The relayer's: it has to outlive the run. */
  let database: TestQueue;
  beforeAll(async () => {
    queue = await startTestQueue(kind);
    database = kind === "postgres" ? queue : await startTestQueue("postgres");
  });
  afterAll(async () => {
    await queue?.stop();
    if (database !== queue) await database?.stop();
  });

  test("a clearing flow whose queue is flushed at every step loses nothing (CLR-01, 02, 03, 04, 10)", async () => {
    const now = Math.floor(Date.now() / 1_000);
    const tape = await readTape(file);
    const whole = planDemo({ file, tape, chains: 2, traders: TRADERS, seed: SEED, now });
    // Without options, whose expiry would take as long as all the rest; the demo's own test has them.
    const options = { trades: [], expiry: undefined };
    const plan = { ...whole, trades: whole.trades.slice(0, TRADES), options };
    const ended = new AbortController();
    const flushes: Promise<number>[] = [];
    const result = await runDemo({
      plan,
      seed: SEED,
      environment: { REDIS_URL: queue.redisUrl, DATABASE_URL: database.databaseUrl },
      relayer: { settings },
      progress: (line) => {
        if (BUSY.test(line)) flushes.push(flushWhenBusy(queue, ended.signal));
      },
    }).finally(() => ended.abort());

    const forgotten = await Promise.all(flushes);
    expect(forgotten).toHaveLength(4);
    expect(forgotten.filter((jobs) => jobs === 0)).toEqual([]);
    expect(result).toMatchObject({ queue: kind, database: "postgres" });
    expect(result.messages.sent).toBeGreaterThan(0);
    expect(result.messages.delivered).toBe(result.messages.sent);
    expect(result.withdrawals).toEqual({ requested: TRADERS, paid: TRADERS });
    expect(result.invariants.map(({ id }) => id)).toEqual(
      expect.arrayContaining(["CLR-01", "CLR-02", "CLR-03", "CLR-04", "CLR-10"]),
    );
    expect(result.invariants.filter(({ holds }) => !holds)).toEqual([]);
    expectAccountedFor(await readIntents({ databaseUrl: database.databaseUrl, dataFolder: "" }));
  });
});

/** Forgets all jobs as soon as there are any. Resolves with how many; with 0 if the run ends before. */
async function flushWhenBusy(queue: TestQueue, ended: AbortSignal): Promise<number> {
  while (!ended.aborted) {
    const jobs = await queue.countUnfinished();
    if (jobs > 0) {
      await queue.flush();
      return jobs;
    }
    await delay(20);
  }
  return 0;
}
