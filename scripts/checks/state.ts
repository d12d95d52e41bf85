import type { Address, Hex } from "viem";
import type { Pay } from "../../clearing/codec/command.ts";
import type { FundingIndices } from "../../clearing/funding/fundingIndex.ts";

/** Everything that the checks look at, read at one block per chain. Units are those of the contracts. */
export interface NetworkState {
  hub: HubState;
  spokes: SpokeState[];
}

/**
 * The hub's ledger at `block`, which was the newest before the vaults' blocks were chosen. What the hub says can therefore
 * only lag behind what the vaults say. Things that must be newer than the vaults carry `later` in their name.
 */
export interface HubState {
  eid: number;
  address: Address;
  block: bigint;
  /** Block chosen after the vaults' blocks. */
  laterBlock: bigint;
  loopback: Address;
  recordedLoopback: Address;
  settlementAsset: number;
  assets: AssetState[];
  instruments: Hex[];
  /** Endpoint ids listed at the hub. */
  eids: number[];
  /** The hub's peers, as 32 bytes. */
  peers: Map<number, Hex>;
  balances: { account: Hex; asset: number; amount: bigint }[];
  positions: PositionState[];
  /** Variation pools, 1e-6 dollar. */
  pools: Map<Hex, bigint>;
  /** Of perpetuals. */
  funding: Map<Hex, FundingState>;
  lanes: LaneState[];
  payouts: PayoutState[];
  requests: RequestState[];
  /** Wallets that were ever registered, with the rights given then. */
  wallets: { account: Hex; eid: number; wallet: Address; rights: number }[];
  margins: MarginReading[];
}

export interface AssetState {
  id: number;
  symbol: string;
  sharedDecimals: number;
}

/** Indices of a perpetual, and what of its funding nobody has, 1e-26 dollar. */
export interface FundingState extends FundingIndices {
  kept: bigint;
}

/** A net position at the hub. Its quote is as told: less the funding that it has paid. */
export interface PositionState {
  account: Hex;
  instrument: Hex;
  base: bigint;
  quote: bigint;
}

/** What the hub holds of one spoke. */
export interface LaneState {
  eid: number;
  liquidity: { asset: number; total: bigint; reserved: bigint }[];
  deposits: DepositState[];
  /** Under the names that the hub has bound to the spoke's indices. */
  pairs: PairState[];
  accountNames: Map<number, Hex>;
  instrumentNames: Map<number, Hex>;
  credit: Map<Hex, CreditLineState>;
  /** At the hub's later block. */
  laterCredit: Map<Hex, CreditLineState>;
  /** Closing allowances that were ever granted there, at the hub's later block. */
  laterClosings: ClosingLineState[];
  /** What the vault told of assets that the hub did not list then: counted in the digest, credited to nobody. */
  unlistedDeposits: DepositState[];
  /** The hub's digest of what it applied. */
  digest: bigint;
  /** What the hub commands there, besides credit, payouts and prices. */
  commands: CommandState[];
}

/** Base 1e-8, credit cents; times in seconds. */
export interface ClosingLineState {
  account: Hex;
  instrument: Hex;
  unusedBuys: bigint;
  unusedSells: bigint;
  unusedCredit: bigint;
  isBuy: boolean;
  usedBuys: bigint;
  usedSells: bigint;
  usedCredit: bigint;
  validUntil: number;
  version: number;
}

/** The same at a vault; limits are cumulative. */
export interface ClosingAllowanceState {
  isBuy: boolean;
  maxBase: bigint;
  credit: bigint;
  usedBuys: bigint;
  usedSells: bigint;
  usedCredit: bigint;
  validUntil: number;
  version: number;
}

/** Something that the hub commands, at either end. */
export interface CommandState {
  key: string;
  version: bigint;
  /** All that this version says. */
  value: string;
}

/** Total deposited, at a vault, or as far as the hub has seen; shared units. */
export interface DepositState {
  account: Hex;
  asset: number;
  purpose: number;
  total: bigint;
}

/** Base 1e-8, quote 1e-6 dollar, used in cents. */
export interface PairState {
  account: Hex;
  instrument: Hex;
  base: bigint;
  quote: bigint;
  used: number;
  version: number;
}

/** Cents; times in seconds. */
export interface CreditLineState {
  limit: bigint;
  ceiling: bigint;
  usedApplied: bigint;
  maxOutstanding: bigint;
  mandateNonce: bigint;
  validUntil: number;
  version: number;
}

export interface PayoutState {
  id: Hex;
  requestId: Hex;
  dstEid: number;
  pay: Pay;
  /** As told to the hub by the destination; zero if `later`. */
  rank: number;
  /** Issued after `HubState.block`: what the ledger says does not know of it yet. */
  later: boolean;
}

export interface RequestState {
  id: Hex;
  account: Hex;
  asset: number;
  /** As queued. */
  amount: bigint;
  remaining: bigint;
  minimum: bigint;
  deadline: number;
  signed: boolean;
  state: number;
  dstEid: number;
  recipient: Address;
}

/** An account's margin at the end of a block in which it was granted credit or issued a payout. Dollars 1e18. */
export interface MarginReading {
  account: Hex;
  block: bigint;
  /** Whether the last act granted a closing allowance: it need not be covered beyond maintenance. */
  closes: boolean;
  /** Whether the hub or its oracle changed again in the same block, after the act. */
  disturbed: boolean;
  margin:
    | {
        equityInitialWad: bigint;
        equityMaintenanceWad: bigint;
        initialWad: bigint;
        maintenanceWad: bigint;
        outstandingWad: bigint;
        closingWad: bigint;
      }
    /** The node did not tell; `reverted` if the contract refused, which it never should. */
    | { unavailable: string; reverted: boolean };
}

/** A vault at `block`. */
export interface SpokeState {
  name: string;
  eid: number;
  vault: Address;
  block: bigint;
  /** Time of a block that is newer than the hub's later block. */
  laterTime: bigint;
  hubEid: number;
  /** The vault's peer at the hub's endpoint id, as 32 bytes. */
  peer: Hex;
  loopback: Address;
  tokens: TokenState[];
  deposits: DepositState[];
  pairs: PairState[];
  accountNames: Map<number, Hex>;
  instrumentNames: Map<number, Hex>;
  credit: Map<Hex, { limit: bigint; used: bigint; version: number; validUntil: number }>;
  /** By account and instrument: `joinKey`. */
  closings: Map<string, ClosingAllowanceState>;
  withdrawals: VaultWithdrawal[];
  /** Every resolution of a payout in the vault's log, in order. */
  resolutions: { payoutId: Hex; recipient: Address; asset: number; amount: bigint; rank: number }[];
  /** Rank of each payout that the hub or any vault knows. */
  ranks: Map<Hex, number>;
  /** Pairs that changed since they were last reported, and the digest of all that was reported. */
  dirtyPairs: number;
  digest: bigint;
  /** What it obeys, as in `LaneState`. */
  commands: CommandState[];
}

export interface TokenState {
  asset: number;
  symbol: string;
  token: Address;
  /** Token units in a shared unit. */
  scale: bigint;
  /** The vault's balance, token units. */
  balance: bigint;
}

export interface VaultWithdrawal {
  account: Hex;
  number: bigint;
  requester: Address;
  asset: number;
  amount: bigint;
  dstEid: number;
  recipient: Address;
  minimum: bigint;
  deadline: number;
}

/** Key of a (account, instrument) pair, or of any other two-part key. */
export function joinKey(...parts: readonly (string | number | bigint)[]): string {
  return parts.join("/");
}
