import type { Address } from "viem";
import type { SurfaceModel } from "./markets.ts";

/** A collateral token on one chain. `asset` is the hub-wide asset id; its shared unit is the same on all chains. */
export interface TokenDefinition {
  /** Hub-wide symbol of the asset, for example `USDC`. See `assets.ts`. */
  symbol: string;
  /** Decimals of the ERC-20 on this chain; they may differ from chain to chain. */
  decimals: number;
  /** Address, for chains where the token exists already; local chains deploy a test token. */
  address?: Address;
}

/** When a block of a chain is final: by the chain's own `finalized` tag, or by a number of confirmations. */
export type Finality = { kind: "finalized" } | { kind: "confirmations"; blocks: number };

/** Everything that is fixed about one chain. One chain a file, in `definitions/`. */
export interface ChainDefinition {
  name: string;
  chainId: number;
  /** LayerZero V2 endpoint id. */
  eid: number;
  /** Milliseconds between blocks, for polling. */
  blockTimeMs: number;
  finality: Finality;
  /** Shortest credit lease on this chain, in seconds (10 min in production, short on local chains). */
  leaseSeconds: number;
  /** Seconds that its vault's oldest unreported pair, or last settled digest, may be old before the hub lends no more there. */
  maxLagSeconds: number;
  /** Whether it exists only on this machine: the deployment mints test tokens, keys may stand in the configuration, roles may act without a delay. */
  local?: boolean;
  /** Uptime feed of a rollup's sequencer, and how long it must have been up before prices count; only the hub's chain asks it. */
  sequencer?: { feed: Address; graceSeconds: number };
  /** LayerZero's contracts, for chains where they exist already; local chains deploy their own. */
  layerZero?: LayerZeroDeployment;
  tokens: readonly TokenDefinition[];
}

/** Who holds the roles of one chain's contracts, an address each: of any chain with money on it, multisigs. See `deploy/roles.ts`. */
export interface RoleHolders {
  /** Seconds from scheduling to acting, for every role but the guardian's, which acts at once. */
  delaySeconds: number;
  admin: Address;
  listing: Address;
  wiring: Address;
  risk: Address;
  guardian: Address;
}

/** LayerZero V2 contracts of one chain. */
export interface LayerZeroDeployment {
  endpoint: Address;
  sendUln302: Address;
  receiveUln302: Address;
  priceFeed: Address;
  executor: Address;
  executorFeeLib: Address;
  /** Every DVN that is required on each pathway; at least two. Each has its own signer set and its own `vid`. */
  dvns: readonly { address: Address; vid: number }[];
  dvnFeeLib: Address;
  endpointView: Address;
  receiveUlnView: Address;
  lzExecutor: Address;
}

/** Causeway's own contracts of one chain. */
export interface CausewayDeployment {
  accessManager: Address;
  vault: Address;
  orderVenue: Address;
  /** Token address by asset symbol. */
  tokens: Record<string, Address>;
  /** Linked libraries, by name. */
  libraries: Record<string, Address>;
  /** Only on the hub's chain. */
  hub?: {
    clearingHub: Address;
    instrumentRegistry: Address;
    marginEngine: Address;
    fundingRates: Address;
    loopback: Address;
  } & OracleDeployment;
}

/** Where the hub's prices come from. */
export interface OracleDeployment {
  /** The router: the hub's oracle. */
  oracle: Address;
  /** Whose quorum signs prices and surfaces. */
  signers: Address;
  signedPrices: Address;
  expiryPrices: Address;
  surfaceBook: Address;
  models: Record<SurfaceModel, Address>;
  /** By symbol of the underlying: the signed prices first, then its feeds as the configuration has them, then our own trades if it has them. */
  sources: Record<string, readonly SourceRecord[]>;
}

/** A source of an underlying's price: what the router reads, and what that reads. */
export interface SourceRecord {
  kind: "signed" | "aggregator" | "pyth" | "trades";
  source: Address;
  feed: Address;
  /** Whether `feed` is one that a local chain deployed. */
  isTest: boolean;
}

/** A chain's deployment record: what `deploy` wrote, what everything else reads. */
export interface Deployment {
  chain: string;
  chainId: number;
  eid: number;
  /** Block at which the first contract was deployed: where watchers start. */
  fromBlock: string;
  layerZero: LayerZeroDeployment;
  causeway?: CausewayDeployment;
}
