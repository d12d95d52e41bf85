import { CausewayError } from "../../errors/CausewayError.ts";
import type { Config } from "../config.ts";
import { readDeployment } from "../deployments.ts";
import type { CausewayDeployment, Deployment } from "../types.ts";
import type { Network, NetworkChain } from "./network.ts";

/** The record of a chain that has our contracts. */
export type WiredDeployment = Deployment & { causeway: CausewayDeployment };

/** A chain that a command wires, with its record. */
export interface WiredChain extends NetworkChain {
  record: WiredDeployment;
}

/** A network whose contracts are deployed. */
export interface WiredNetwork {
  config: Config;
  /** The hub's first. */
  chains: readonly WiredChain[];
  /** The hub's chain, and its hub. */
  hub: WiredChain & { contracts: NonNullable<CausewayDeployment["hub"]> };
}

/** @throws CausewayError `DeploymentMissing` if a chain, or the hub, is not deployed */
export function readWiredNetwork({ config, chains }: Network): WiredNetwork {
  const wired = chains.map((chain) => ({ ...chain, record: wiredRecord(config, chain.definition.name) }));
  const hub = wired.find(({ definition }) => definition.eid === config.hub.eid)!;
  const contracts = hub.record.causeway.hub;
  if (!contracts) throw missing(config, hub.definition.name);
  return { config, chains: wired, hub: { ...hub, contracts } };
}

function wiredRecord(config: Config, chain: string): WiredDeployment {
  const { causeway, ...record } = readDeployment(config.deploymentsFolder, chain);
  if (causeway) return { ...record, causeway };
  throw missing(config, chain);
}

function missing(config: Config, chain: string): CausewayError {
  return new CausewayError("DeploymentMissing", { details: { chain, folder: config.deploymentsFolder } });
}
