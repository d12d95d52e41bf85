import type { Logger } from "pino";
import { openPostgresStore } from "./openPostgresStore.ts";
import { openRedisStore } from "./openRedisStore.ts";
import type { QueueStore } from "./queueStore.ts";
import { createQueueTrouble } from "./queueTrouble.ts";

export interface OpenQueueStoreParameters {
  /** Redis, if there is one. */
  redisUrl?: string | undefined;
  /** The relayer's own Postgres, which serves where there is no Redis. */
  databaseUrl: string;
  log: Logger;
}

/** @throws CausewayError `QueueUnreachable` */
export function openQueueStore(parameters: OpenQueueStoreParameters): Promise<QueueStore> {
  const { redisUrl, databaseUrl, log } = parameters;
  const trouble = createQueueTrouble(log);
  return redisUrl === undefined
    ? openPostgresStore({ url: databaseUrl, trouble })
    : openRedisStore({ url: redisUrl, trouble });
}
