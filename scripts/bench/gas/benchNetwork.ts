import type { LocalAccount } from "viem";
import type { Config, ConfiguredChain } from "../../../chains/config.ts";
import { causewayErrorAbi, deployCauseway } from "../../../chains/deploy/causeway.ts";
import { deployLayerZero } from "../../../chains/deploy/layerzero.ts";
import { connectNetwork } from "../../../chains/deploy/network.ts";
import { wire } from "../../../chains/deploy/wire.ts";
import { startLocalNetwork } from "../../../chains/local/startLocalNetwork.ts";
import type { MarketParameters } from "../../../chains/markets.ts";
import type { CausewayDeployment } from "../../../chains/types.ts";
import { CausewayError } from "../../../errors/CausewayError.ts";
import { type BenchChain, createBenchChain, type WiredDeployment } from "./benchChain.ts";

/** Hub and one spoke with the real LayerZero and our contracts, on clocks that stand still. Nobody relays. */
export interface BenchNetwork {
  config: Config;
  hubChain: BenchChain;
  spoke: BenchChain;
  hub: NonNullable<CausewayDeployment["hub"]>;
  /** Has ether everywhere and no right at all; sends whatever anyone may send. */
  courier: LocalAccount;
  /** Likewise; venue to which the accounts give an allowance, so that it can record trades. */
  venue: LocalAccount;
  stop(): Promise<void>;
}

/** Leases, and what a vault may lag behind, as long as a run, by a clock that stands still; neither length costs gas. */
const LEASE_SECONDS = 86_400;

/** Deploys and wires afresh: everything that happened before a measurement is the same in every run. */
export async function startBenchNetwork(markets: readonly MarketParameters[]): Promise<BenchNetwork> {
  const local = await startLocalNetwork({ chains: 2, markets });
  try {
    const network = await connectNetwork(withLongLeases(local.config), causewayErrorAbi);
    await deployLayerZero(network);
    const deployments = await deployCauseway(network);
    await wire(network);
    const [hubChain, spoke] = await Promise.all(
      network.chains.map(({ definition, client }, index) =>
        createBenchChain(definition, client, wired(deployments[index]!)),
      ),
    );
    const [courier, venue] = local.accounts;
    return {
      config: network.config,
      hubChain: hubChain!,
      spoke: spoke!,
      hub: hubChain!.deployment.causeway.hub!,
      courier: courier!,
      venue: venue!,
      stop: () => local.stop(),
    };
  } catch (cause) {
    await local.stop();
    throw cause;
  }
}

function withLongLeases(config: Config): Config {
  const longer = (chain: ConfiguredChain): ConfiguredChain => ({
    ...chain,
    leaseSeconds: LEASE_SECONDS,
    maxLagSeconds: LEASE_SECONDS,
  });
  return { ...config, chains: config.chains.map(longer), hub: longer(config.hub) };
}

function wired({
  causeway,
  ...record
}: { causeway?: CausewayDeployment } & Omit<WiredDeployment, "causeway">) {
  if (causeway !== undefined) return { ...record, causeway };
  throw new CausewayError("InternalInvariant", { details: { what: `${record.chain} has no contracts` } });
}
