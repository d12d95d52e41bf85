import type { Hex } from "viem";
import { instrumentName } from "../../../clearing/codec/instrumentName.ts";
import { clearingHubAbi, spokeVaultAbi } from "../../abi/index.ts";
import { listingsOf } from "../../markets.ts";
import type { WiredChain, WiredNetwork } from "../wiredNetwork.ts";
import type { WiringCheck, WiringFault } from "./types.ts";

export const instruments: WiringCheck = {
  id: "instruments",
  rule: "no vault has other terms of an instrument than the hub told it",
  stage: "contracts",
  find: async (network) => {
    const found = await Promise.all(
      network.chains.flatMap((chain) =>
        network.config.markets
          .flatMap(listingsOf)
          .map(({ instrument }) => faultOf(network, chain, instrument)),
      ),
    );
    return found.filter((fault) => fault !== undefined);
  },
};

/** A vault that has an older version, or none yet, only waits for the hub's next command. */
async function faultOf(
  { hub }: WiredNetwork,
  { client, definition, record }: WiredChain,
  instrument: Hex,
): Promise<WiringFault | undefined> {
  const args = [instrument] as const;
  const [told, has] = await Promise.all([
    hub.client.readContract({
      address: hub.contracts.clearingHub,
      abi: clearingHubAbi,
      functionName: "termsOf",
      args,
    }),
    client.readContract({
      address: record.causeway.vault,
      abi: spokeVaultAbi,
      functionName: "termsOf",
      args,
    }),
  ]);
  const [expected, found] = [show(told), show(has)];
  if (has.version < told.version || found === expected) return undefined;
  return {
    chain: definition.name,
    what: `the vault's terms of ${instrumentName(instrument)}`,
    found,
    expected,
    next: "Find out who sent them: only the hub can. Then list the instrument again at the hub, for a higher version.",
  };
}

function show(terms: { ratePpm: number; feePpm: number; maxBase: bigint; version: number }): string {
  return `rate ${terms.ratePpm}, fee ${terms.feePpm}, largest base ${terms.maxBase}, version ${terms.version}`;
}
