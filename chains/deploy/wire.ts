import { requireWiring } from "./checks/index.ts";
import { handOverRoles } from "./handOverRoles.ts";
import type { Network } from "./network.ts";
import { pinPathways } from "./pinPathways.ts";
import { requireSafeRoles } from "./roleHolders.ts";
import { wireCauseway } from "./wireCauseway.ts";
import { readWiredNetwork } from "./wiredNetwork.ts";
import { wireLayerZero } from "./wireLayerZero.ts";

/**
 * Connects what is deployed and hands the roles over. Nothing of ours is connected over a pathway that is not as it must be, and
 * no role is handed over before all is. Running it again sends nothing, and checks all the same.
 *
 * @throws CausewayError `RolesUnsafe`, `WiringRefused` with what was found, what was expected and the next step, `RoleNeeded`,
 * `DeploymentMissing`, `TooFewDvns`, and as `ChainWriter.send`
 */
export async function wire(network: Network): Promise<void> {
  requireSafeRoles(network.config);
  const wired = readWiredNetwork(network);
  await wireLayerZero(network, new Map(wired.chains.map(({ record }) => [record.chain, record])));
  await pinPathways(wired);
  await requireWiring(wired, "pathway");
  await wireCauseway(wired, network.log);
  await requireWiring(wired, "contracts");
  await handOverRoles(wired);
  await requireWiring(wired, "roles");
}
