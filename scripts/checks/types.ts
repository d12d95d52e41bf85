import type { Address, PublicClient } from "viem";

/** The hub, as its deployment record tells it. */
export interface CheckedHub {
  /** Name of its chain. */
  name: string;
  eid: number;
  client: PublicClient;
  clearingHub: Address;
  oracle: Address;
  loopback: Address;
  /** First block that can hold a log of it. */
  fromBlock: bigint;
}

/** One chain's vault, as its deployment record tells it. The hub's chain has one too. */
export interface CheckedSpoke {
  name: string;
  eid: number;
  client: PublicClient;
  vault: Address;
  /** Token by asset symbol. */
  tokens: Record<string, Address>;
  fromBlock: bigint;
}

/** What is checked. All else is read from these contracts: neither a relayer nor its database is asked. */
export interface CheckedNetwork {
  hub: CheckedHub;
  spokes: readonly CheckedSpoke[];
}

/** Whether a numbered requirement of the protocol holds, with the numbers that show it. */
export interface RequirementCheck {
  /** For example `CLR-01`. */
  id: string;
  holds: boolean;
  detail: string;
}
