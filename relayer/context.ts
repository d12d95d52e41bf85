import type { Logger } from "pino";
import type { Abi, Account, PublicClient } from "viem";
import type { ChainDefinition, Deployment } from "../chains/types.ts";
import type { RelayerJob } from "./job.ts";
import type { PacketBook } from "./packets/packetBook.ts";
import type { DvnSigner } from "./sign/createDvnSigner.ts";
import type { Submitter } from "./submit/submitter.ts";
import type { HeadTracker } from "./watch/trackHeads.ts";

/** One chain, with all that is needed to read it and to send on it. */
export interface RelayerChain {
  eid: number;
  definition: ChainDefinition;
  deployment: Deployment;
  client: PublicClient;
  heads: HeadTracker;
  submitter: Submitter;
}

/** One DVN that this relayer runs: the same organisation on every chain, a contract and a `vid` per chain. */
export interface RelayerDvn {
  /** Its place in every deployment's `layerZero.dvns`. */
  index: number;
  name: string;
  signer: DvnSigner;
}

/** Everything a job may touch. Passed explicitly; there is no other state. */
export interface RelayerContext {
  log: Logger;
  /** By endpoint id. */
  chains: ReadonlyMap<number, RelayerChain>;
  dvns: readonly RelayerDvn[];
  packets: PacketBook;
  /** Errors of every contract that may revert. */
  errorAbi: Abi;
  settings: RelayerSettings;
  /** Adds work; see `Scheduler.add`. */
  enqueue<Data>(job: RelayerJob<Data>, data: Data): void;
}

/** Numbers that an operator may change. */
export interface RelayerSettings {
  /** Added to the destination's block time to get the time at which a verification expires. */
  expirationMarginSeconds: bigint;
  /** Most gas that this relayer gives one `lzReceive`, however often it ran out. */
  maxReceiveGas: bigint;
  /** Messages that have not moved are looked at again this often. */
  sweepMs: number;
}

export const DEFAULT_SETTINGS: RelayerSettings = {
  expirationMarginSeconds: 3_600n,
  maxReceiveGas: 10_000_000n,
  sweepMs: 15_000,
};

/** A DVN's keys, as configured. One entry per DVN, in the order of the deployments' `layerZero.dvns`. */
export interface DvnKeys {
  name: string;
  /** Exactly its quorum. */
  signers: readonly Account[];
  /** Own view of the source chains by endpoint id; a chain that is left out is read through the relayer's client. */
  clients?: ReadonlyMap<number, PublicClient>;
}
