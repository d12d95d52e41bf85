import { type Address, type Hex, pad } from "viem";
import { spokeVaultAbi } from "../../abi/index.ts";
import type { WiredChain } from "../wiredNetwork.ts";
import type { WiringCheck, WiringFault } from "./types.ts";

export const peers: WiringCheck = {
  id: "peers",
  rule: "hub and vault of each chain, the hub's own included, are each other's peers",
  stage: "contracts",
  find: async ({ chains, hub }) => {
    const found = await Promise.all(
      chains.flatMap((chain) => [
        faultAt(hub, "hub", hub.contracts.clearingHub, chain, chain.record.causeway.vault),
        faultAt(chain, "vault", chain.record.causeway.vault, hub, hub.contracts.clearingHub),
      ]),
    );
    return found.filter((fault) => fault !== undefined);
  },
};

async function faultAt(
  { client, definition }: WiredChain,
  name: string,
  oapp: Address,
  remote: WiredChain,
  peer: Address,
): Promise<WiringFault | undefined> {
  const found = await client.readContract({
    address: oapp,
    abi: spokeVaultAbi,
    functionName: "peers",
    args: [remote.definition.eid],
  });
  const expected = pad(peer.toLowerCase() as Hex);
  if (found === expected) return undefined;
  return {
    chain: definition.name,
    what: `the ${name}'s peer on ${remote.definition.name}`,
    found: BigInt(found) === 0n ? "none" : found,
    expected,
    next: "Set it, with the wiring role: AccessManager.execute(the contract, setPeer).",
  };
}
