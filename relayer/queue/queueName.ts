import { keccak256, stringToHex } from "viem";
import type { RelayerChain } from "../context.ts";
import type { RelayerJob } from "../job.ts";

/**
 * Names the queue of those who do the same jobs for the same deployments on the same chains: they share the work, and keep apart from everybody
 * else on the same Redis or Postgres. Local chains of different runs have equal addresses, but not equal blocks.
 */
export async function queueName(
  chains: ReadonlyMap<number, RelayerChain>,
  jobs: readonly RelayerJob[],
): Promise<string> {
  const inOrder = [...chains.values()].sort((a, b) => a.eid - b.eid);
  const deployments = await Promise.all(
    inOrder.map(async ({ eid, client, deployment }) => {
      const { hash } = await client.getBlock({ blockNumber: BigInt(deployment.fromBlock) });
      return [eid, hash, deployment.layerZero.endpoint, deployment.causeway?.vault];
    }),
  );
  const names = jobs.map(({ name }) => name).sort();
  return `relayer-${keccak256(stringToHex(JSON.stringify([deployments, names]))).slice(2, 14)}`;
}
