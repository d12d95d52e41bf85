import type { Abi } from "viem";
import { type ChainClient, connectChains } from "../clients.ts";
import type { Config, ConfiguredChain } from "../config.ts";
import { type ChainWriter, createChainWriter } from "./chainWriter.ts";

/** A chain that a command deploys to. */
export interface NetworkChain {
  definition: ConfiguredChain;
  client: ChainClient;
  /** Sends as the deployer. */
  writer: ChainWriter;
}

/** The chains of a configuration, connected, and the deployer's key on each. */
export interface Network {
  config: Config;
  /** The hub's first. */
  chains: readonly NetworkChain[];
  /** Receives a line about every step. */
  log(line: string): void;
}

/**
 * Connects to all chains of a configuration.
 *
 * @param errorAbi errors of every contract that may be called, to decode reverts
 * @throws as `connectChains`
 */
export async function connectNetwork(
  config: Config,
  errorAbi: Abi,
  log: (line: string) => void = () => {},
): Promise<Network> {
  const clients = await connectChains(config);
  const chains = config.chains.map((definition) => {
    const client = clients.get(definition.name)!;
    const writer = createChainWriter({
      chain: definition.name,
      client,
      account: config.accounts.deployer,
      timeoutMs: config.timings.transactionTimeoutMs,
      errorAbi,
    });
    return { definition, client, writer };
  });
  return { config, chains, log };
}

/** How many transactions were sent on all chains since the network was connected. */
export function sentTransactions(network: Network): number {
  return network.chains.reduce((sum, { writer }) => sum + writer.sent, 0);
}
