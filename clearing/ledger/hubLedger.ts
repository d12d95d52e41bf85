import type { Address, Hex } from "viem";
import type { FundingIndices } from "../funding/fundingIndex.ts";
import type { LendingPool } from "../funding/lendingPool.ts";
import type { LedgerClosing, LedgerPair, LedgerRequest, LedgerTerms } from "./events.ts";

export interface LedgerLane {
  leaseSeconds: number;
  maxLagSeconds: number;
  lastChainTime: number;
  lastSequence: bigint;
  arrivedUpTo: bigint;
  listed: boolean;
  paused: boolean;
  diverged: boolean;
  toldTime: number;
  oldestDirty: number;
  settledTime: number;
  divergedSince: number;
  digest: bigint;
  told: bigint;
}

export interface LedgerAsset {
  underlying: Hex;
  haircutInitialBps: number;
  haircutMaintenanceBps: number;
  sharedDecimals: number;
  listed: boolean;
}

export interface LedgerPosition {
  base: bigint;
  /** As it is stored: without the funding that was paid. {@link quoteOf} tells the quote. */
  stored: bigint;
  place: number;
  longs: bigint;
  shorts: bigint;
}

export interface LedgerCredit {
  limit: bigint;
  ceiling: bigint;
  usedApplied: bigint;
  usedSeen: bigint;
  maxOutstanding: bigint;
  mandateNonce: bigint;
  validUntil: number;
  version: number;
  freezeSeen: number;
  instrumentLimit: number;
  instrumentsLeft: number;
}

export interface LedgerPayout {
  account: Hex;
  recipient: Address;
  asset: number;
  amount: bigint;
  nonce: bigint;
  issuedAt: number;
  dstEid: number;
  rank: number;
}

/** Funding of a perpetual: `Funding` of `contracts/hub/HubState.sol`. */
export interface LedgerFunding extends FundingIndices {
  /** Pairs hold less than 2^baseBits. */
  baseBits: number;
  /** Σ of the net positions that are long, 1e-8; `openShort` of those that are short. */
  openLong: bigint;
  openShort: bigint;
  /** Lost by rounding since the last accrual, 1e-26 dollar. */
  dust: bigint;
  accruedAt: number;
  /** How far the indices have moved in all, 1e18. */
  travel: bigint;
  /** Paid and received by nobody, and all dust before, 1e-26 dollar. */
  surplus: bigint;
}

export interface LedgerLender {
  shares: bigint;
  /** Of its last order. */
  nonce: bigint;
}

/** All that the hub's ledger holds. Keys of more than one part are joined by spaces, in the order of the hub's views. */
export interface HubLedger {
  instrumentRegistry: Address | undefined;
  riskModules: { oracle: Address; marginEngine: Address; maxPriceAge: number } | undefined;
  settlementAsset: number;
  eids: number[];
  /** By eid; 0 is the whole hub, of which only `paused` means anything. */
  lanes: Map<number, LedgerLane>;
  /** Report numbers that arrived beyond the first gap, by eid. */
  ahead: Map<number, Set<bigint>>;
  assets: Map<number, LedgerAsset>;
  terms: Map<string, LedgerTerms>;
  /** What accounts have, without what they owe. */
  cash: Map<string, bigint>;
  /** In units of the lending pool's index. */
  debts: Map<string, bigint>;
  /** Undefined until a curve is set. */
  lending: LendingPool | undefined;
  lenders: Map<string, LedgerLender>;
  /** By account and asset. */
  collateral: Map<string, bigint>;
  /** By eid and asset. */
  liquidity: Map<string, { total: bigint; reserved: bigint }>;
  /** By eid and index. */
  accountAt: Map<string, Hex>;
  instrumentAt: Map<string, Hex>;
  /** By eid, account, asset and purpose. */
  depositSeen: Map<string, bigint>;
  /** Likewise, also of assets that were not listed then: what the digest counts. */
  depositTold: Map<string, bigint>;
  /** By eid, account and instrument. */
  pairs: Map<string, LedgerPair>;
  /** Instruments by account, by place. */
  instruments: Map<string, Hex[]>;
  /** By account and instrument. */
  positions: Map<string, LedgerPosition>;
  variationPool: Map<string, bigint>;
  fundingRates: Address | undefined;
  /** By instrument; perpetuals. */
  funding: Map<string, LedgerFunding>;
  /** By account and eid. */
  credit: Map<string, LedgerCredit>;
  /** By account, eid and instrument. */
  closings: Map<string, LedgerClosing>;
  /** By account, eid and venue. */
  venueAllowances: Map<string, { limit: bigint; version: bigint }>;
  freezes: Map<string, { frozen: boolean; version: number; nonce: bigint }>;
  /** By account, eid and address. */
  wallets: Map<string, number>;
  withdrawals: Map<string, LedgerRequest>;
  payouts: Map<string, LedgerPayout>;
}

/** The ledger of a hub before its first event. */
export function emptyHubLedger(): HubLedger {
  return {
    instrumentRegistry: undefined,
    riskModules: undefined,
    settlementAsset: 0,
    eids: [],
    lanes: new Map(),
    ahead: new Map(),
    assets: new Map(),
    terms: new Map(),
    cash: new Map(),
    debts: new Map(),
    lending: undefined,
    lenders: new Map(),
    collateral: new Map(),
    liquidity: new Map(),
    accountAt: new Map(),
    instrumentAt: new Map(),
    depositSeen: new Map(),
    depositTold: new Map(),
    pairs: new Map(),
    instruments: new Map(),
    positions: new Map(),
    variationPool: new Map(),
    fundingRates: undefined,
    funding: new Map(),
    credit: new Map(),
    closings: new Map(),
    venueAllowances: new Map(),
    freezes: new Map(),
    wallets: new Map(),
    withdrawals: new Map(),
    payouts: new Map(),
  };
}

export const noLane = (): LedgerLane => ({
  leaseSeconds: 0,
  maxLagSeconds: 0,
  lastChainTime: 0,
  lastSequence: 0n,
  arrivedUpTo: 0n,
  listed: false,
  paused: false,
  diverged: false,
  toldTime: 0,
  oldestDirty: 0,
  settledTime: 0,
  divergedSince: 0,
  digest: 0n,
  told: 0n,
});

export const noPair = (): LedgerPair => ({ base: 0n, quote: 0n, used: 0, version: 0 });

export const noPosition = (): LedgerPosition => ({ base: 0n, stored: 0n, place: 0, longs: 0n, shorts: 0n });

export const noCredit = (): LedgerCredit => ({
  limit: 0n,
  ceiling: 0n,
  usedApplied: 0n,
  usedSeen: 0n,
  maxOutstanding: 0n,
  mandateNonce: 0n,
  validUntil: 0,
  version: 0,
  freezeSeen: 0,
  instrumentLimit: 0,
  instrumentsLeft: 0,
});

export const noClosing = (): LedgerClosing => ({
  unusedBuys: 0n,
  unusedSells: 0n,
  unusedCredit: 0n,
  isBuy: false,
  usedBuys: 0n,
  usedSells: 0n,
  validUntil: 0,
  version: 0,
  usedCredit: 0n,
  turnedAt: 0,
});
