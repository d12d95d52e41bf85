import type { Abi, Address, Hash, Hex } from "viem";
import type { z } from "zod";
import type { CausewayError } from "../errors/CausewayError.ts";
import type { RelayerContext } from "./context.ts";

/** How one item of a batch ended: `undefined` is done, an error is retried if (and only if) it says so. */
export type JobOutcome = CausewayError | undefined;

/**
 * One kind of work. A job a file. Its data is small, JSON-serialisable and only *names* what is to be done: what is true is
 * read from the chains when it runs, so running a job twice, late, or on two relayers at once is harmless.
 */
// biome-ignore lint/suspicious/noExplicitAny: jobs of different data share one list; the data is checked by its schema
export interface RelayerJob<Data = any> {
  /** Name of the queue, for example `verify`. */
  name: string;
  /** Checks the data when it is added. */
  schema: z.ZodType<Data>;
  /** What makes it unique: adding an id that waits changes nothing; one that runs makes it run once more afterwards. */
  id(data: Data): string;
  /** Items of one lane may share a batch, in the order in which they were added. Default: all of the job's items. */
  lane?(data: Data): string;
  /** Most items that one `run` gets. Default 1. */
  maxBatch?: number;
  /** How long a batch gathers items before it starts: what comes meanwhile shares it. Default: the present turn of the event loop. */
  batchMs?(context: RelayerContext): number;
  /** Runs in flight per lane. Default 1. */
  concurrency?: number;
  /** Most runs of an item before a retryable error counts as final. Default 6. */
  attempts?: number;
  /** Delay before the first retry; it doubles each time, up to a minute. Default 250. */
  backoffMs?: number;
  /** Does the work. Returns one outcome per item, in order; what it throws is the outcome of every item. */
  run(context: RelayerContext, items: readonly Data[]): Promise<readonly JobOutcome[]>;
  /** Logs on the chains that make work. */
  subscriptions?(context: RelayerContext): readonly LogSubscription[];
  /** Work that is due by itself. */
  periodic?: {
    everyMs(context: RelayerContext): number;
    due(context: RelayerContext): Promise<readonly Data[]>;
  };
}

/** A decoded log of a contract that somebody subscribed to. */
export interface ChainLog {
  eid: number;
  address: Address;
  eventName: string;
  // biome-ignore lint/suspicious/noExplicitAny: the shape follows from the subscription's own ABI
  args: any;
  blockNumber: bigint;
  blockHash: Hash;
  transactionHash: Hash;
  logIndex: number;
  data: Hex;
  /** `performance.now()` when the block that made this visible (head, or final block) was first seen. */
  seenAtMs: number;
  /** Whether its block is newer than this relayer's start. */
  live: boolean;
}

/** A wish to hear of a contract's events on one chain. */
export interface LogSubscription {
  eid: number;
  /**
   * `final`: from the deployment's first block on, each log exactly once, never undone. For all that must not be taken back.
   * `latest`: from the head at start on, as soon as it is in a block; a reorganised log comes again. For progress only.
   */
  when: "final" | "latest";
  address: Address;
  abi: Abi;
  /** Event names; all of the ABI's when left out. */
  events?: readonly string[];
  on(log: ChainLog): void;
}

/**
 * Makes a `run` of a function for one item.
 * @example run: forEachItem(async (context, data) => { ... })
 */
export function forEachItem<Data>(
  runOne: (context: RelayerContext, data: Data) => Promise<void>,
  toError: (cause: unknown) => CausewayError,
): RelayerJob<Data>["run"] {
  return async (context, items) =>
    Promise.all(
      items.map((item) =>
        runOne(context, item).then(
          () => undefined,
          (cause) => toError(cause),
        ),
      ),
    );
}
