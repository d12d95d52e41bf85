import type { Address, Hex } from "viem";
import { depositTerm, digestOf, pairTerm } from "../codec/digest.ts";
import { entry, key } from "./entry.ts";
import type {
  LedgerOptionReference,
  LedgerPair,
  LedgerTerms,
  VaultEvent,
  VaultEventTable,
  VaultRequest,
} from "./events.ts";

const PAID = 2;

/** The hub's limits (1e-8 of base of one side, cents) and what was used of either side. */
export interface LedgerClosingAllowance {
  maxBase: bigint;
  credit: bigint;
  version: number;
  validUntil: number;
  isBuy: boolean;
  usedBuys: bigint;
  usedSells: bigint;
  usedCredit: bigint;
}

/** What the hub lent (cents, instruments to be opened), all cumulative, and what was used of it. */
export interface LedgerVaultCredit {
  limit: bigint;
  used: bigint;
  version: number;
  validUntil: number;
  instrumentLimit: number;
  instruments: number;
}

/** All that a vault records. Keys of more than one part are joined by spaces, in the order of the vault's views. */
export interface VaultLedger {
  sequence: bigint;
  paused: boolean;
  /** By index, from 1. */
  accountAt: Map<number, Hex>;
  instrumentAt: Map<number, Hex>;
  tokens: Map<number, { token: Address; scale: bigint; suspended: boolean }>;
  /** Shared units that deposits brought and payouts did not take, by asset. */
  held: Map<number, bigint>;
  /** By account, asset and purpose. */
  deposits: Map<string, bigint>;
  /** By account and instrument. */
  pairs: Map<string, LedgerPair>;
  credits: Map<string, LedgerVaultCredit>;
  /** By account and venue. */
  allowances: Map<string, { limit: bigint; used: bigint; version: bigint }>;
  /** By account and instrument. */
  closingAllowances: Map<string, LedgerClosingAllowance>;
  freezes: Map<string, { frozen: boolean; version: number }>;
  terms: Map<string, LedgerTerms>;
  references: Map<string, { priceWad: bigint; time: number }>;
  optionReferences: Map<string, LedgerOptionReference>;
  withdrawals: Map<bigint, VaultRequest>;
  payoutRanks: Map<string, number>;
  /** What was last reported of each total, as its term of the digest. */
  reported: Map<string, bigint>;
  /** Pairs that changed since they were last reported, and since when. */
  dirty: Map<string, number>;
}

type Apply = {
  [Name in keyof VaultEventTable]: (ledger: VaultLedger, args: VaultEventTable[Name], time: number) => void;
};

const apply: Apply = {
  TokenListed(ledger, { asset, token, scale }) {
    ledger.tokens.set(asset, { token, scale, suspended: false });
  },
  TokenSuspended(ledger, { asset, suspended }) {
    ledger.tokens.get(asset)!.suspended = suspended;
  },
  VaultPaused(ledger, { paused }) {
    ledger.paused = paused;
  },
  AccountIndexed(ledger, { index, account }) {
    ledger.accountAt.set(index, account);
  },
  InstrumentIndexed(ledger, { index, instrument }) {
    ledger.instrumentAt.set(index, instrument);
  },
  Deposited(ledger, { account, asset, purpose, amount, total }) {
    ledger.deposits.set(key(account, asset, purpose), total);
    ledger.held.set(asset, (ledger.held.get(asset) ?? 0n) + amount);
  },
  TradeRecorded(ledger, trade) {
    const { instrument, venue, base } = trade;
    const buy = { instrument, venue, account: trade.buyer, cents: trade.buyerCharge };
    const sell = { instrument, venue, account: trade.seller, cents: trade.sellerCharge };
    charge(ledger, buy, trade.buyerCloses ? { usedBuys: base } : undefined);
    charge(ledger, sell, trade.sellerCloses ? { usedSells: base } : undefined);
  },
  PairChanged(ledger, { account, instrument, pair }, time) {
    const at = key(account, instrument);
    const opens = pair.used !== 0 && (ledger.pairs.get(at)?.used ?? 0) === 0;
    if (opens) entry(ledger.credits, key(account), noCredit).instruments += 1;
    ledger.pairs.set(at, pair);
    entry(ledger.dirty, at, () => time);
  },
  CreditSet(ledger, { account, ...limits }) {
    Object.assign(entry(ledger.credits, key(account), noCredit), limits);
  },
  VenueAllowanceSet(ledger, { account, venue, limit, version }) {
    Object.assign(entry(ledger.allowances, key(account, venue), noAllowance), { limit, version });
  },
  ClosingAllowanceSet(ledger, { account, instrument, ...limits }) {
    Object.assign(entry(ledger.closingAllowances, key(account, instrument), noClosing), limits);
  },
  FreezeSet(ledger, { account, frozen, version }) {
    ledger.freezes.set(key(account), { frozen, version });
  },
  ReferencePriceSet(ledger, { underlying, priceWad, time }) {
    ledger.references.set(key(underlying), { priceWad, time });
  },
  OptionReferenceSet(ledger, reference) {
    ledger.optionReferences.set(key(reference.instrument), reference);
  },
  InstrumentTermsSet(ledger, terms) {
    ledger.terms.set(key(terms.instrument), terms);
  },
  WithdrawalRequested(ledger, { number, request }) {
    ledger.withdrawals.set(number, request);
  },
  PayoutResolved(ledger, { payoutId, asset, amount, rank }) {
    ledger.payoutRanks.set(key(payoutId), rank);
    if (rank === PAID) ledger.held.set(asset, (ledger.held.get(asset) ?? 0n) - amount);
  },
  ReportSent(ledger, { sequence, report }) {
    ledger.sequence = sequence;
    for (const { kind, items } of report.sections) {
      if (kind === "deposit") {
        for (const { account, asset, purpose, total } of items) {
          ledger.reported.set(
            key("deposit", account, asset, purpose),
            depositTerm(account, asset, purpose, total),
          );
        }
      } else if (kind === "pair") {
        for (const { account: index, instrument: place, ...pair } of items) {
          const account = ledger.accountAt.get(index)!;
          const instrument = ledger.instrumentAt.get(place)!;
          ledger.reported.set(key("pair", account, instrument), pairTerm(account, instrument, pair));
          ledger.dirty.delete(key(account, instrument));
        }
      }
    }
  },
};

