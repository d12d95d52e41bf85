import type { Address, Log, PublicClient } from "viem";
import { inBatches } from "./inBatches.ts";

/** Most blocks per `eth_getLogs`: fewer than public nodes allow, so that an answer stays below viem's limit of 10 MiB. */
const MAX_RANGE = 500n;
const CONCURRENT_RANGES = 2;

/** All logs of `addresses` from `fromBlock` to `toBlock`, in order. */
export async function readLogs(
  client: PublicClient,
  addresses: readonly Address[],
  fromBlock: bigint,
  toBlock: bigint,
): Promise<Log<bigint, number, false>[]> {
  const ranges: { fromBlock: bigint; toBlock: bigint }[] = [];
  for (let start = fromBlock; start <= toBlock; start += MAX_RANGE) {
    const end = start + MAX_RANGE - 1n;
    ranges.push({ fromBlock: start, toBlock: end < toBlock ? end : toBlock });
  }
  const pages = await inBatches(
    ranges,
    (range) => client.getLogs({ address: [...addresses], ...range }),
    CONCURRENT_RANGES,
  );
  return pages.flat();
}
