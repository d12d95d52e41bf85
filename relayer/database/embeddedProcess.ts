import { mkdirSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setFlagsFromString } from "node:v8";
import { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketHandler } from "@electric-sql/pglite-socket";
import { fillFolder } from "./fillFolder.ts";
import { createSessionQueue } from "./sessionQueue.ts";

/*
 * The embedded database, a process of its own: `node embeddedProcess.ts <folder> <port>`. It owns the folder while it runs, prints its port
 * on stdout, and ends when its standard input does: the system closes that pipe when our parent ends, SIGKILL included.
 */

/** A predecessor whose parent was killed may still be ending. */
const LOCK_WAIT_MS = 8_000;
const CLOSE_TIMEOUT_MS = 5_000;
/** PostgreSQL fills them with zeros when it starts; the default of 128 MB takes as long as all the rest of a start. */
const BUFFERS = "16MB";

/*
 * Node compiles PostgreSQL quickly, and must not compile what runs often a second time, with care: the interpreter of expressions alone
 * takes that 560 MB, and a start as much processor again as all it does. It pays after some ten thousand queries, with a third.
 */
for (const flag of ["--no-wasm-tier-up", "--no-wasm-dynamic-tiering"]) setFlagsFromString(flag);

const [folder = "", port = "0"] = process.argv.slice(2);
let stop = async () => process.exit(0);
process.stdin.once("close", () => void stop()).resume();

mkdirSync(folder, { recursive: true, mode: 0o700 });
// Two processes on one folder would destroy it. SQLite takes a lock that the system releases when we end, however we end; and Node when nobody
// refers to it any more, so `stop` does.
const lock = new DatabaseSync(join(folder, "lock"));
lock.exec(`PRAGMA busy_timeout = ${LOCK_WAIT_MS}; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE`);

const dataDir = join(folder, "postgres");
await fillFolder(dataDir);
const startParams = [...PGlite.defaultStartParams, "-c", `shared_buffers=${BUFFERS}`];
const db = await PGlite.create({ dataDir, startParams });
// BullMQ does not qualify its names; ours are always qualified. The first line is for later sessions, the last for the one that is open.
await db.exec(`
  CREATE SCHEMA IF NOT EXISTS bullmq;
  ALTER DATABASE postgres SET search_path TO bullmq, public;
  SET search_path TO bullmq, public;
`);

const queue = createSessionQueue(db, (cause) => {
  process.stderr.write(`${cause instanceof Error ? cause.stack : cause}\n`);
  process.exit(70);
});
const sockets = new Set<Socket>();
const server = createServer((socket) => {
  sockets.add(socket);
  socket.once("close", () => sockets.delete(socket));
  const handler = new PGLiteSocketHandler({ queryQueue: queue as never, closeOnDetach: true });
  void handler.attach(socket);
});
stop = async () => {
  setTimeout(() => process.exit(1), CLOSE_TIMEOUT_MS).unref();
  server.close();
  for (const socket of sockets) socket.destroy();
  await db.close();
  lock.close();
  process.exit(0);
};
server.listen(Number(port), "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});
