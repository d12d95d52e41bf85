import { pino } from "pino";
import type { Hash } from "viem";
import { expect } from "vitest";
import { connectChains } from "../../../chains/clients.ts";
import type { Config } from "../../../chains/config.ts";
import { type OpenDatabaseParameters, openDatabase } from "../../../relayer/database/connect.ts";
import type { IntentState } from "../../../relayer/database/tables.ts";

/** An intent as the database has it, while no relayer runs. */
export interface IntentRecord {
  id: number;
  label: string;
  chainId: number;
  nonce: number;
  state: IntentState;
  reason: string | null;
  transactionHash: Hash | null;
  /** Hashes of every version, oldest first. */
  hashes: readonly Hash[];
}

/** Whether a transaction of this label carries a deposit to the hub, or a withdrawal to whom it is for. */
export const movesMoney = (label: string): boolean => /^(report|process|commit|execute|deliver) /.test(label);

export const isPending = ({ state }: IntentRecord): boolean => state === "claimed" || state === "sent";

/** All intents of the relayer's key, by chain and nonce. */
export async function readIntents(
  where: Pick<OpenDatabaseParameters, "databaseUrl" | "dataFolder">,
): Promise<readonly IntentRecord[]> {
  const database = await openDatabase({ ...where, log: pino({ level: "silent" }) });
  try {
    const { db } = database;
    const intents = await db.selectFrom("intents").selectAll().orderBy("chain_id").orderBy("nonce").execute();
    const versions = await db.selectFrom("transactions").selectAll().orderBy("version").execute();
    const byIntent = Map.groupBy(versions, (version) => version.intent_id);
    return intents.map((row) => ({
      id: row.id,
      label: row.label,
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

/** Expects that no nonce was given twice or left out, that each intent ended by a transaction of its own, and that what waits says why. */
export function expectAccountedFor(intents: readonly IntentRecord[]): void {
  expect(intents.length).toBeGreaterThan(0);
  for (const ours of Map.groupBy(intents, ({ chainId }) => chainId).values()) {
    expect(ours.map(({ nonce }) => nonce)).toEqual(Array.from(ours, (_, nonce) => nonce));
    for (const intent of ours) {
      if (isPending(intent)) expect(intent.reason).toMatch(/\S/);
      else {
        expect(intent.state).not.toBe("replaced");
        expect(intent.hashes).toContain(intent.transactionHash);
      }
    }
  }
}

/** Reads all intents while no relayer runs; expects that all are accounted for, and that the chains say the same. */
export async function expectIntents(config: Config): Promise<readonly IntentRecord[]> {
  const intents = await readIntents(config);
  expectAccountedFor(intents);
  const { address } = config.accounts.relayer;
  const clients = await connectChains(config);
  for (const { name, chainId } of config.chains) {
    const client = clients.get(name)!;
    const mined = await client.getTransactionCount({ address });
    const ours = intents.filter((intent) => intent.chainId === chainId);
    expect(ours.length).toBeGreaterThanOrEqual(mined);
    for (const intent of ours.filter((one) => !isPending(one))) {
      expect(intent.nonce).toBeLessThan(mined);
      const { nonce } = await client.getTransaction({ hash: intent.transactionHash! });
      expect(nonce).toBe(intent.nonce);
    }
  }
  return intents;
}
