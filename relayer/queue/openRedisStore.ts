import { createRedisBackend } from "bullmq";
import { Redis } from "ioredis";
import { CALL_TIMEOUT_MS, CONNECT_TIMEOUT_MS, type QueueStore } from "./queueStore.ts";
import { type QueueTrouble, queueUnreachable } from "./queueTrouble.ts";

export interface OpenRedisStoreParameters {
  /** May hold a password. */
  url: string;
  trouble: QueueTrouble;
}

const KEEP_ALIVE_MS = 10_000;
const MAX_RECONNECT_MS = 2_000;
const PREFIX = "causeway";

/** @throws CausewayError `QueueUnreachable` */
export async function openRedisStore({ url, trouble }: OpenRedisStoreParameters): Promise<QueueStore> {
  let isClosed = false;
  const connection = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: CALL_TIMEOUT_MS,
    keepAlive: KEEP_ALIVE_MS,
    // BullMQ insists: a command waits for the connection to come back, as long as it may take at all.
    maxRetriesPerRequest: null,
    // Also of the copies that BullMQ makes for what blocks.
    retryStrategy: (times) => (isClosed ? null : Math.min(100 * times, MAX_RECONNECT_MS)),
  });
  let last: unknown;
  connection.on("error", (cause) => {
    last = cause;
    trouble.failed(cause);
  });
  try {
    await connection.connect();
  } catch (cause) {
    connection.disconnect();
    throw queueUnreachable(last ?? cause);
  }
  return {
    kind: "redis",
    options: { connection, prefix: PREFIX },
    backend: createRedisBackend,
    trouble,
    async close() {
      isClosed = true;
      connection.disconnect();
    },
  };
}
