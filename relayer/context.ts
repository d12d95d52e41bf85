import type { Logger } from "pino";
import type { Abi } from "viem";
import type { ChainClient } from "../chains/clients.ts";
import type { Config } from "../chains/config.ts";
import type { ChainDefinition, Deployment } from "../chains/types.ts";
import type { ClearingBook } from "./clearing/clearingBook.ts";
import { type ClearingSettings, DEFAULT_CLEARING_SETTINGS } from "./clearing/settings.ts";
import type { RelayerJob } from "./job.ts";
import type { Journal } from "./journal/journal.ts";
import type { PacketBook } from "./packets/packetBook.ts";
import type { DvnSigner } from "./sign/createDvnSigner.ts";
import type { Submitter } from "./submit/submitter.ts";
import type { HeadTracker } from "./watch/trackHeads.ts";

/** One chain, with all that is needed to read it and to send on it. */
export interface RelayerChain {
  eid: number;
  definition: ChainDefinition;
  deployment: Deployment;
  client: ChainClient;
  heads: HeadTracker;
  submitter: Submitter;
}

/** Everything a job may touch. Passed explicitly; there is no other state. */
export interface RelayerContext {
  /** Settings and accounts of the configuration file. Holds secrets: never log it. */
  config: Config;
  log: Logger;
  /** By endpoint id. */
  chains: ReadonlyMap<number, RelayerChain>;
  /** The DVNs that this relayer runs, in the order of every deployment's `layerZero.dvns`. */
  dvns: readonly DvnSigner[];
  packets: PacketBook;
  clearing: ClearingBook;
  journal: Journal;
  /** Errors of every contract that may revert. */
  errorAbi: Abi;
  settings: RelayerSettings;
  /** Adds work; see `Scheduler.add`. */
  enqueue<Data>(job: RelayerJob<Data>, data: Data): void;
  /** Resolves when all who subscribed have had the logs of every block up to the chains' present heads. */
  caughtUp(): Promise<void>;
}

/** Numbers that an operator may change. */
export interface RelayerSettings {
  /** Added to the destination's block time to get the time at which a verification expires. */
  expirationMarginSeconds: bigint;
  /** Most gas that this relayer gives one `lzReceive`, however often it ran out. */
  maxReceiveGas: bigint;
  /** Messages that have not moved are looked at again this often. */
  sweepMs: number;
  /** Another relayer may take over so long after this one was last heard of. */
  leaseMs: number;
  clearing: ClearingSettings;
}

export const DEFAULT_SETTINGS: RelayerSettings = {
  expirationMarginSeconds: 3_600n,
  maxReceiveGas: 10_000_000n,
  sweepMs: 15_000,
  leaseMs: 15_000,
  clearing: DEFAULT_CLEARING_SETTINGS,
};
