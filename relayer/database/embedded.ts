import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import { CausewayError } from "../../errors/CausewayError.ts";

export interface StartEmbeddedParameters {
  /** Its files; created if missing. One process at a time may own it. */
  folder: string;
  log: Logger;
}

/** A PostgreSQL (PGlite) in a process of its own. */
export interface EmbeddedDatabase {
  /** Connection string; the same as long as it runs, whatever happens to the process. */
  readonly url: string;
  /** Of the process that runs now. */
  readonly pid: number;
  /** Ends it in order; resolves once it is gone. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 30_000;
/** Longer than the process takes to give up closing by itself. */
const STOP_TIMEOUT_MS = 8_000;
/** A database that dies this often in a row is broken, not unlucky. */
const MAX_RESTARTS = 5;
/** What has run for so long was no failed start. */
const HEALTHY_MS = 60_000;

interface Running {
  child: ChildProcess;
  port: number;
  startedAt: number;
}

/**
 * Starts the embedded database. It ends with this process, however that ends, and is started again on the same port if it dies by itself:
 * what it acknowledged is on disk, and clients connect anew.
 *
 * All its clients share one session: a transaction makes everybody wait, so keep transactions short and never ask a chain inside one.
 * Advisory locks and LISTEN do not tell clients apart.
 *
 * @throws CausewayError `DatabaseNotStarting`, also if another process uses the folder
 */
export async function startEmbedded({ folder, log }: StartEmbeddedParameters): Promise<EmbeddedDatabase> {
  let stopping = false;
  let restarts = 0;
  let current = await launch(folder, 0);
  const { port } = current;
  let restarting: Promise<void> = Promise.resolve();
  watch();

  function watch() {
    current.child.once("exit", (code, signal) => {
      if (stopping) return;
      if (performance.now() - current.startedAt > HEALTHY_MS) restarts = 0;
      log.error({ code, signal, restarts }, "the embedded database ended by itself");
      restarting = restart();
    });
  }

  async function restart() {
    while (!stopping && restarts < MAX_RESTARTS) {
      restarts += 1;
      try {
        current = await launch(folder, port);
        if (stopping) return end(current.child);
        log.info({ pid: current.child.pid }, "the embedded database runs again");
        return watch();
      } catch (cause) {
        log.error({ error: cause, restarts }, "the embedded database did not start again");
      }
    }
  }

  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    get pid() {
      return current.child.pid!;
    },
    async stop() {
      stopping = true;
      await restarting;
      await end(current.child);
    },
  };
}

async function launch(folder: string, port: number): Promise<Running> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL("./embeddedProcess.ts", import.meta.url)), folder, String(port)],
    // Its own group: Ctrl-C reaches only us, and we end it when nothing needs it any more.
    { stdio: ["pipe", "pipe", "pipe"], detached: true },
  );
  const complaints: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    complaints.push(line);
    if (complaints.length > 20) complaints.shift();
  });
  const fail = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => fail.reject(`it said nothing within ${START_TIMEOUT_MS} ms`),
    START_TIMEOUT_MS,
  );
  child.once("error", (cause) => fail.reject(cause.message));
  child.once("close", (code, signal) =>
    fail.reject(complaints.join(" ") || `it ended with ${code === null ? signal : `code ${code}`}`),
  );
  const lines = createInterface({ input: child.stdout });
  try {
    const [line] = (await Promise.race([once(lines, "line"), fail.promise])) as [string];
    return { child, port: JSON.parse(line).port, startedAt: performance.now() };
  } catch (found) {
    child.kill("SIGKILL");
    throw new CausewayError("DatabaseNotStarting", { details: { folder, found } });
  } finally {
    clearTimeout(timer);
  }
}

/** Closes its standard input, which ends it; kills it if it does not. */
async function end(child: ChildProcess) {
  child.stdin?.destroy();
  if (child.exitCode !== null || child.signalCode !== null) return;
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await once(child, "exit");
  clearTimeout(timer);
}
