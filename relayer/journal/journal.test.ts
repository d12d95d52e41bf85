import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, openDatabase, type RelayerDatabase } from "../database/connect.ts";
import { createJournal } from "./journal.ts";
import { readJournal } from "./readJournal.ts";

const log = pino({ level: "silent" });
const dataFolder = mkdtempSync(join(tmpdir(), "causeway-journal-"));
let database: RelayerDatabase;
beforeAll(async () => {
  database = await openDatabase({ databaseUrl: undefined, dataFolder, log });
}, 60_000);
afterAll(async () => {
  await database.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

test("has what was noted when it is closed, in order, a page at a time", async () => {
  const { db } = database;
  // It would gather for an hour: closing must not wait for that.
  const journal = createJournal({ db, log, gatherMs: 3_600_000 });
  for (let nonce = 0n; nonce < 1_200n; nonce += 1n)
    journal.note({ kind: "packet.seen", eid: 1, subject: `0x${nonce}`, data: { nonce } });
  journal.note({ kind: "alarm" });
  await journal.close();
  journal.note({ kind: "alarm", data: { late: true } });
  const first = await readJournal({ db, limit: 1_000 });
  const rest = await readJournal({ db, after: first.at(-1)!.id });
  expect([first.length, rest.length]).toEqual([1_000, 100]);
  expect(first[7]).toMatchObject({ kind: "packet.seen", eid: 1, subject: "0x7", data: { nonce: "7" } });
  expect(await readJournal({ db, subject: "0x1199" })).toHaveLength(1);
  expect(await readJournal({ db, kind: "alarm" })).toMatchObject([{ eid: null, subject: null, data: {} }]);
});

test("keeps nobody waiting when the database is gone: neither who notes nor who closes", async () => {
  const nowhere = connect("postgres://nobody@127.0.0.1:1/nothing", log);
  const journal = createJournal({ db: nowhere, log, gatherMs: 1 });
  for (let count = 0; count < 20_000; count += 1) journal.note({ kind: "alarm", data: { count } });
  const started = performance.now();
  await journal.close();
  expect(performance.now() - started).toBeLessThan(10_000);
  await nowhere.destroy();
});
