import { type Hash, keccak256, numberToHex, type PublicClient, parseAbi, toHex } from "viem";
import type { BlockRef, HeadTracker } from "./trackHeads.ts";

/** The only event of a {@link scriptedChain}. */
export const tickAbi = parseAbi(["event Tick(uint256 value)"]);
export const TICKER = "0x00000000000000000000000000000000000000Aa";

interface Block extends BlockRef {
  values: readonly number[];
}

/** A chain in memory whose every block, fork and failure a test decides. For tests only. */
export function scriptedChain() {
  let blocks: Block[] = [];
  let finalNumber: bigint | undefined;
  let waiters: (() => void)[] = [];
  const calls = { getLogs: [] as { fromBlock?: bigint; toBlock?: bigint; blockHash?: Hash }[], getBlock: 0 };
  let failures: Error[] = [];
  let forge: ((logs: readonly unknown[]) => readonly unknown[]) | undefined;

  function mine(values: readonly number[] = [], fork = "a") {
    const parent = blocks.at(-1);
    const number = BigInt(blocks.length);
    const hash = keccak256(toHex(`${parent?.hash}/${number}/${fork}/${values}`));
    const parentHash = parent?.hash ?? numberToHex(0, { size: 32 });
    blocks.push({
      number,
      hash,
      parentHash,
      timestamp: 1_000n + number,
      baseFeePerGas: 1n,
      seenAtMs: 0,
      values,
    });
  }
  mine();

  const logsOf = (block: Block) =>
    block.values.map((value, logIndex) => ({
      address: TICKER,
      eventName: "Tick",
      args: { value },
      blockNumber: block.number,
      blockHash: block.hash,
      transactionHash: block.hash,
      logIndex,
      data: "0x",
    }));

  function fail() {
    const failure = failures.shift();
    if (failure) throw failure;
  }

  const client = {
    async getBlock({ blockNumber }: { blockNumber: bigint }) {
      calls.getBlock += 1;
      fail();
      return blocks[Number(blockNumber)];
    },
    async getLogs(filter: { fromBlock?: bigint; toBlock?: bigint; blockHash?: Hash }) {
      calls.getLogs.push(filter);
      fail();
      const wanted = blocks.filter(({ number, hash }) =>
        filter.blockHash
          ? hash === filter.blockHash
          : number >= filter.fromBlock! && number <= filter.toBlock!,
      );
      const logs = wanted.flatMap(logsOf);
      const answer = forge ? forge(logs) : logs;
      forge = undefined;
      return answer;
    },
  } as unknown as PublicClient;

  const heads: HeadTracker = {
    get latest() {
      return blocks.at(-1)!;
    },
    get final() {
      return finalNumber === undefined ? undefined : blocks[Number(finalNumber)];
    },
    changed: () => new Promise((resolve) => waiters.push(resolve)),
    next() {
      return this.changed();
    },
    ended: new Promise(() => undefined),
  };

  return {
    client,
    heads,
    calls,
    mine,
    /** Drops all blocks above `ancestor`; mine the others. */
    forkAt(ancestor: number) {
      blocks = blocks.slice(0, ancestor + 1);
    },
    finalise(number: number) {
      finalNumber = BigInt(number);
    },
    /** Makes the next requests fail. */
    failNext(...errors: Error[]) {
      failures = errors;
    },
    /** Makes the node's next answer to `eth_getLogs` another one. */
    forgeNextLogs(change: (logs: readonly unknown[]) => readonly unknown[]) {
      forge = change;
    },
    /** Lets everybody who waits see the present head. */
    announce() {
      const all = waiters;
      waiters = [];
      for (const resolve of all) resolve();
    },
  };
}
