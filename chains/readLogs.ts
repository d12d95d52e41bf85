import type { Address, Log, PublicClient } from "viem";

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
  const logs: Log<bigint, number, false>[] = [];
  for (let at = 0; at < ranges.length; at += CONCURRENT_RANGES) {
    const pages = await Promise.all(
      ranges
        .slice(at, at + CONCURRENT_RANGES)
        .map((range) => client.getLogs({ address: [...addresses], ...range })),
    );
    logs.push(...pages.flat());
  }
  return logs;
}
