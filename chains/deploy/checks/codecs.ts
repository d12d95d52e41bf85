import type { Address } from "viem";
import { spokeVaultAbi } from "../../abi/index.ts";
import { orReverted } from "../orReverted.ts";
import type { WiredChain } from "../wiredNetwork.ts";
import type { WiringCheck } from "./types.ts";

export const codecs: WiringCheck = {
  id: "codecs",
  rule: "hub and vaults pack and read messages alike: versions and item sizes",
  stage: "pathway",
  find: async ({ chains, hub }) => {
    const [expected, ...found] = await Promise.all([
      codecOf(hub, hub.contracts.clearingHub),
      ...chains.map((chain) => codecOf(chain, chain.record.causeway.vault)),
    ]);
    return chains.flatMap(({ definition }, index) =>
      found[index] === expected
        ? []
        : [
            {
              chain: definition.name,
              what: "the vault's codec",
              found: found[index]!,
              expected: `${expected}, the hub's`,
              next: "Deploy hub and vault from the same sources: neither can be changed.",
            },
          ],
    );
  },
};

/** Contracts from before there was a fingerprint have none. */
async function codecOf({ client }: WiredChain, address: Address): Promise<string> {
  return orReverted(client.readContract({ address, abi: spokeVaultAbi, functionName: "codec" }), "none");
}
