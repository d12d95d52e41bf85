import type { Address } from "viem";
import type { CausewayDeployment } from "../../chains/types.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { RelayerChain, RelayerContext } from "../context.ts";

/** The hub: its chain and its contracts. */
export interface HubPlace extends NonNullable<CausewayDeployment["hub"]> {
  eid: number;
  chain: RelayerChain;
}

/** A vault: its chain and its address. */
export interface VaultPlace {
  eid: number;
  chain: RelayerChain;
  vault: Address;
}

/** @throws CausewayError `DeploymentMissing` if Causeway's contracts are not in the hub chain's record */
export function hubOf(context: RelayerContext): HubPlace {
  const { eid, name } = context.config.hub;
  const chain = context.chains.get(eid);
  const hub = chain?.deployment.causeway?.hub;
  if (!chain || !hub) throw missing(name);
  return { eid, chain, ...hub };
}

/** @throws CausewayError `DeploymentMissing` if there is no vault in the chain's record */
export function vaultAt(context: RelayerContext, eid: number): VaultPlace {
  const chain = context.chains.get(eid);
  const vault = chain?.deployment.causeway?.vault;
  if (!chain || !vault) throw missing(chain?.definition.name ?? String(eid));
  return { eid, chain, vault };
}

/** The vaults of all chains, the hub's included. */
export function vaultsOf(context: RelayerContext): VaultPlace[] {
  return [...context.chains.keys()].map((eid) => vaultAt(context, eid));
}

function missing(chain: string) {
  return new CausewayError("DeploymentMissing", { details: { chain, folder: "what was given" } });
}
