import type { Kysely } from "kysely";
import type { Tables } from "../database/tables.ts";

export interface ReadJournalParameters {
  db: Kysely<Tables>;
  kind?: string;
  subject?: string;
  /** Only what was written after the entry with this id. */
  after?: number;
  /** At most 1,000; default 100. */
  limit?: number;
}

export interface JournalEntry {
  id: number;
  at: Date;
  kind: string;
  eid: number | null;
  subject: string | null;
  data: unknown;
}

/** Reads the journal, oldest first. For the next page give the last entry's id as `after`. */
export async function readJournal(parameters: ReadJournalParameters): Promise<readonly JournalEntry[]> {
  const { db, kind, subject, after = 0, limit = 100 } = parameters;
  let query = db.selectFrom("journal").selectAll().where("id", ">", after).orderBy("id");
  if (kind !== undefined) query = query.where("kind", "=", kind);
  if (subject !== undefined) query = query.where("subject", "=", subject);
  return query.limit(Math.min(limit, 1_000)).execute();
}
