import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, openDatabase, type RelayerDatabase } from "./connect.ts";
import { migrate } from "./migrate.ts";

const log = pino({ level: "silent" });
const dataFolder = mkdtempSync(join(tmpdir(), "causeway-connect-"));
let database: RelayerDatabase;
beforeAll(async () => {
  database = await openDatabase({ databaseUrl: undefined, dataFolder, log });
}, 60_000);
afterAll(async () => {
  await database.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

test("starts with its tables, and stands on a connection string from then on", async () => {
  const other = await openDatabase({ databaseUrl: database.url, dataFolder, log });
  expect(other.embedded).toBeUndefined();
  expect(await other.db.selectFrom("intents").selectAll().execute()).toEqual([]);
  await other.close();
  expect(await database.db.selectFrom("leases").selectAll().execute()).toEqual([]);
});

test("two may bring the tables up to date at once, and again", async () => {
  await database.db.schema.dropSchema("causeway").cascade().execute();
  const others = [0, 1].map(() => connect(database.url, log));
  await Promise.all([migrate(database.db), ...others.map((other) => migrate(other))]);
  await migrate(database.db);
  expect(await database.db.selectFrom("journal").selectAll().execute()).toEqual([]);
  await Promise.all(others.map((other) => other.destroy()));
});

test("reads what counts as numbers, and wei as text", async () => {
  const lease = { chain_id: 2 ** 40, key: "0xk", holder: "me", fence: 7, expires_at: new Date(0) };
  await database.db.insertInto("leases").values(lease).execute();
  expect(await database.db.selectFrom("leases").selectAll().execute()).toEqual([lease]);
  const wei = String(10n ** 30n);
  const intent = { nonce: 0, chain_id: 1, key: "0xk", fence: 1, dedupe_id: null, reason: null, label: "l" };
  const inserted = await database.db
    .insertInto("intents")
    .values({
      ...intent,
      recipient: "0x",
      data: "0x",
      value: wei,
      gas: "1",
      transaction_hash: null,
      block_number: null,
    })
    .returning(["value", "state"])
    .executeTakeFirstOrThrow();
  expect(inserted).toEqual({ value: wei, state: "claimed" });
});
