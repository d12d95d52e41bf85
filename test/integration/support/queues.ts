import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { pino } from "pino";
import { startEmbedded } from "../../../relayer/database/embedded.ts";
import type { QueueStore } from "../../../relayer/queue/queueStore.ts";
import { isRedisAvailable, startRedis, type TestRedis } from "./redis.ts";

export type QueueKind = QueueStore["kind"];

/** What the queue can be tested on here. */
export const queueKinds: readonly QueueKind[] = isRedisAvailable() ? ["postgres", "redis"] : ["postgres"];

const BACK_TIMEOUT_MS = 30_000;

/** What holds the jobs of a test. */
export interface TestQueue extends Omit<TestRedis, "url"> {
  /** `undefined` where the database does. */
  redisUrl: string | undefined;
  databaseUrl: string | undefined;
}

export async function startTestQueue(kind: QueueKind): Promise<TestQueue> {
  if (kind === "redis") {
    const redis = await startRedis();
    return { ...redis, redisUrl: redis.url, databaseUrl: undefined };
  }
  const folder = mkdtempSync(join(tmpdir(), "causeway-queue-"));
  const database = await startEmbedded({ folder, log: pino({ level: "silent" }) });
  const { url } = database;
  return {
    redisUrl: undefined,
    databaseUrl: url,
    countUnfinished: () => withClient(url, countUnfinished),
    flush: () => withClient(url, emptyAll),
    async beGone(work) {
      process.kill(database.pid, "SIGKILL"); // it starts again by itself
      await work();
      await untilBack(url);
    },
    async stop() {
      await database.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilBack(url: string): Promise<void> {
  const end = performance.now() + BACK_TIMEOUT_MS;
  for (;;) {
    try {
      return await withClient(url, async (client) => void (await client.query("SELECT 1")));
    } catch (cause) {
      if (performance.now() > end) throw cause;
      await delay(50);
    }
  }
}

async function countUnfinished(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM bullmq.job WHERE state NOT IN ('completed', 'failed')",
  );
  return rows[0]!.count;
}

/** Empties every table of BullMQ but the record of its migrations. */
async function emptyAll(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'bullmq' AND tablename NOT LIKE '%migration%'",
  );
  await client.query(`TRUNCATE ${rows.map(({ name }) => `bullmq."${name}"`).join(", ")} CASCADE`);
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
