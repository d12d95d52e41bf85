import { keccak256, stringToHex } from "viem";
import type { RelayerChain } from "../context.ts";

/**
 * Names the queues of those who serve the same deployments on the same chains: they share work, and keep apart from everybody else on the same
 * Redis or Postgres. Local chains of different runs have equal addresses, but not equal blocks.
 */
export async function queueNamespace(chains: ReadonlyMap<number, RelayerChain>): Promise<string> {
  const inOrder = [...chains.values()].sort((a, b) => a.eid - b.eid);
  const parts = await Promise.all(
    inOrder.map(async ({ eid, client, deployment }) => {
      const { hash } = await client.getBlock({ blockNumber: BigInt(deployment.fromBlock) });
      return [eid, hash, deployment.layerZero.endpoint, deployment.causeway?.vault];
    }),
  );
  return keccak256(stringToHex(JSON.stringify(parts))).slice(2, 14);
}
