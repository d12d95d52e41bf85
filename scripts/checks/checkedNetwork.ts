import type { PublicClient } from "viem";
import type { CausewayDeployment, Deployment } from "../../chains/types.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { CheckedHub, CheckedNetwork, CheckedSpoke } from "./types.ts";

/**
 * What to check, from the deployment records of one network.
 *
 * @param clients by endpoint id; each should batch its requests
 * @throws CausewayError `DeploymentMissing` if a chain has no contracts or no client, or no chain has the hub.
 */
export function checkedNetwork(
  deployments: readonly Deployment[],
  clients: ReadonlyMap<number, PublicClient>,
): CheckedNetwork {
  const spokes = deployments.map((deployment) => checkedSpoke(deployment, clients));
  const home = deployments.find(({ causeway }) => causeway?.hub !== undefined);
  if (home === undefined) throw missing("any chain", "a clearing hub");
  return { hub: checkedHub(home, clients), spokes };
}

function checkedHub(deployment: Deployment, clients: ReadonlyMap<number, PublicClient>): CheckedHub {
  const { hub } = contractsOf(deployment);
  if (hub === undefined) throw missing(deployment.chain, "a clearing hub");
  return {
    ...placeOf(deployment, clients),
    clearingHub: hub.clearingHub,
    oracle: hub.oracle,
    loopback: hub.loopback,
  };
}

function checkedSpoke(deployment: Deployment, clients: ReadonlyMap<number, PublicClient>): CheckedSpoke {
  const { vault, tokens } = contractsOf(deployment);
  return { ...placeOf(deployment, clients), vault, tokens };
}

function placeOf(deployment: Deployment, clients: ReadonlyMap<number, PublicClient>) {
  const client = clients.get(deployment.eid);
  if (client === undefined) throw missing(deployment.chain, "a client");
  return { name: deployment.chain, eid: deployment.eid, client, fromBlock: BigInt(deployment.fromBlock) };
}

function contractsOf({ chain, causeway }: Deployment): CausewayDeployment {
  if (causeway === undefined) throw missing(chain, "Causeway's contracts");
  return causeway;
}

function missing(chain: string, what: string): CausewayError {
  return new CausewayError("DeploymentMissing", {
    message: `There is no record of ${what} on ${chain}.`,
    details: { chain, what },
  });
}
