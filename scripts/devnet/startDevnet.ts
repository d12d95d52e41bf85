import { pino } from "pino";
import type { Config } from "../../chains/config.ts";
import { causewayErrorAbi, deployCauseway } from "../../chains/deploy/causeway.ts";
import { deployLayerZero } from "../../chains/deploy/layerzero.ts";
import { connectNetwork, sentTransactions } from "../../chains/deploy/network.ts";
import { wire } from "../../chains/deploy/wire.ts";
import {
  type LocalNetwork,
  type StartLocalNetworkParameters,
  startLocalNetwork,
} from "../../chains/local/startLocalNetwork.ts";
import type { MarketParameters } from "../../chains/markets.ts";
import type { Deployment } from "../../chains/types.ts";
import { causewayJobs } from "../../relayer/causewayJobs.ts";
import type { RelayerSettings } from "../../relayer/context.ts";
import type { BookSource } from "../../relayer/funding/bookSource.ts";
import { type Relayer, type StartRelayerParameters, startRelayer } from "../../relayer/main.ts";
import type { PriceSource } from "../../relayer/price/priceSource.ts";
import type { SurfaceSource } from "../../relayer/price/surfaceSource.ts";
import { untilAborted } from "../interruption.ts";
import { localSurfaces } from "./localSurfaces.ts";

export interface StartDevnetParameters {
  /** How many chains, the hub's included. */
  chains: number;
  markets: readonly MarketParameters[];
  prices: PriceSource;
  /** Default: the same smile at each expiry of the markets' options. */
  surfaces?: SurfaceSource;
  /** Of perpetuals whose funding is to come from one. */
  books?: BookSource;
  /** Where the network's files go, how often its relayer acts and what it stands on, if not as by default. */
  local?: Pick<StartLocalNetworkParameters, "folder" | "timings" | "pullFeeds" | "environment">;
  /** How its relayer differs from ours: tests hold messages back with it. */
  relayer?: {
    dvnClients?(config: Config): Promise<NonNullable<StartRelayerParameters["dvnClients"]>>;
    settings?: Partial<RelayerSettings>;
  };
  progress(line: string): void;
  /** Log level of the relayer, on stderr. */
  logLevel?: string;
  /** Aborting it ends the start; what was started already is stopped. */
  signal?: AbortSignal;
}

/** Local chains with the real LayerZero, our contracts and our relayer. */
export interface Devnet {
  local: LocalNetwork;
  /** The hub's first. */
  deployments: readonly Deployment[];
  relayer: Relayer;
  /** Ends the relayer, then the chains. */
  stop(): Promise<void>;
}

/**
 * Starts everything; what was started is stopped again if a later part fails.
 *
 * @throws the signal's reason if it aborts
 */
export async function startDevnet(parameters: StartDevnetParameters): Promise<Devnet> {
  const { chains, markets, progress, signal } = parameters;
  progress(`starting ${chains} local chains`);
  const local = await startLocalNetwork({ chains, markets, ...parameters.local });
  try {
    const { deployments, relayer } = await untilAborted(startOn(local, parameters), signal);
    return {
      local,
      deployments,
      relayer,
      async stop() {
        try {
          await relayer.stop();
        } finally {
          await local.stop();
        }
      },
    };
  } catch (cause) {
    await local.stop();
    throw cause;
  }
}

/** Deploys, wires and starts the relayer. Without its chains, it fails. */
async function startOn(
  local: LocalNetwork,
  {
    markets,
    prices,
    surfaces = { latest: async () => localSurfaces(markets) },
    books,
    relayer: { dvnClients, settings = {} } = {},
    progress,
    logLevel = "error",
    signal,
  }: StartDevnetParameters,
): Promise<Pick<Devnet, "deployments" | "relayer">> {
  const network = await connectNetwork(local.config, causewayErrorAbi);
  await deployLayerZero(network);
  const deployments = await deployCauseway(network);
  const before = sentTransactions(network);
  progress(`LayerZero V2 and Causeway deployed (${before} transactions)`);
  await wire(network);
  progress(`wired and checked (${sentTransactions(network) - before} transactions)`);
  const log = pino({ level: logLevel }, pino.destination({ dest: 2, sync: true }));
  const relayer = await startRelayer({
    config: local.config,
    deployments,
    log,
    jobs: causewayJobs({ prices, surfaces, ...(books && { books }) }),
    settings,
    ...(dvnClients && { dvnClients: await dvnClients(local.config) }),
    errorAbi: causewayErrorAbi,
    ...(signal && { signal }),
  });
  progress("relayer started: two DVNs, executor, reports, credit, prices, settlement, payouts");
  return { deployments, relayer };
}
