import { pino } from "pino";
import type { Hash } from "viem";
import { expect } from "vitest";
import type { Config } from "../../../chains/config.ts";
import { openDatabase } from "../../../relayer/database/connect.ts";
import type { IntentState } from "../../../relayer/database/tables.ts";

/** An intent as the database has it, while no relayer runs. */
export interface IntentRecord {
  id: number;
  chainId: number;
  nonce: number;
  state: IntentState;
  reason: string | null;
  transactionHash: Hash | null;
  /** Hashes of every version, oldest first. */
  hashes: readonly Hash[];
}

export const isPending = ({ state }: IntentRecord): boolean => state === "claimed" || state === "sent";

/** All intents of the relayer's key, by chain and nonce. */
export async function readIntents(config: Config): Promise<readonly IntentRecord[]> {
  const database = await openDatabase({ ...config, log: pino({ level: "silent" }) });
  try {
    const { db } = database;
    const intents = await db.selectFrom("intents").selectAll().orderBy("chain_id").orderBy("nonce").execute();
    const versions = await db.selectFrom("transactions").selectAll().orderBy("version").execute();
    const byIntent = Map.groupBy(versions, (version) => version.intent_id);
    return intents.map((row) => ({
      id: row.id,
      chainId: row.chain_id,
      nonce: row.nonce,
      state: row.state,
      reason: row.reason,
      transactionHash: row.transaction_hash as Hash | null,
      hashes: (byIntent.get(row.id) ?? []).map(({ hash }) => hash as Hash),
    }));
  } finally {
    await database.close();
  }
}

interface Sent {
  chainId: number;
  /** Transactions of the relayer's key that were mined. */
  count: number;
  /** Of each of them. */
  nonceOf(hash: Hash): Promise<number>;
}

/** Expects that every nonce on chain is one intent's, that each ended by a transaction of its own, and that what waits says why. */
export async function expectOneNonceEach(
  intents: readonly IntentRecord[],
  chains: readonly Sent[],
): Promise<void> {
  for (const { chainId, count, nonceOf } of chains) {
    const ours = intents.filter((intent) => intent.chainId === chainId);
    expect(ours.map(({ nonce }) => nonce)).toEqual(Array.from(ours, (_, nonce) => nonce));
    expect(ours.length).toBeGreaterThanOrEqual(count);
    for (const intent of ours) {
      if (isPending(intent)) expect(intent.reason).toMatch(/\S/);
      else {
        expect(intent.nonce).toBeLessThan(count);
        expect(intent.state).not.toBe("replaced");
        expect(intent.hashes).toContain(intent.transactionHash);
        expect(await nonceOf(intent.transactionHash!)).toBe(intent.nonce);
      }
    }
  }
}
