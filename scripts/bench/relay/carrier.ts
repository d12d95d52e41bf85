import type { Hash } from "viem";
import type { Config } from "../../../chains/config.ts";
import type { Deployment } from "../../../chains/types.ts";

/** The chains that messages are to be carried over. */
export interface CarrierNetwork {
  config: Config;
  deployments: readonly Deployment[];
}

/** Something that brings messages from chain to chain, with the keys of the configuration. */
export interface Carrier {
  /** Resolves once it knows that these messages, sent just now, are delivered. */
  deliver(guids: readonly Hash[]): Promise<void>;
  stop(): Promise<void>;
}
