import { setTimeout as delay } from "node:timers/promises";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Logger } from "pino";
import type { Address, Hash, Hex } from "viem";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { Lease } from "../database/leases.ts";
import type { IntentState, Tables } from "../database/tables.ts";
import { toDatabaseError } from "../database/toDatabaseError.ts";
import type { IntentStanding, IntentStore, StoredIntent } from "./intentStore.ts";

export interface CreatePostgresIntentsParameters {
  db: Kysely<Tables>;
  /** Every statement that claims or stores compares its fence, in the same statement. */
  lease: Lease;
  log: Logger;
}

const PENDING: readonly IntentState[] = ["claimed", "sent"];
const MAX_NEWEST = 100;
const RETRY_MS = 500;
/** Of `flush`, when the database does not answer. */
const MAX_FLUSHES = 4;

export function createPostgresIntents({ db, lease, log }: CreatePostgresIntentsParameters): IntentStore {
  const { chainId, key, fence } = lease;
  /** By intent: only how it stands last matters. */
  let noted = new Map<number, IntentStanding>();
  let writing: Promise<void> | undefined;

  /** Locked, so that nobody takes the lease over between this reading and the end of the statement. */
  const leaseIsOurs = sql`
    SELECT 1 FROM causeway.leases
    WHERE chain_id = ${chainId} AND key = ${key} AND fence = ${fence} FOR SHARE`;

  async function run<Row>(query: RawBuilder<Row>): Promise<readonly Row[]> {
    try {
      return (await query.execute(db)).rows;
    } catch (cause) {
      throw toDatabaseError(cause);
    }
  }

  const lost = () => new CausewayError("LeaseLost", { details: { chainId, key } });

  /** Until nothing is noted or the database failed too often. */
  async function write() {
    for (let failures = 0; noted.size > 0 && failures < MAX_FLUSHES; ) {
      const batch = noted;
      noted = new Map();
      try {
        await writeBatch(batch);
      } catch (cause) {
        failures += 1;
        // What was noted meanwhile is newer.
        noted = new Map([...batch, ...noted]);
        log.warn({ error: toDatabaseError(cause) }, "could not write how transactions stand");
        await delay(RETRY_MS);
      }
    }
  }

  async function writeBatch(batch: ReadonlyMap<number, IntentStanding>) {
    const rows = [...batch].map(([id, standing]) => ({
      id,
      state: standing.state,
      reason: standing.reason ?? null,
      transaction_hash: "transaction" in standing ? standing.transaction : null,
      block_number: "block" in standing ? Number(standing.block) : null,
    }));
    await run(sql`
      WITH lease AS (${leaseIsOurs})
      UPDATE causeway.intents AS i
      SET state = n.state, reason = n.reason, transaction_hash = n.transaction_hash, block_number = n.block_number,
        updated_at = now()
      FROM lease, jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS n(id bigint, state text, reason text, transaction_hash text, block_number bigint)
      WHERE i.id = n.id AND i.state IN ('claimed', 'sent')`);
  }

  function startWriting() {
    writing ??= write().finally(() => {
      writing = undefined;
    });
    return writing;
  }

  return {
    async claim(nonce, intents) {
      const rows = intents.map(({ request: { label, to, data, value = 0n, dedupeId }, gas }, at) => ({
        nonce: nonce + at,
        dedupe_id: dedupeId ?? null,
        label,
        recipient: to,
        data,
        value: String(value),
        gas: String(gas),
      }));
      const claimed = await run(sql<{ id: number; nonce: number }>`
        WITH lease AS (${leaseIsOurs})
        INSERT INTO causeway.intents
          (chain_id, key, nonce, fence, dedupe_id, label, recipient, data, value, gas, reason)
        SELECT ${chainId}::bigint, ${key}, nonce, ${fence}::bigint, dedupe_id, label, recipient, data, value, gas,
          'it is being signed'
        FROM lease, jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
          AS n(nonce bigint, dedupe_id text, label text, recipient text, data text, value numeric, gas numeric)
        RETURNING id, nonce`);
      if (claimed.length < intents.length) throw lost();
      return claimed.toSorted((a, b) => a.nonce - b.nonce).map(({ id }) => id);
    },

    async store(transactions) {
      const rows = transactions.map(({ intentId, transaction: { hash, raw, fees, cancels } }) => ({
        intent_id: intentId,
        hash,
        raw,
        cancels,
        max_fee: String(fees.maxFeePerGas),
        max_priority_fee: String(fees.maxPriorityFeePerGas),
      }));
      const stored = await run(sql`
        WITH lease AS (${leaseIsOurs}),
        new AS (
          SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
            AS n(intent_id bigint, hash text, raw text, cancels boolean, max_fee numeric, max_priority_fee numeric)
        ),
        intent AS (
          UPDATE causeway.intents AS i SET state = 'sent', reason = 'it waits to be mined', updated_at = now()
          FROM lease, new WHERE i.id = new.intent_id RETURNING i.id
        )
        INSERT INTO causeway.transactions
          (hash, intent_id, version, cancels, raw, max_fee_per_gas, max_priority_fee_per_gas)
        SELECT hash, id, (SELECT coalesce(max(version) + 1, 0) FROM causeway.transactions AS t WHERE t.intent_id = id),
          cancels, raw, max_fee, max_priority_fee
        FROM new JOIN intent ON id = new.intent_id
        ON CONFLICT (hash) DO UPDATE SET hash = excluded.hash
        RETURNING hash`);
      if (stored.length < transactions.length) throw lost();
    },

    note(intentId, standing) {
      noted.set(intentId, standing);
      void startWriting();
    },

    async lastNonce() {
      const row = await db
        .selectFrom("intents")
        .where("chain_id", "=", chainId)
        .where("key", "=", key)
        .select(({ fn }) => fn.max("nonce").as("nonce"))
        .executeTakeFirst()
        .catch((cause) => {
          throw toDatabaseError(cause);
        });
      return row?.nonce ?? undefined;
    },

    async pending() {
      const rows = await db
        .selectFrom("intents")
        .leftJoin("transactions", "transactions.intent_id", "intents.id")
        .where("chain_id", "=", chainId)
        .where("key", "=", key)
        .where("state", "in", PENDING)
        .orderBy("nonce")
        .orderBy("version")
        .select(["id", "nonce", "dedupe_id", "label", "recipient", "data", "value", "gas"])
        .select(["hash", "raw", "cancels", "max_fee_per_gas", "max_priority_fee_per_gas"])
        .execute()
        .catch((cause) => {
          throw toDatabaseError(cause);
        });
      const byId = Map.groupBy(rows, ({ id }) => id);
      return [...byId.values()].map(
        (versions): StoredIntent => ({
          id: versions[0]!.id,
          nonce: versions[0]!.nonce,
          request: {
            label: versions[0]!.label,
            to: versions[0]!.recipient as Address,
            data: versions[0]!.data as Hex,
            value: BigInt(versions[0]!.value),
            ...(versions[0]!.dedupe_id !== null && { dedupeId: versions[0]!.dedupe_id }),
          },
          gas: BigInt(versions[0]!.gas),
          transactions: versions.flatMap((row) =>
            row.hash === null
              ? []
              : [
                  {
                    raw: row.raw as Hex,
                    hash: row.hash as Hash,
                    cancels: row.cancels!,
                    fees: {
                      maxFeePerGas: BigInt(row.max_fee_per_gas!),
                      maxPriorityFeePerGas: BigInt(row.max_priority_fee_per_gas!),
                    },
                  },
                ],
          ),
        }),
      );
    },

    async newest(fromNonce, beforeNonce) {
      const rows = await db
        .selectFrom("intents")
        .innerJoin("transactions", "transactions.intent_id", "intents.id")
        .where("chain_id", "=", chainId)
        .where("key", "=", key)
        .where("nonce", ">=", fromNonce)
        .where("nonce", "<", Math.min(beforeNonce, fromNonce + MAX_NEWEST))
        .distinctOn("nonce")
        .orderBy("nonce")
        .orderBy("version", "desc")
        .select(["nonce", "raw"])
        .execute()
        .catch((cause) => {
          throw toDatabaseError(cause);
        });
      return new Map(rows.map(({ nonce, raw }) => [nonce, raw as Hex]));
    },

    async flush() {
      while (writing) await writing;
      if (noted.size > 0) await startWriting();
      if (noted.size > 0)
        log.error({ intents: [...noted.keys()] }, "not written: read from the chain at start");
    },
  };
}
