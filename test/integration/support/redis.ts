import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";

const HOW_TO_GET_IT = "set REDIS_URL, or put redis-server on PATH (Debian: apt-get install -y redis-server)";
const START_TIMEOUT_MS = 10_000;
/** What our queues' keys begin with, and nobody else's. */
const OUR_KEYS = "causeway:*";

/** A Redis for tests. */
export interface TestRedis {
  url: string;
  /** Jobs that are not finished. */
  countUnfinished(): Promise<number>;
  /** Forgets everything; of a Redis that others may use, everything that is ours. */
  flush(): Promise<void>;
  /** Is gone while `work` runs, and empty afterwards; one that others may use only drops all connections. */
  beGone(work: () => Promise<unknown>): Promise<void>;
  stop(): Promise<void>;
}

/** Whether tests can have a Redis of their own. */
export const hasRedisServer = spawnSync("redis-server", ["--version"]).status === 0;

/** Whether tests can have any. Says so loudly if not; under `CI` they then fail. */
export function isRedisAvailable(): boolean {
  const { REDIS_URL, CI } = process.env;
  if (REDIS_URL || hasRedisServer || CI) return true;
  process.stderr.write(`\nNOT TESTED: the queue on Redis. To test it, ${HOW_TO_GET_IT}.\n\n`);
  return false;
}

/** The Redis at `REDIS_URL`, or one of our own. */
export async function startRedis(): Promise<TestRedis> {
  const { REDIS_URL: url } = process.env;
  if (!url) return startOwnRedis();
  return {
    url,
    countUnfinished: () => countUnfinished(url),
    flush: () =>
      withClient(url, async (client) => {
        for await (const keys of client.scanStream({ match: OUR_KEYS, count: 1_000 }))
          if (keys.length > 0) await client.del(...keys);
      }),
    async beGone(work) {
      await withClient(url, (client) => client.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"));
      await work();
    },
    stop: () => Promise.resolve(),
  };
}

/** Starts `redis-server` on a free port, in a temporary folder, without persistence. It ends with this process, however that ends. */
async function startOwnRedis(): Promise<TestRedis> {
  if (!hasRedisServer) throw new Error(`There is no Redis to test with: ${HOW_TO_GET_IT}.`);
  const folder = mkdtempSync(join(tmpdir(), "causeway-redis-"));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let child = await launch(port, folder);
  return {
    url,
    countUnfinished: () => countUnfinished(url),
    flush: () => withClient(url, async (client) => void (await client.flushall())),
    async beGone(work) {
      await end(child);
      await work();
      child = await launch(port, folder);
    },
    async stop() {
      await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Adds up what waits, runs or backs off, as BullMQ keeps it. */
function countUnfinished(url: string): Promise<number> {
  return withClient(url, async (client) => {
    let count = 0;
    for (const key of await client.keys(OUR_KEYS)) {
      if (/:(wait|active)$/.test(key)) count += await client.llen(key);
      else if (/:delayed$/.test(key)) count += await client.zcard(key);
    }
    return count;
  });
}

/** As anvil's: Redis ends when the pipe at its supervisor's standard input closes, and the system closes that when we end. */
const SUPERVISOR =
  'exec 3<&0; "$@" </dev/null & child=$!; (cat <&3 >/dev/null; kill -9 $child) >/dev/null 2>&1 & exec 3<&-; wait $child';

async function launch(port: number, folder: string): Promise<ChildProcess> {
  const options = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder];
  const child = spawn("/bin/sh", ["-c", SUPERVISOR, "redis", "redis-server", ...options], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  await withClient(`redis://127.0.0.1:${port}`, (client) => client.ping());
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  child.stdin!.destroy();
  if (child.exitCode === null && child.signalCode === null) await once(child, "close");
}

/** Waits for the server to answer, within bounds. */
async function withClient<T>(url: string, work: (client: Redis) => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const client = new Redis(url, {
    maxRetriesPerRequest: null,
    retryStrategy: () => (performance.now() - startedAt > START_TIMEOUT_MS ? null : 50),
  });
  let last: unknown;
  client.on("error", (cause) => {
    last = cause;
  });
  try {
    return await work(client);
  } catch (cause) {
    throw last ?? cause;
  } finally {
    client.disconnect();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
