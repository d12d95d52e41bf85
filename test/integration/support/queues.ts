import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { pino } from "pino";
import { startEmbedded } from "../../../relayer/database/embedded.ts";
import type { QueueStore } from "../../../relayer/queue/queueStore.ts";
import { isRedisAvailable, startRedis } from "./redis.ts";

export type QueueKind = QueueStore["kind"];

/** What the queue can be tested on here. */
export const queueKinds: readonly QueueKind[] = isRedisAvailable() ? ["postgres", "redis"] : ["postgres"];

/** What holds the jobs of a test. */
export interface TestQueue {
  /** `undefined` where the database does. */
  redisUrl: string | undefined;
  databaseUrl: string;
  /** Forgets all jobs. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

export async function startTestQueue(kind: QueueKind): Promise<TestQueue> {
  if (kind === "redis") {
    const redis = await startRedis();
    return { redisUrl: redis.url, databaseUrl: "postgres://nobody@127.0.0.1:1/none", ...redis };
  }
  const folder = mkdtempSync(join(tmpdir(), "causeway-queue-"));
  const database = await startEmbedded({ folder, log: pino({ level: "silent" }) });
  return {
    redisUrl: undefined,
    databaseUrl: database.url,
    flush: () => emptyBullMq(database.url),
    async stop() {
      await database.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Empties every table of BullMQ but the record of its migrations. */
export async function emptyBullMq(databaseUrl: string): Promise<void> {
  const client = new Client(databaseUrl);
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'bullmq' AND tablename NOT LIKE '%migration%'",
    );
    await client.query(`TRUNCATE ${rows.map(({ name }) => `bullmq."${name}"`).join(", ")} CASCADE`);
  } finally {
    await client.end();
  }
}
