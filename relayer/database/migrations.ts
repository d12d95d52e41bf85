import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** By name, which gives the order. Never change one that was released; add another. */
export const migrations: Record<string, Migration> = {
  "001_intents": {
    // biome-ignore lint/suspicious/noExplicitAny: a migration knows only the tables of its own time
    async up(db: Kysely<any>) {
      await sql`
        CREATE TABLE causeway.leases (
          chain_id   bigint NOT NULL,
          key        text NOT NULL,
          holder     text NOT NULL,
          fence      bigint NOT NULL,
          expires_at timestamptz NOT NULL,
          PRIMARY KEY (chain_id, key)
        )`.execute(db);
      await sql`
        CREATE TABLE causeway.intents (
          id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          chain_id         bigint NOT NULL,
          key              text NOT NULL,
          nonce            bigint NOT NULL CHECK (nonce >= 0),
          fence            bigint NOT NULL,
          dedupe_id        text,
          label            text NOT NULL,
          recipient        text NOT NULL,
          data             text NOT NULL,
          value            numeric(78) NOT NULL,
          gas              numeric(78) NOT NULL,
          state            text NOT NULL DEFAULT 'claimed'
                           CHECK (state IN ('claimed', 'sent', 'mined', 'reverted', 'cancelled', 'replaced')),
          reason           text,
          transaction_hash text,
          block_number     bigint,
          created_at       timestamptz NOT NULL DEFAULT now(),
          updated_at       timestamptz NOT NULL DEFAULT now(),
          UNIQUE (chain_id, key, nonce)
        )`.execute(db);
      await sql`
        CREATE UNIQUE INDEX intents_in_flight_once ON causeway.intents (chain_id, key, dedupe_id)
        WHERE state IN ('claimed', 'sent')`.execute(db);
      await sql`
        CREATE TABLE causeway.transactions (
          hash                     text PRIMARY KEY,
          intent_id                bigint NOT NULL REFERENCES causeway.intents (id) ON DELETE CASCADE,
          version                  integer NOT NULL,
          cancels                  boolean NOT NULL,
          raw                      text NOT NULL,
          max_fee_per_gas          numeric(78) NOT NULL,
          max_priority_fee_per_gas numeric(78) NOT NULL,
          created_at               timestamptz NOT NULL DEFAULT now(),
          UNIQUE (intent_id, version)
        )`.execute(db);
      await sql`
        CREATE TABLE causeway.journal (
          id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          at      timestamptz NOT NULL,
          kind    text NOT NULL,
          eid     bigint,
          subject text,
          data    jsonb NOT NULL
        )`.execute(db);
      await sql`CREATE INDEX journal_by_subject ON causeway.journal (subject, id)`.execute(db);
    },
  },
};
