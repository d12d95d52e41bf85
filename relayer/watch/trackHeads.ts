import { setTimeout as delay } from "node:timers/promises";
import type { Block, Hash, PublicClient } from "viem";
import type { Finality } from "../../chains/types.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import { toRelayerError } from "../toRelayerError.ts";

/** A block, as far as the relayer needs it. */
export interface BlockRef {
  number: bigint;
  hash: Hash;
  parentHash: Hash;
  /** Chain time, in seconds. */
  timestamp: bigint;
  baseFeePerGas: bigint;
  /** `performance.now()` when it was first seen as this head. */
  seenAtMs: number;
}

/** What is known of a chain's head, kept up to date. */
export interface HeadTracker {
  readonly latest: BlockRef;
  /** Newest final block; never goes back. `undefined` while the chain is younger than its finality. */
  readonly final: BlockRef | undefined;
  /** Resolves at the next change of either, or when tracking ends. */
  changed(): Promise<void>;
  /**
   * Resolves at the next change of either: for whoever waits for the chain and has no signal of its own.
   * @throws CausewayError `RelayerStopped` when tracking has ended: there is nothing to wait for any more
   */
  next(): Promise<void>;
  /** Resolves when tracking has ended (its signal was aborted). */
  ended: Promise<void>;
}

export interface TrackHeadsParameters {
  client: PublicClient;
  finality: Finality;
  pollMs: number;
  signal: AbortSignal;
  /** Told of every failed poll; tracking goes on. */
  onError(error: CausewayError): void;
}

export function toBlockRef(
  block: Block<bigint, boolean, "latest"> | Block,
  seenAtMs = performance.now(),
): BlockRef {
  return {
    number: block.number!,
    hash: block.hash!,
    parentHash: block.parentHash,
    timestamp: block.timestamp,
    baseFeePerGas: block.baseFeePerGas ?? 0n,
    seenAtMs,
  };
}

/** Reads the newest final block. Returns `undefined` while the chain is younger than its finality. */
export async function readFinalBlock(client: PublicClient, finality: Finality, latest?: bigint) {
  if (finality.kind === "finalized") return toBlockRef(await client.getBlock({ blockTag: "finalized" }));
  const head = latest ?? (await client.getBlockNumber({ cacheTime: 0 }));
  const number = head - BigInt(finality.blocks);
  return number < 0n ? undefined : toBlockRef(await client.getBlock({ blockNumber: number }));
}

/**
 * Polls a chain's head and final block.
 * @throws what the first poll throws: a relayer does not start on a chain that it cannot read.
 */
export async function trackHeads(parameters: TrackHeadsParameters): Promise<HeadTracker> {
  const { client, finality, pollMs, signal, onError } = parameters;
  let waiters: (() => void)[] = [];

  async function poll() {
    // Asked for together so that a batching transport makes one request of it.
    const [head, byTag] = await Promise.all([
      client.getBlock({ blockTag: "latest" }).then((block) => toBlockRef(block)),
      finality.kind === "finalized" ? readFinalBlock(client, finality) : undefined,
    ]);
    if (byTag) return { latest: head, final: byTag };
    if (head.hash === state.latest?.hash) return { latest: head, final: state.final };
    return { latest: head, final: await readFinalBlock(client, finality, head.number) };
  }

  const state: { latest: BlockRef | undefined; final: BlockRef | undefined } = {
    latest: undefined,
    final: undefined,
  };
  Object.assign(state, await poll());

  function accept({ latest, final }: { latest: BlockRef; final: BlockRef | undefined }) {
    let changed = false;
    if (latest.hash !== state.latest?.hash) {
      state.latest = latest;
      changed = true;
    }
    if (final && state.final && final.number === state.final.number && final.hash !== state.final.hash) {
      throw new CausewayError("FinalBlockReorganised", {
        message: `Final block ${final.number} changed its hash.`,
        details: { was: state.final.hash, is: final.hash },
      });
    }
    if (final && (!state.final || final.number > state.final.number)) {
      state.final = final;
      changed = true;
    }
    if (changed) notify();
  }

  function notify() {
    const all = waiters;
    waiters = [];
    for (const resolve of all) resolve();
  }

  async function loop() {
    while (!signal.aborted) {
      try {
        await delay(pollMs, undefined, { signal });
        accept(await poll());
      } catch (cause) {
        if (!signal.aborted) onError(toRelayerError(cause));
      }
    }
    notify();
  }

  const ended = loop();
  const changed = () =>
    signal.aborted ? Promise.resolve() : new Promise<void>((resolve) => waiters.push(resolve));
  return {
    get latest() {
      return state.latest!;
    },
    get final() {
      return state.final;
    },
    changed,
    async next() {
      await changed();
      if (signal.aborted) throw new CausewayError("RelayerStopped");
    },
    ended,
  };
}
