import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";
import { pino } from "pino";
import { afterAll, afterEach, expect, test } from "vitest";
import { type EmbeddedDatabase, startEmbedded } from "./embedded.ts";

const log = pino({ level: "silent" });
// One folder: filling a new one takes seconds.
const folder = mkdtempSync(join(tmpdir(), "causeway-database-"));
const running: EmbeddedDatabase[] = [];
afterEach(async () => void (await Promise.all(running.splice(0).map((one) => one.stop()))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function start() {
  const embedded = await startEmbedded({ folder, log });
  running.push(embedded);
  return embedded;
}

/** Asks until it answers: it is being started again. */
async function rows(url: string, query: string): Promise<unknown[]> {
  for (;;) {
    const client = new pg.Client({ connectionString: url, query_timeout: 5_000 });
    client.on("error", () => undefined);
    try {
      await client.connect();
      return (await client.query(query)).rows;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

test("has all that it acknowledged, at the same address, after it was killed in the middle of writing", async () => {
  const embedded = await start();
  await rows(embedded.url, "CREATE TABLE kept (n integer PRIMARY KEY)");
  const pool = new pg.Pool({ connectionString: embedded.url, max: 3 });
  pool.on("error", () => undefined);
  const acknowledged: number[] = [];
  const write = async (n: number): Promise<void> => {
    await pool.query("INSERT INTO kept VALUES ($1)", [n]);
    acknowledged.push(n);
    if (acknowledged.length === 60) process.kill(embedded.pid, "SIGKILL");
  };
  await Promise.allSettled(Array.from({ length: 300 }, (_, n) => write(n)));
  await pool.end().catch(() => undefined);
  expect(acknowledged.length).toBeGreaterThanOrEqual(60);
  expect(acknowledged.length).toBeLessThan(300);
  const found = new Set(
    (await rows(embedded.url, "SELECT n FROM kept")).map((row) => (row as { n: number }).n),
  );
  expect(acknowledged.filter((n) => !found.has(n))).toEqual([]);
}, 60_000);

test("keeps its data over a stop", async () => {
  const first = await start();
  await rows(first.url, "CREATE TABLE stayed AS SELECT 1 AS n");
  await first.stop();
  const second = await start();
  expect(await rows(second.url, "SELECT n FROM stayed")).toEqual([{ n: 1 }]);
}, 60_000);

test("refuses a folder that is in use, and ends when the process that started it is killed", async () => {
  const script = `
    import { pino } from "pino";
    import { startEmbedded } from ${JSON.stringify(new URL("./embedded.ts", import.meta.url).href)};
    const { pid } = await startEmbedded({ folder: ${JSON.stringify(folder)}, log: pino({ level: "silent" }) });
    console.log(pid);`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface({ input: parent.stdout }), "line")) as [string];
  expect(Number(line)).toBeGreaterThan(0);
  await expect(startEmbedded({ folder, log })).rejects.toMatchObject({ code: 4501 });
  parent.kill("SIGKILL");
  // The system frees the folder's lock when its process is gone.
  await start();
}, 60_000);

test("keeps clients apart that make each other wait in transactions", async () => {
  const { url } = await start();
  const pools = [0, 1, 2].map(() => new pg.Pool({ connectionString: url, max: 3, query_timeout: 10_000 }));
  const [first, second, third] = pools as [pg.Pool, pg.Pool, pg.Pool];
  await first.query("CREATE TABLE written (n integer)");
  const inTransaction = async (n: number) => {
    const client = await first.connect();
    await client.query("BEGIN");
    const { rows: got } = await client.query("INSERT INTO written VALUES ($1) RETURNING n", [n]);
    await client.query("COMMIT");
    client.release();
    return got[0].n;
  };
  const answers = await Promise.all(
    Array.from({ length: 300 }, async (_, n) => {
      if (n % 3 === 0) return inTransaction(n);
      if (n % 3 === 1) return (await second.query("SELECT $1::integer AS n", [n])).rows[0].n;
      return (await third.query("SELECT $2::integer AS n, $1::text", ["two parameters", n])).rows[0].n;
    }),
  );
  expect(answers).toEqual(Array.from({ length: 300 }, (_, n) => n));
  await Promise.all(pools.map((pool) => pool.end()));
}, 60_000);

test("takes the session back from a client that goes away inside a transaction", async () => {
  const { url } = await start();
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  await client.query("BEGIN");
  await client.query("CREATE TABLE undone (n integer)");
  // biome-ignore lint/suspicious/noExplicitAny: no public way to lose a connection
  (client as any).connection.stream.destroy();
  expect(await rows(url, "SELECT to_regclass('undone') AS found")).toEqual([{ found: null }]);
}, 60_000);
