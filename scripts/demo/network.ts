import type { Account, PublicClient } from "viem";
import type { CausewayDeployment, ChainDefinition, Deployment } from "../../chains/types.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { RelayerChain } from "../../relayer/context.ts";
import type { Relayer } from "../../relayer/main.ts";
import { createSubmitter, type Submitter } from "../../relayer/submit/submitter.ts";
import type { Devnet } from "../devnet/startDevnet.ts";
import type { HubPlace, VenuePlace } from "../trader/domains.ts";
import { traderErrorAbi } from "../trader/errorAbi.ts";
import { demoKey } from "./actors.ts";

/** One chain as the demo's people see it. */
export interface DemoChain {
  definition: ChainDefinition;
  deployment: Deployment & { causeway: CausewayDeployment };
  client: PublicClient;
  relayed: RelayerChain;
}

/** The chains, and everybody's wallets on them. */
export interface DemoNetwork {
  readonly size: number;
  /** By index; 0 is the hub's chain. */
  chain(index: number): DemoChain;
  hub: NonNullable<CausewayDeployment["hub"]>;
  relayer: Relayer;
  /** Has gas money and mints test tokens. */
  deployer(chain: number): Submitter;
  /** Somebody without any right: brings signed orders and mandates. */
  courier(chain: number): Submitter;
  wallet(chain: number, account: Account): Submitter;
  /** Chain time of the hub, unix seconds. */
  hubTime(): Promise<bigint>;
}

export function demoNetwork({ local, deployments, relayer }: Devnet, seed: number): DemoNetwork {
  const chains = deployments.map((deployment): DemoChain => {
    const relayed = relayer.context.chains.get(deployment.eid)!;
    const { causeway } = deployment;
    if (causeway === undefined) {
      throw new CausewayError("DeploymentMissing", {
        details: { chain: deployment.chain, folder: local.config.deploymentsFolder },
      });
    }
    return {
      definition: relayed.definition,
      deployment: { ...deployment, causeway },
      client: relayed.client,
      relayed,
    };
  });
  const wallets = new Map<string, Submitter>();
  const wallet = (chain: number, account: Account): Submitter => {
    const key = `${chain} ${account.address}`;
    const known = wallets.get(key);
    if (known) return known;
    const { definition, relayed } = chains[chain]!;
    const created = createSubmitter({
      client: relayed.client,
      chainId: definition.chainId,
      blockTimeMs: definition.blockTimeMs,
      account,
      heads: relayed.heads,
      errorAbi: traderErrorAbi,
      log: relayer.context.log,
    });
    wallets.set(key, created);
    return created;
  };
  const courier = demoKey(seed, "courier");
  return {
    size: chains.length,
    chain: (index) => chains[index]!,
    hub: chains[0]!.deployment.causeway.hub!,
    relayer,
    deployer: (chain) => wallet(chain, local.config.accounts.deployer),
    courier: (chain) => wallet(chain, courier),
    wallet,
    hubTime: async () => (await chains[0]!.client.getBlock()).timestamp,
  };
}

/** The hub that owners sign for. */
export function hubPlace(network: DemoNetwork): HubPlace {
  return { chainId: network.chain(0).definition.chainId, clearingHub: network.hub.clearingHub };
}

/** The venue on a chain that orders are signed for. */
export function venuePlace(network: DemoNetwork, chain: number): VenuePlace {
  const { definition, deployment } = network.chain(chain);
  return { chainId: definition.chainId, orderVenue: deployment.causeway.orderVenue };
}

/**
 * Resolves once `holds`, looking at every new head of the chain.
 *
 * @throws CausewayError `DemoStalled` after `seconds` of chain time
 */
export async function untilHolds(
  chain: DemoChain,
  what: string,
  seconds: number,
  holds: () => Promise<boolean>,
): Promise<void> {
  const { heads } = chain.relayed;
  const end = heads.latest.timestamp + BigInt(seconds);
  while (!(await holds())) {
    if (heads.latest.timestamp > end) {
      throw new CausewayError("DemoStalled", { details: { what, chain: chain.definition.name, seconds } });
    }
    await heads.next();
  }
}
