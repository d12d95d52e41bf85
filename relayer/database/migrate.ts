import type { Kysely } from "kysely";
import { Migrator } from "kysely/migration";
import { CausewayError } from "../../errors/CausewayError.ts";
import { migrations } from "./migrations.ts";
import { SCHEMA, type Tables } from "./tables.ts";

/**
 * Brings the tables up to date, all or nothing. Doing it again changes nothing, and two may do it at once: on PostgreSQL the second waits
 * at an advisory lock, on the embedded database, where that lock does not separate clients, at the first one's transaction.
 *
 * @throws CausewayError `DatabaseMigrationFailed`
 */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    migrationTableSchema: SCHEMA,
  });
  const { error } = await migrator.migrateToLatest();
  if (!error) return;
  const found = error instanceof Error ? error.message : String(error);
  throw new CausewayError("DatabaseMigrationFailed", { details: { found }, cause: error });
}
