import type { Hex } from "viem";
import { type AccountBooks, createAccountBooks } from "./accountBooks.ts";
import { createHolds, type Holds } from "./holds.ts";
import { type CommandKey, keyId, type ReportKey } from "./keys.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import type { ClearingSettings } from "./settings.ts";

/** An account that has a mandate on a spoke. */
export interface MandateHolder {
  eid: number;
  account: Hex;
}

/** A closing allowance, of an account on a spoke. */
export interface ClosingHolder extends MandateHolder {
  instrument: Hex;
}

/** An expiry of options on an underlying. */
export interface Expiry {
  /** `bytes16`. */
  underlying: Hex;
  /** Unix seconds. */
  expiry: number;
}

/**
 * What this relayer knows of hub and vaults: names of things, and what it tried lately. What is true of them is read from the chains. A cache:
 * it is refilled from logs at start. It grows with the number of accounts, as the chains' own state does.
 */
export interface ClearingBook {
  /** Vault → hub. */
  reports: Outbox<ReportKey>;
  /** Hub → vault. */
  commands: Outbox<CommandKey>;
  /** By {@link holderId}. */
  mandates: Map<string, MandateHolder>;
  /** Accounts that were ever netted in an instrument. */
  holders: Map<Hex, Set<Hex>>;
  /** Expiries of listed options whose settlement price was not seen fixed, by {@link expiryId}. */
  expiries: Map<string, Expiry>;
  /** Ids of requests that were queued at the hub and not seen done. */
  withdrawals: Set<Hex>;
  /** Payouts that became claims, and where. */
  claims: Map<Hex, number>;
  /** Claims that could not be paid yet, by id. */
  unpaid: Holds;
  /** Lanes that were compared key by key, by endpoint id. */
  compared: Holds;
  /** Lanes whose digests differed although nothing was on its way, by endpoint id. */
  differing: Holds;
  /** Messages queued in the loopback: the block of each nonce. */
  loopback: Map<bigint, bigint>;
  /** Accounts that were refused credit, by {@link holderId}. */
  refused: Holds;
  /** Of these, the ones that only lacked a price, by {@link holderId}. */
  unpriced: Set<string>;
  /** Accounts that the hub lends too little to close what they hold, by {@link holderId}. */
  closers: Map<string, MandateHolder>;
  /** Closing allowances of which something may still be used, by `closingId`. */
  closings: Map<string, ClosingHolder>;
  /** Withdrawals that could not be processed, by id. */
  unprocessed: Holds;
  /** Sources of pull feeds whose last update was paid for and did not bring what its service had said. */
  empty: Holds;
  /** What accounts have at the hub. */
  books: AccountBooks;
  /** Accounts that did not have maintenance and buffer when they were last margined. */
  standings: Map<Hex, AccountStanding>;
}

/**
 * How such an account stands: below maintenance, within the buffer above it, or not to be margined, as something that it holds has no
 * price.
 */
export type AccountStanding = "below" | "near" | "unknown";

export function createClearingBook({
  resendMs,
  refusedHoldMs,
  processEveryMs,
  reconcileEveryMs,
  compareEveryMs,
  claimHoldMs,
}: ClearingSettings): ClearingBook {
  return {
    reports: createOutbox<ReportKey>({ idOf: keyId, resendMs }),
    commands: createOutbox<CommandKey>({ idOf: keyId, resendMs }),
    mandates: new Map(),
    holders: new Map(),
    expiries: new Map(),
    withdrawals: new Set(),
    claims: new Map(),
    unpaid: createHolds({ baseMs: claimHoldMs, maxDoublings: 6 }),
    compared: createHolds({ baseMs: compareEveryMs, maxDoublings: 0 }),
    differing: createHolds({ baseMs: reconcileEveryMs }),
    loopback: new Map(),
    refused: createHolds({ baseMs: refusedHoldMs }),
    unpriced: new Set(),
    closers: new Map(),
    closings: new Map(),
    unprocessed: createHolds({ baseMs: processEveryMs }),
    empty: createHolds({ baseMs: refusedHoldMs }),
    books: createAccountBooks(),
    standings: new Map(),
  };
}

export function expiryId({ underlying, expiry }: Expiry): string {
  return `${underlying}:${expiry}`;
}

export function holderId({ eid, account }: MandateHolder): string {
  return `${eid}:${account.toLowerCase()}`;
}

export function closingId({ instrument, ...holder }: ClosingHolder): string {
  return `${holderId(holder)}:${instrument}`;
}
