import { join } from "node:path";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import type { Logger } from "pino";
import { type EmbeddedDatabase, startEmbedded } from "./embedded.ts";
import { migrate } from "./migrate.ts";
import { SCHEMA, type Tables } from "./tables.ts";

export interface OpenDatabaseParameters {
  /** `postgres://…`. Without it an embedded one is started. A secret. */
  databaseUrl: string | undefined;
  /** The embedded one's files are in its subfolder `database`. */
  dataFolder: string;
  log: Logger;
}

/** The relayer's database, with its tables up to date. */
export interface RelayerDatabase {
  /** Every name is qualified with our schema. */
  readonly db: Kysely<Tables>;
  /** For others who want connections of their own. A secret. */
  readonly url: string;
  /** Present if it is ours alone: no other relayer can be using it. */
  readonly embedded: EmbeddedDatabase | undefined;
  /** Closes the connections, then ends the embedded database. */
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** Ours are small; one that takes longer than this will not end. */
const STATEMENT_TIMEOUT_MS = 15_000;
const MAX_CONNECTIONS = 4;

/**
 * Opens the database of `DATABASE_URL`, or starts the embedded one. From there on both are the same: `pg` by a connection string.
 *
 * @throws CausewayError `DatabaseNotStarting`, `DatabaseMigrationFailed`
 */
export async function openDatabase({
  databaseUrl,
  dataFolder,
  log,
}: OpenDatabaseParameters): Promise<RelayerDatabase> {
  const embedded =
    databaseUrl === undefined
      ? await startEmbedded({ folder: join(dataFolder, "database"), log })
      : undefined;
  const url = embedded?.url ?? databaseUrl!;
  const db = connect(url, log);
  const close = async () => {
    await db.destroy();
    await embedded?.stop();
  };
  try {
    await migrate(db);
  } catch (cause) {
    await close();
    throw cause;
  }
  return { db, url, embedded, close };
}

/** A kysely instance over a pool of connections; it connects when it is first used. */
export function connect(url: string, log: Logger): Kysely<Tables> {
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // The server's, and ours for the embedded one, which has none.
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
    application_name: "causeway-relayer",
    types: { getTypeParser },
  });
  // An idle connection that breaks is replaced by the pool when it is needed.
  pool.on("error", (error) => log.warn({ error: error.message }, "a database connection broke"));
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }).withSchema(SCHEMA);
}

/** Our 64-bit columns count: chains, nonces, rows. Amounts of wei are `numeric`, and stay text. */
const getTypeParser: typeof pg.types.getTypeParser = ((oid: number, format?: "text") =>
  oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format)) as never;
