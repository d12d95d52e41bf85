import { type ConnectionOptions, createPostgresBackend, DEFAULT_SCHEMA, runMigrations } from "bullmq";
import { Pool, type PoolClient } from "pg";
import { CALL_TIMEOUT_MS, CONNECT_TIMEOUT_MS, type QueueStore } from "./queueStore.ts";
import { type QueueTrouble, queueUnreachable } from "./queueTrouble.ts";

export interface OpenPostgresStoreParameters {
  /** May hold a password. */
  url: string;
  trouble: QueueTrouble;
}

/** One listens. */
const MAX_CONNECTIONS = 6;

/** @throws CausewayError `QueueUnreachable` */
export async function openPostgresStore(parameters: OpenPostgresStoreParameters): Promise<QueueStore> {
  const { url, trouble } = parameters;
  const pool = new Pool({
    connectionString: url,
    // BullMQ does not qualify its names.
    options: `-c search_path=${DEFAULT_SCHEMA}`,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: CALL_TIMEOUT_MS,
    keepAlive: true,
  });
  pool.on("error", trouble.failed);
  shareNotifications(pool);
  try {
    const client = await pool.connect();
    try {
      await runMigrations(client, DEFAULT_SCHEMA);
    } finally {
      client.release();
    }
  } catch (cause) {
    await pool.end();
    throw queueUnreachable(cause);
  }
  return {
    kind: "postgres",
    // BullMQ's types of all classes, unless told otherwise, are those for Redis.
    options: { connection: pool as unknown as ConnectionOptions },
    backend: createPostgresBackend as unknown as QueueStore["backend"],
    trouble,
    close: () => pool.end(),
  };
}

/**
 * Has every connection hear what one of them is told. The connections to an embedded database share a session, and it tells of a new job
 * whoever happens to ask something, not who listens. A real Postgres tells all who listen: hearing of it twice does no harm.
 */
function shareNotifications(pool: Pool) {
  const clients = new Set<PoolClient>();
  pool.on("connect", (client) => {
    clients.add(client);
    client.on("notification", (message) => {
      if ("shared" in message) return;
      for (const other of clients)
        if (other !== client) other.emit("notification", { ...message, shared: true });
    });
  });
  pool.on("remove", (client) => clients.delete(client));
}
