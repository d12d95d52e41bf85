import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase, type RelayerDatabase } from "./connect.ts";
import { type HeldLeases, type HoldLeasesParameters, holdLeases } from "./leases.ts";

const log = pino({ level: "silent" });
const dataFolder = mkdtempSync(join(tmpdir(), "causeway-leases-"));
let database: RelayerDatabase;
beforeAll(async () => {
  database = await openDatabase({ databaseUrl: undefined, dataFolder, log });
}, 60_000);
afterAll(async () => {
  await database.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

let keys = 0;
const newSenders = (): HoldLeasesParameters["senders"] => {
  keys += 1;
  return [2, 1].map((chainId) => ({ chainId, key: `0x${keys}` }));
};

const hold = (senders: HoldLeasesParameters["senders"], more: Partial<HoldLeasesParameters> = {}) =>
  holdLeases({
    db: database.db,
    senders,
    holder: crypto.randomUUID(),
    alone: false,
    leaseMs: 60_000,
    log,
    signal: new AbortController().signal,
    ...more,
  });

const ofSenders = (senders: HoldLeasesParameters["senders"]) => senders.map(({ key }) => key);

test("the second stands by until the first lets go, and has a higher fence", async () => {
  const senders = newSenders();
  const first = await hold(senders);
  let second: HeldLeases | undefined;
  const waiting = hold(senders).then((held) => {
    second = held;
  });
  await expect(hold(senders, { signal: AbortSignal.timeout(300) })).rejects.toThrow();
  expect(second).toBeUndefined();
  await first.release();
  await waiting;
  expect(first.leases.map(({ fence }) => fence)).toEqual([1, 1]);
  expect(second!.leases.map(({ fence }) => fence)).toEqual([2, 2]);
  await second!.release();
});

test("whoever has gone silent is succeeded when the lease lapses", async () => {
  const senders = newSenders();
  const silent = await hold(senders);
  await database.db
    .updateTable("leases")
    .set({ expires_at: sql`now()` })
    .where("key", "in", ofSenders(senders))
    .execute();
  const next = await hold(senders);
  expect(next.leases.map(({ fence }) => fence)).toEqual([2, 2]);
  // What is not ours any more is not ours to let go.
  await silent.release();
  await expect(hold(senders, { signal: AbortSignal.timeout(300) })).rejects.toThrow();
  await next.release();
});

test("learns that somebody took over", async () => {
  const senders = newSenders();
  const first = await hold(senders, { leaseMs: 300 });
  const next = await hold(senders, { alone: true });
  expect(await first.lost).toMatchObject({ kind: "LeaseLost", retryable: true });
  await Promise.all([first.release(), next.release()]);
});

test("renews what it holds", async () => {
  const senders = newSenders();
  const held = await hold(senders, { leaseMs: 600 });
  const expiries = async () =>
    (
      await database.db
        .selectFrom("leases")
        .select("expires_at")
        .where("key", "in", ofSenders(senders))
        .execute()
    ).map((row) => row.expires_at.getTime());
  const before = Math.max(...(await expiries()));
  while (Math.min(...(await expiries())) <= before) await new Promise((resolve) => setTimeout(resolve, 20));
  await held.release();
});

test("two that want the same never hold half each", async () => {
  const senders = newSenders();
  const both = [hold(senders), hold(senders.toReversed())];
  const first = await Promise.race(both);
  await first.release();
  const held = await Promise.all(both);
  expect(held.map(({ leases }) => leases.map(({ fence }) => fence)).sort()).toEqual([
    [1, 1],
    expect.arrayContaining([2]),
  ]);
  await Promise.all(held.map((one) => one.release()));
});

test("alone with the database, a crash before does not make anybody wait", async () => {
  const senders = newSenders();
  await hold(senders).then((crashed) => crashed.leases);
  const next = await hold(senders, { alone: true });
  expect(next.leases.map(({ fence }) => fence)).toEqual([2, 2]);
  await next.release();
});