/** Names of the events that `rebuildVault` takes; the others say nothing of what it records. */
export const vaultEventNames = Object.keys(apply) as (keyof VaultEventTable)[];

/** What a vault records, from nothing but its events and the reports that it sent, in their order. */
export function rebuildVault(events: readonly VaultEvent[]): VaultLedger {
  const ledger: VaultLedger = {
    sequence: 0n,
    paused: false,
    accountAt: new Map(),
    instrumentAt: new Map(),
    tokens: new Map(),
    held: new Map(),
    deposits: new Map(),
    pairs: new Map(),
    credits: new Map(),
    allowances: new Map(),
    closingAllowances: new Map(),
    freezes: new Map(),
    terms: new Map(),
    references: new Map(),
    optionReferences: new Map(),
    withdrawals: new Map(),
    payoutRanks: new Map(),
    reported: new Map(),
    dirty: new Map(),
  };
  for (const { eventName, args, time } of events) {
    (apply[eventName] as (ledger: VaultLedger, args: unknown, time: number) => void)(ledger, args, time);
  }
  return ledger;
}

/** The vault's heartbeat as it would be now. */
export function heartbeatOf({ dirty, reported }: VaultLedger): {
  dirtyPairs: number;
  oldestDirty: number;
  digest: bigint;
} {
  return {
    dirtyPairs: dirty.size,
    oldestDirty: dirty.size === 0 ? 0 : Math.min(...dirty.values()),
    digest: digestOf([...reported.values()]),
  };
}

/** An account that the hub never lent anything. */
export const noCredit = (): LedgerVaultCredit => ({
  limit: 0n,
  used: 0n,
  version: 0,
  validUntil: 0,
  instrumentLimit: 0,
  instruments: 0,
});
const noAllowance = () => ({ limit: 0n, used: 0n, version: 0n });

/** An account that the hub never let close anything. */
export const noClosing = (): LedgerClosingAllowance => ({
  maxBase: 0n,
  credit: 0n,
  version: 0,
  validUntil: 0,
  isBuy: false,
  usedBuys: 0n,
  usedSells: 0n,
  usedCredit: 0n,
});

/** Charges one side of a trade: what it opens to its credit, what it `closes` to its closing allowance; either way to its allowance of the venue. */
function charge(
  ledger: VaultLedger,
  side: { instrument: Hex; venue: Address; account: Hex; cents: bigint },
  closes: { usedBuys?: bigint; usedSells?: bigint } | undefined,
): void {
  const { instrument, venue, account, cents } = side;
  if (closes === undefined) {
    entry(ledger.credits, key(account), noCredit).used += cents;
  } else {
    const allowance = entry(ledger.closingAllowances, key(account, instrument), noClosing);
    allowance.usedBuys += closes.usedBuys ?? 0n;
    allowance.usedSells += closes.usedSells ?? 0n;
    allowance.usedCredit += cents;
  }
  entry(ledger.allowances, key(account, venue), noAllowance).used += cents;
}
