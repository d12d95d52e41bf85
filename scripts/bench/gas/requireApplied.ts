import type { Hex } from "viem";
import { clearingHubAbi, spokeVaultAbi } from "../../../chains/abi/index.ts";
import { CausewayError } from "../../../errors/CausewayError.ts";
import type { BenchMarket } from "./benchMarket.ts";

/**
 * Compares what hub and vault have of pairs. A hub that skipped an item, or knew it already, would have had little to do.
 *
 * @throws CausewayError `InternalInvariant`
 */
export async function requireApplied(
  { network: { spoke, hubChain, hub } }: BenchMarket,
  pairs: readonly { account: Hex; instrument: Hex }[],
): Promise<void> {
  const { vault } = spoke.deployment.causeway;
  const vaultCall = { address: vault, abi: spokeVaultAbi } as const;
  const { eid } = spoke.definition;
  await Promise.all(
    pairs.map(async ({ account, instrument }) => {
      const [pair, accountIndex, instrumentIndex] = await Promise.all([
        spoke.client.readContract({ ...vaultCall, functionName: "pairOf", args: [account, instrument] }),
        spoke.client.readContract({ ...vaultCall, functionName: "accountIndexOf", args: [account] }),
        spoke.client.readContract({ ...vaultCall, functionName: "instrumentIndexOf", args: [instrument] }),
      ]);
      const applied = await hubChain.client.readContract({
        address: hub.clearingHub,
        abi: clearingHubAbi,
        functionName: "pairOf",
        args: [eid, accountIndex, instrumentIndex],
      });
      if (applied.version === pair.version) return;
      const what = `the hub has version ${applied.version} of a pair, the vault ${pair.version}`;
      throw new CausewayError("InternalInvariant", { details: { what } });
    }),
  );
}
