import type { AbiEvent, Address, Hash, PublicClient } from "viem";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { ChainLog } from "../job.ts";
import { toRelayerError } from "../toRelayerError.ts";
import { type BlockRef, type HeadTracker, toBlockRef } from "./trackHeads.ts";

/** How far back a reorg is looked for before the watcher gives up: deeper than any chain reorganises. */
const MAX_REORG_DEPTH = 256;
/** Ranges up to this length are checked block by block, parent hash to hash. */
const CHECKED_RANGE = 64n;

/** The logs of a range of blocks, or the news that blocks which were watched before are no more. */
export type WatchStep =
  | { kind: "logs"; fromBlock: bigint; toBlock: bigint; logs: readonly ChainLog[] }
  | { kind: "reorg"; ancestor: bigint };

export interface WatchLogsParameters {
  client: PublicClient;
  eid: number;
  heads: HeadTracker;
  /** Follow the final block, where a reorg is an error, or the head, where it is a step. */
  when: "final" | "latest";
  addresses: readonly Address[];
  events: readonly AbiEvent[];
  fromBlock: bigint;
  /** Most blocks per `eth_getLogs`. Default 2000. */
  maxRange?: number;
  signal: AbortSignal;
  /** Told whenever the node failed; the same range is read again at the next head. */
  onError(error: CausewayError): void;
}

/**
 * Yields decoded logs in order, each exactly once per canonical block.
 *
 * A node may answer a range query from another fork than the headers it serves, and some (anvil 1.7 among them) never mark
 * logs as removed. So a range counts only if its headers form one chain up to the head that was seen and every log carries the hash of
 * its block's header; otherwise it is read again.
 * @throws CausewayError `FinalBlockReorganised` if a final block is reorganised
 */
export async function* watchLogs(
  parameters: WatchLogsParameters,
): AsyncGenerator<WatchStep, void, undefined> {
  const { client, heads, when, signal, maxRange = 2000 } = parameters;
  /** Hashes of the newest blocks passed, ascending and without gaps. */
  let passed: { number: bigint; hash: Hash }[] = [];
  let next = parameters.fromBlock;
  const startedAt = heads.latest.number;

  while (!signal.aborted) {
    const changed = heads.changed(); // from before: the head may change while this step is taken
    let step: WatchStep | undefined;
    try {
      step = await advance();
    } catch (cause) {
      const error = toRelayerError(cause);
      if (!error.retryable) throw error;
      parameters.onError(error);
    }
    if (step) yield step;
    else await changed;
  }

  /** One step towards the head; `undefined` if there is none to take before the head changes. */
  async function advance(): Promise<WatchStep | undefined> {
    const head = when === "final" ? heads.final : heads.latest;
    if (!head) return undefined;
    const last = passed.at(-1);
    if (last && head.number <= last.number) {
      // A lower head on the same chain is a node that lags behind; another hash at its height is a reorg.
      const known = passed.find((block) => block.number === head.number);
      return known && known.hash !== head.hash ? rewind() : undefined;
    }
    if (head.number < next) return undefined;

    const deep = head.number - next >= CHECKED_RANGE;
    const toBlock = deep ? min(head.number - CHECKED_RANGE, next + BigInt(maxRange) - 1n) : head.number;
    const range = await readRange(next, toBlock, head, deep);
    if (!range) return undefined;
    if (last && range.parentHash !== undefined && range.parentHash !== last.hash) return rewind();
    const fromBlock = next;
    passed = [...passed, ...range.blocks].slice(-MAX_REORG_DEPTH);
    next = toBlock + 1n;
    return { kind: "logs", fromBlock, toBlock, logs: range.logs };
  }

  /** Finds the newest passed block that is still canonical and goes back to it. */
  async function rewind(): Promise<WatchStep> {
    if (when === "final") {
      throw new CausewayError("FinalBlockReorganised", {
        message: "A final block was reorganised; nothing is attested on this chain.",
        details: { eid: parameters.eid, height: String(next - 1n) },
      });
    }
    const oldest = passed[0]!.number;
    while (passed.length > 0) {
      const block = passed.at(-1)!;
      const canonical = await client.getBlock({ blockNumber: block.number }).catch(() => undefined);
      if (canonical?.hash === block.hash) break;
      passed.pop();
    }
    const ancestor = passed.at(-1)?.number ?? oldest - 1n;
    next = ancestor + 1n;
    return { kind: "reorg", ancestor };
  }

  /** Reads one range; `undefined` if its headers and logs are not of one chain. */
  async function readRange(fromBlock: bigint, toBlock: bigint, head: BlockRef, deep: boolean) {
    const single = fromBlock === toBlock && !deep;
    const filter = { address: [...parameters.addresses], events: parameters.events, strict: true as const };
    // The head's own header is known already, so the usual range of one block costs one request.
    const headerNumbers = deep
      ? [toBlock]
      : Array.from({ length: Number(toBlock - fromBlock) }, (_, index) => fromBlock + BigInt(index));
    const [raw, ...fetched] = await Promise.all([
      parameters.addresses.length === 0
        ? []
        : single
          ? client.getLogs({ ...filter, blockHash: head.hash })
          : client.getLogs({ ...filter, fromBlock, toBlock }),
      ...headerNumbers.map((blockNumber) =>
        client.getBlock({ blockNumber }).then((block) => toBlockRef(block)),
      ),
    ]);
    const headers = deep ? fetched : [...fetched, head];
    for (let index = 1; index < headers.length; index += 1)
      if (headers[index]!.parentHash !== headers[index - 1]!.hash) return undefined;
    const hashes = new Map(headers.map((header) => [header.number, header.hash]));
    for (const log of raw) {
      const expected = hashes.get(log.blockNumber);
      if (expected !== undefined && expected !== log.blockHash) return undefined;
    }
    const logs = raw
      .map((log): ChainLog => {
        const decoded = toChainLog(log);
        const live = decoded.blockNumber > startedAt;
        return { ...decoded, eid: parameters.eid, seenAtMs: head.seenAtMs, live };
      })
      .sort((a, b) =>
        a.blockNumber === b.blockNumber ? a.logIndex - b.logIndex : a.blockNumber < b.blockNumber ? -1 : 1,
      );
    return {
      logs,
      blocks: headers.map(({ number, hash }) => ({ number, hash })),
      parentHash: deep ? undefined : headers[0]!.parentHash,
    };
  }
}

type DecodedLog = Awaited<ReturnType<PublicClient["getLogs"]>>[number] & { eventName: string; args: unknown };

function toChainLog(log: unknown) {
  const { address, eventName, args, blockNumber, blockHash, transactionHash, logIndex, data } =
    log as DecodedLog;
  return {
    address,
    eventName,
    args,
    blockNumber: blockNumber!,
    blockHash: blockHash!,
    transactionHash: transactionHash!,
    logIndex: logIndex!,
    data,
  };
}

const min = (a: bigint, b: bigint) => (a < b ? a : b);
