import { setTimeout as delay } from "node:timers/promises";
import { type Kysely, sql } from "kysely";
import type { Logger } from "pino";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { Tables } from "./tables.ts";

/** A key on a chain: what one relayer at a time may send with. */
export interface Sender {
  chainId: number;
  key: string;
}

/** The right to send with a key on a chain. Whoever takes it over gets a higher fence. */
export interface Lease extends Sender {
  fence: number;
}

export interface HoldLeasesParameters {
  db: Kysely<Tables>;
  senders: readonly Sender[];
  /** Name of this process; no other may ever have the same. */
  holder: string;
  /** The database is ours alone, so whoever held them is gone: take them without waiting. */
  alone: boolean;
  /** Others may take over so long after the last renewal. */
  leaseMs: number;
  log: Logger;
  /** Aborting it ends the wait. */
  signal: AbortSignal;
}

export interface HeldLeases {
  leases: readonly Lease[];
  /** Resolves with `LeaseLost` when somebody else has one of them; never if they are released. */
  readonly lost: Promise<CausewayError>;
  /** Ends renewing, and lets the next one take them at once. */
  release(): Promise<void>;
}

/**
 * Waits until all leases are ours, and renews them until they are released. All times are the database's clock.
 *
 * A lease that lapsed and that nobody took stays good: what decides is the fence, which every statement that claims a nonce or stores a
 * transaction compares.
 *
 * @throws the signal's reason if it aborts first
 */
export async function holdLeases(parameters: HoldLeasesParameters): Promise<HeldLeases> {
  const { db, holder, leaseMs, log, signal } = parameters;
  // In one order everywhere: two relayers never hold half each.
  const senders = parameters.senders.toSorted((a, b) => a.chainId - b.chainId || (a.key < b.key ? -1 : 1));
  const retryMs = Math.min(1_000, Math.ceil(leaseMs / 3));
  let leases = await takeAll();
  if (!leases) log.info({ senders }, "another relayer sends with our key: standing by");
  while (!leases) {
    await delay(retryMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    leases = await takeAll();
  }
  log.info({ leases, holder }, "leases are ours");
  const lost = Promise.withResolvers<CausewayError>();
  const releasing = new AbortController();
  const renewing = renew();

  async function takeAll(): Promise<Lease[] | undefined> {
    const taken: Lease[] = [];
    for (const sender of senders) {
      const lease = await take(sender);
      if (!lease) {
        await giveBack();
        return undefined;
      }
      taken.push(lease);
    }
    return taken;
  }

  async function take({ chainId, key }: Sender): Promise<Lease | undefined> {
    const { rows } = await sql<{ fence: number }>`
      INSERT INTO causeway.leases AS l (chain_id, key, holder, fence, expires_at)
      VALUES (${chainId}, ${key}, ${holder}, 1, now() + ${leaseMs} * interval '1 millisecond')
      ON CONFLICT (chain_id, key) DO UPDATE
        SET holder = excluded.holder, fence = l.fence + 1, expires_at = excluded.expires_at
        WHERE l.expires_at <= now() OR ${parameters.alone}
      RETURNING l.fence`.execute(db);
    return rows[0] && { chainId, key, fence: rows[0].fence };
  }

  async function giveBack() {
    await db.updateTable("leases").set({ expires_at: sql`now()` }).where("holder", "=", holder).execute();
  }

  async function renew() {
    while (!releasing.signal.aborted) {
      try {
        await delay(leaseMs / 3, undefined, { signal: releasing.signal });
        const ours = await db
          .updateTable("leases")
          .set({ expires_at: sql`now() + ${leaseMs} * interval '1 millisecond'` })
          .where("holder", "=", holder)
          .returning(["chain_id", "key"])
          .execute();
        const gone = senders.find(
          ({ chainId, key }) => !ours.some((one) => one.chain_id === chainId && one.key === key),
        );
        if (!gone) continue;
        lost.resolve(new CausewayError("LeaseLost", { details: { ...gone } }));
        return;
      } catch (cause) {
        if (!releasing.signal.aborted) log.warn({ error: cause }, "could not renew the leases");
      }
    }
  }

  return {
    leases,
    lost: lost.promise,
    async release() {
      releasing.abort();
      await renewing;
      await giveBack().catch((cause) =>
        log.warn({ error: cause }, "could not release the leases: they lapse"),
      );
    },
  };
}
