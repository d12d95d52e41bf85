import { setTimeout as delay } from "node:timers/promises";
import type { Kysely } from "kysely";
import type { Logger } from "pino";
import type { Tables } from "../database/tables.ts";
import { toDatabaseError } from "../database/toDatabaseError.ts";

/** Kinds of things that happen. */
export type JournalKind =
  | "packet.seen"
  | "packet.verified"
  | "packet.delivered"
  | "packet.failed"
  | "intent.ended"
  | "item.skipped"
  | "account.margin"
  | "alarm";

export interface JournalEvent {
  kind: JournalKind;
  /** Of the chain where it happened. */
  eid?: number;
  /** What it is about: a message's GUID, an account, a transaction. */
  subject?: string;
  /** JSON; big integers become decimal strings. Never secrets. */
  data?: Record<string, unknown>;
}

/** What happened, for people and the API. Nothing is decided by it, and what is lost of it is lost. */
export interface Journal {
  /** Takes a note; written within a second, many at once. Never throws, and never makes anybody wait. */
  note(event: JournalEvent): void;
  /** Writes what is left, for a few seconds at most, and takes no more. */
  close(): Promise<void>;
}

export interface CreateJournalParameters {
  db: Kysely<Tables>;
  log: Logger;
  /** Default 250. */
  gatherMs?: number;
}

/** More than this wait only if the database does not answer; then the oldest are forgotten. */
const MAX_WAITING = 10_000;
const MAX_BATCH = 500;
const CLOSE_TIMEOUT_MS = 3_000;

interface Waiting extends JournalEvent {
  at: Date;
}

export function createJournal({ db, log, gatherMs = 250 }: CreateJournalParameters): Journal {
  let waiting: Waiting[] = [];
  let forgotten = 0;
  const closing = new AbortController();
  let writing: Promise<void> | undefined;

  async function write() {
    while (waiting.length > 0) {
      await delay(gatherMs, undefined, { signal: closing.signal }).catch(() => undefined);
      const batch = waiting.splice(0, MAX_BATCH);
      try {
        await writeBatch(batch);
      } catch (cause) {
        log.warn({ error: toDatabaseError(cause), events: batch.length }, "could not write the journal");
        waiting = [...batch, ...waiting];
        if (closing.signal.aborted) return;
      }
    }
  }

  async function writeBatch(batch: readonly Waiting[]) {
    await db
      .insertInto("journal")
      .values(
        batch.map(({ at, kind, eid, subject, data }) => ({
          at,
          kind,
          eid: eid ?? null,
          subject: subject ?? null,
          data: JSON.stringify(data ?? {}, (_, value) => (typeof value === "bigint" ? String(value) : value)),
        })),
      )
      .execute();
  }

  function start() {
    writing ??= write().finally(() => {
      writing = undefined;
      if (waiting.length > 0 && !closing.signal.aborted) start();
    });
  }

  return {
    note(event) {
      if (closing.signal.aborted) return;
      waiting.push({ at: new Date(), ...event });
      if (waiting.length > MAX_WAITING) {
        waiting.shift();
        forgotten += 1;
      }
      start();
    },
    async close() {
      closing.abort();
      const end = new AbortController();
      const timeout = delay(CLOSE_TIMEOUT_MS, undefined, { signal: end.signal }).catch(() => undefined);
      await Promise.race([writing, timeout]);
      end.abort();
      const lost = forgotten + waiting.length;
      if (lost > 0) log.warn({ lost }, "the journal is not complete");
    },
  };
}
