import { type GetContractReturnType, getContract, type LocalAccount, type TransactionReceipt } from "viem";
import { clearingHubAbi, marginEngineAbi, priceRouterAbi, spokeVaultAbi } from "../../chains/abi/index.ts";
import { type ChainClient, connectChains } from "../../chains/clients.ts";
import type { ConfiguredChain, NetworkConfig } from "../../chains/config.ts";
import { createChainWriter } from "../../chains/deploy/chainWriter.ts";
import { readDeployment } from "../../chains/deployments.ts";
import type { CausewayDeployment } from "../../chains/types.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { Call } from "./depositCalls.ts";
import { traderErrorAbi } from "./errorAbi.ts";

/** A chain as a trader sees it. */
export interface TraderChain {
  definition: ConfiguredChain;
  contracts: CausewayDeployment;
  fromBlock: bigint;
  client: ChainClient;
  vault: GetContractReturnType<typeof spokeVaultAbi, ChainClient>;
}

/** The hub as a trader sees it. */
export interface TraderHub {
  chain: TraderChain;
  contract: GetContractReturnType<typeof clearingHubAbi, ChainClient>;
  oracle: GetContractReturnType<typeof priceRouterAbi, ChainClient>;
  engine: GetContractReturnType<typeof marginEngineAbi, ChainClient>;
}

export interface TraderNetwork {
  config: NetworkConfig;
  /** The hub's first. */
  chains: readonly TraderChain[];
  hub: TraderHub;
}

/** @throws CausewayError `DeploymentMissing`, and as `connectChains` */
export async function connectTraders(config: NetworkConfig): Promise<TraderNetwork> {
  const records = config.chains.map(({ name }) => readDeployment(config.deploymentsFolder, name));
  const clients = await connectChains(config);
  const chains = config.chains.map((definition, index): TraderChain => {
    const { causeway: contracts, fromBlock } = records[index]!;
    const client = clients.get(definition.name)!;
    if (contracts === undefined) throw missing(config, definition.name);
    const vault = getContract({ address: contracts.vault, abi: spokeVaultAbi, client });
    return { definition, contracts, fromBlock: BigInt(fromBlock), client, vault };
  });
  const [first] = chains as [TraderChain, ...TraderChain[]];
  const { hub } = first.contracts;
  if (hub === undefined) throw missing(config, first.definition.name);
  return {
    config,
    chains,
    hub: {
      chain: first,
      contract: getContract({ address: hub.clearingHub, abi: clearingHubAbi, client: first.client }),
      oracle: getContract({ address: hub.oracle, abi: priceRouterAbi, client: first.client }),
      engine: getContract({ address: hub.marginEngine, abi: marginEngineAbi, client: first.client }),
    },
  };
}

/** @throws CausewayError `UnknownChain`, with those of the network */
export function chainNamed({ chains }: TraderNetwork, name: string): TraderChain {
  const chain = chains.find(({ definition }) => definition.name === name);
  if (chain) return chain;
  throw new CausewayError("UnknownChain", {
    details: { found: name, expected: chains.map(({ definition }) => definition.name) },
    hint: "Name a chain of this network.",
  });
}

/** Name of a chain, whether the network has it or not. */
export function chainName({ chains }: TraderNetwork, eid: number): string {
  return chains.find(({ definition }) => definition.eid === eid)?.definition.name ?? `eid ${eid}`;
}

/** Chain time of the newest block, unix seconds. */
export async function chainTime({ client }: TraderChain): Promise<bigint> {
  return (await client.getBlock()).timestamp;
}

/**
 * Sends a transaction with a trader's key and waits until it is mined.
 *
 * @throws CausewayError as `ChainWriter.send`
 */
export async function sendCall(
  { config }: TraderNetwork,
  { definition, client }: TraderChain,
  account: LocalAccount,
  { label, to, data }: Call,
): Promise<TransactionReceipt> {
  const writer = createChainWriter({
    chain: definition.name,
    client,
    account,
    timeoutMs: config.timings.transactionTimeoutMs,
    errorAbi: traderErrorAbi,
  });
  const [receipt] = await writer.send([{ what: label, to, data }]);
  return receipt!;
}

function missing({ deploymentsFolder }: NetworkConfig, chain: string): CausewayError {
  return new CausewayError("DeploymentMissing", { details: { chain, folder: deploymentsFolder } });
}
