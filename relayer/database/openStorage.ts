import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Logger } from "pino";
import type { Config } from "../../chains/config.ts";
import { createJournal, type Journal } from "../journal/journal.ts";
import type { IntentStore } from "../submit/intentStore.ts";
import { createPostgresIntents } from "../submit/postgresIntents.ts";
import { openDatabase, type RelayerDatabase } from "./connect.ts";
import { type HeldLeases, holdLeases } from "./leases.ts";

export interface OpenStorageParameters {
  config: Pick<Config, "chains" | "accounts" | "databaseUrl" | "dataFolder">;
  leaseMs: number;
  log: Logger;
  /** Aborting it ends the wait for the leases. */
  signal: AbortSignal | undefined;
}

/** All that a relayer keeps, and the right to send. */
export interface Storage {
  database: RelayerDatabase;
  journal: Journal;
  /** What the relayer's key sends on a chain. */
  intentsOf(chainId: number): IntentStore;
  /** As `HeldLeases`. */
  lost: HeldLeases["lost"];
  /** Writes what is left, lets others send, and closes the database. */
  close(): Promise<void>;
}

/**
 * Opens the database and waits until nobody else sends with the relayer's key on any of its chains.
 *
 * @throws what `openDatabase` and `holdLeases` throw
 */
export async function openStorage({ config, leaseMs, log, signal }: OpenStorageParameters): Promise<Storage> {
  const database = await openDatabase({ ...config, log });
  const { db } = database;
  try {
    const held = await holdLeases({
      db,
      senders: config.chains.map(({ chainId }) => ({ chainId, key: config.accounts.relayer.address })),
      holder: `${hostname()} ${process.pid} ${randomUUID()}`,
      alone: database.embedded !== undefined,
      leaseMs,
      log,
      signal: signal ?? new AbortController().signal,
    });
    const journal = createJournal({ db, log });
    return {
      database,
      journal,
      intentsOf(chainId) {
        const lease = held.leases.find((one) => one.chainId === chainId)!;
        return createPostgresIntents({ db, lease, log });
      },
      lost: held.lost,
      async close() {
        await journal.close();
        await held.release();
        await database.close();
      },
    };
  } catch (cause) {
    await database.close();
    throw cause;
  }
}
