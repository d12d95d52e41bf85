import type { Generated } from "kysely";

/** The schema that all our tables are in. BullMQ's, on the same embedded database, are in `bullmq`. */
export const SCHEMA = "causeway";

/** Who may send with a key on a chain. One row per pair; a newer holder has a higher fence. */
export interface LeaseRow {
  chain_id: number;
  /** Address, as viem checksums it. */
  key: string;
  /** Name of the process that holds it. */
  holder: string;
  fence: number;
  expires_at: Date;
}

/**
 * `claimed`: has a nonce. `sent`: signed and stored, so it may be on its way. Then the nonce is used for good: `mined`, `reverted`,
 * `cancelled` (by a transaction to ourselves that does nothing) or `replaced` (by one that is not ours).
 */
export type IntentState = "claimed" | "sent" | "mined" | "reverted" | "cancelled" | "replaced";

/** What we decided to send: one nonce for ever. */
export interface IntentRow {
  id: Generated<number>;
  chain_id: number;
  key: string;
  nonce: number;
  /** Of the lease under which the nonce was claimed. */
  fence: number;
  /** Of intents that are not settled yet, only one may have it. */
  dedupe_id: string | null;
  label: string;
  recipient: string;
  data: string;
  /** Wei, decimal. */
  value: string;
  gas: string;
  state: Generated<IntentState>;
  /** Why it waits, or why it ended as it did. */
  reason: string | null;
  /** Of the transaction that used the nonce. */
  transaction_hash: string | null;
  block_number: number | null;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

/** A signed transaction with an intent's nonce. Stored before it is broadcast. */
export interface TransactionRow {
  hash: string;
  intent_id: number;
  /** From 0, each replaces the one before. */
  version: number;
  /** The transaction to ourselves that does nothing, rather than what the intent says. */
  cancels: boolean;
  raw: string;
  /** Wei, decimal. */
  max_fee_per_gas: string;
  max_priority_fee_per_gas: string;
  created_at: Generated<Date>;
}

/** What happened, for people and the API. Nothing is derived from it. */
export interface JournalRow {
  id: Generated<number>;
  at: Date;
  /** For example `packet.delivered`. */
  kind: string;
  eid: number | null;
  /** What it is about, for example a message's GUID. */
  subject: string | null;
  data: unknown;
}

export interface Tables {
  leases: LeaseRow;
  intents: IntentRow;
  transactions: TransactionRow;
  journal: JournalRow;
}
