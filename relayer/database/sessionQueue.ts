import type { PGlite } from "@electric-sql/pglite";

interface Waiting {
  client: number;
  run(): Promise<void>;
}

/** What `pglite-socket`'s handlers need of a queue. */
export interface SessionQueue {
  /** Resolves with the number of bytes answered. */
  enqueue(client: number, message: Uint8Array, onData: (data: Uint8Array) => void): Promise<number>;
  clearQueueForHandler(client: number): void;
  /** Ends what a client that went away left open. */
  clearTransactionIfNeeded(client: number): Promise<void>;
}

const SYNC = new Uint8Array([0x53, 0, 0, 0, 4]);

/**
 * Messages after which a client wants nothing more of the session: Query, Sync, FunctionCall, Terminate, password, and the startup
 * message, which has no type and begins with its length.
 */
const ENDS: ReadonlySet<number> = new Set([0x51, 0x53, 0x46, 0x58, 0x70, 0x00]);

/**
 * Lets many clients share PGlite's only session. One that has begun a parametrised query (Parse, Bind, …, Sync) or a transaction keeps
 * the session until it ends it. The queue that comes with `pglite-socket` takes turns message by message outside of transactions: after
 * any transaction that made two others wait, one executes what the other prepared.
 *
 * @param onBroken called once if PGlite itself fails, as opposed to an SQL statement: the session cannot be used any more
 */
export function createSessionQueue(db: PGlite, onBroken: (cause: unknown) => void): SessionQueue {
  let waiting: Waiting[] = [];
  let owner: number | undefined;
  let running = false;

  async function run() {
    if (running) return;
    running = true;
    for (;;) {
      const index = owner === undefined ? 0 : waiting.findIndex(({ client }) => client === owner);
      const [next] = index < 0 ? [] : waiting.splice(index, 1);
      if (!next) break;
      await next.run();
    }
    running = false;
  }

  function add(client: number, work: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      waiting.push({
        client,
        run: () =>
          work().then(resolve, (cause) => {
            onBroken(cause);
            reject(cause);
          }),
      });
      void run();
    });
  }

  return {
    async enqueue(client, message, onData) {
      let size = 0;
      await add(client, async () => {
        owner = client;
        await db.runExclusive(() =>
          db.execProtocolRawStream(message, {
            onRawData(data) {
              size += data.length;
              onData(data);
            },
          }),
        );
        if (ENDS.has(message[0]!) && !db.isInTransaction()) owner = undefined;
      });
      return size;
    },
    clearQueueForHandler(client) {
      // Nobody waits for the answers any more, and their promises end with their handler.
      waiting = waiting.filter((one) => one.client !== client);
    },
    clearTransactionIfNeeded(client) {
      return add(client, async () => {
        if (owner !== client) return;
        await db.runExclusive(() => db.execProtocolRawStream(SYNC, { onRawData() {} }));
        if (db.isInTransaction()) await db.exec("ROLLBACK");
        owner = undefined;
      });
    },
  };
}
