import type { Address, Hex } from "viem";
import type { Pay } from "../codec/command.ts";
import type { Report } from "../codec/report.ts";

/** An event as viem decodes it: integers of up to 48 bits are numbers. `time`: of its block, unix seconds. */
export interface LedgerEvent<Name extends string, Args> {
  eventName: Name;
  args: Args;
  time: number;
}

/** Cumulative record of one account in one instrument on one spoke. Base 1e-8, quote 1e-6 dollar, used cents. */
export interface LedgerPair {
  base: bigint;
  quote: bigint;
  used: number;
  version: number;
}

export interface LedgerTerms {
  instrument: Hex;
  ratePpm: number;
  feePpm: number;
  maxBase: bigint;
  version: number;
}

/** What trades of an option are measured at. Prices 1e18, delta billionths, rate millionths. */
export interface LedgerOptionReference {
  instrument: Hex;
  markWad: bigint;
  deltaPpb: number;
  spotWad: bigint;
  ratePpm: number;
  time: number;
}

/** How far an account may reduce its net in an instrument on a spoke without opening credit. Base 1e-8, credit cents. */
export interface LedgerClosing {
  unusedBuys: bigint;
  unusedSells: bigint;
  unusedCredit: bigint;
  isBuy: boolean;
  usedBuys: bigint;
  usedSells: bigint;
  validUntil: number;
  version: number;
  usedCredit: bigint;
  turnedAt: number;
}

export interface LedgerRequest {
  account: Hex;
  asset: number;
  remaining: bigint;
  minimum: bigint;
  deadline: number;
  signed: boolean;
  state: number;
  dstEid: number;
  recipient: Address;
}

/** What a trader asked for at a vault. */
export interface VaultRequest {
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

type Events<Table> = { [Name in keyof Table & string]: LedgerEvent<Name, Table[Name]> }[keyof Table & string];

/** Every event of the hub by which its ledger changes. */
export interface HubEventTable {
  LaneListed: { eid: number; leaseSeconds: number; maxLagSeconds: number };
  LanePaused: { eid: number; diverged: boolean };
  LaneUnpaused: { eid: number; diverged: boolean };
  LaneSettled: { eid: number; sequence: bigint; chainTime: number };
  LaneDiverged: { eid: number };
  HeartbeatApplied: { eid: number; sequence: bigint; oldestDirty: number; told: bigint };
  AssetListed: {
    asset: number;
    underlying: Hex;
    haircutInitialBps: number;
    haircutMaintenanceBps: number;
    sharedDecimals: number;
  };
  InstrumentListed: LedgerTerms;
  InstrumentRegistrySet: { registry: Address };
  RiskModulesSet: { oracle: Address; marginEngine: Address; maxPriceAge: number };
  ReportApplied: { eid: number; sequence: bigint; chainTime: number };
  AccountNamed: { eid: number; index: number; account: Hex };
  InstrumentNamed: { eid: number; index: number; instrument: Hex };
  DepositCredited: {
    eid: number;
    account: Hex;
    asset: number;
    purpose: number;
    amount: bigint;
    total: bigint;
  };
  UnlistedDepositTold: { eid: number; account: Hex; asset: number; purpose: number; total: bigint };
  PositionNetted: { eid: number; account: Hex; instrument: Hex; packed: bigint };
  CreditStateApplied: { eid: number; account: Hex; ceiling: bigint; usedSeen: bigint };
  MandateSet: {
    account: Hex;
    eid: number;
    venue: Address;
    maxOutstanding: bigint;
    venueLimit: bigint;
    nonce: bigint;
  };
  CreditGranted: {
    account: Hex;
    eid: number;
    limit: bigint;
    validUntil: number;
    version: number;
    instrumentLimit: number;
  };
  ClosingGranted: { account: Hex; eid: number; instrument: Hex; line: LedgerClosing };
  ClosingStateApplied: { account: Hex; eid: number; instrument: Hex; line: LedgerClosing };
  InstrumentMoved: { account: Hex; instrument: Hex; place: bigint };
  FundingRatesSet: { rates: Address };
  FundingAccrued: {
    instrument: Hex;
    longIndexWad: bigint;
    shortIndexWad: bigint;
    surplus: bigint;
    /** Seconds that were charged at `rateWad` and `priceWad`. */
    rateWad: bigint;
    priceWad: bigint;
    elapsed: bigint;
  };
  InterestCurveSet: {
    curve: { base: number; toKink: number; beyondKink: number; kink: number; reserve: number };
  };
  InterestAccrued: { elapsed: bigint; rateWad: bigint; indexWad: bigint; reserve: bigint };
  CashLent: { account: Hex; amount: bigint; units: bigint };
  CashRepaid: { account: Hex; amount: bigint; units: bigint };
  CashSupplied: { account: Hex; amount: bigint; shares: bigint; nonce: bigint };
  CashRedeemed: { account: Hex; amount: bigint; shares: bigint; nonce: bigint };
  PositionSettled: { account: Hex; instrument: Hex; amount: bigint };
  WalletRegistered: { account: Hex; eid: number; wallet: Address; rights: number };
  FreezeSet: { account: Hex; frozen: boolean; version: number; nonce: bigint };
  FreezeSeen: { eid: number; account: Hex; version: number };
  WithdrawalQueued: { requestId: Hex; account: Hex; request: LedgerRequest };
  WithdrawalExpired: { requestId: Hex };
  PayoutIssued: { payoutId: Hex; requestId: Hex; dstEid: number; pay: Pay };
  PayoutResultApplied: { payoutId: Hex; rank: number };
}

export type HubEvent = Events<HubEventTable>;

/** Every event of a vault by which what it records changes. */
export interface VaultEventTable {
  TokenListed: { asset: number; token: Address; scale: bigint };
  TokenSuspended: { asset: number; suspended: boolean };
  VaultPaused: { paused: boolean };
  AccountIndexed: { index: number; account: Hex };
  InstrumentIndexed: { index: number; instrument: Hex };
  Deposited: { account: Hex; asset: number; purpose: number; amount: bigint; total: bigint };
  TradeRecorded: {
    instrument: Hex;
    buyer: Hex;
    seller: Hex;
    venue: Address;
    base: bigint;
    buyerCharge: bigint;
    sellerCharge: bigint;
    buyerCloses: boolean;
    sellerCloses: boolean;
  };
  PairChanged: { account: Hex; instrument: Hex; pair: LedgerPair };
  CreditSet: { account: Hex; limit: bigint; version: number; validUntil: number; instrumentLimit: number };
  VenueAllowanceSet: { account: Hex; venue: Address; limit: bigint; version: bigint };
  FreezeSet: { account: Hex; frozen: boolean; version: number };
  ReferencePriceSet: { underlying: Hex; priceWad: bigint; time: number };
  InstrumentTermsSet: LedgerTerms;
  OptionReferenceSet: LedgerOptionReference;
  ClosingAllowanceSet: {
    account: Hex;
    instrument: Hex;
    isBuy: boolean;
    maxBase: bigint;
    credit: bigint;
    version: number;
    validUntil: number;
  };
  WithdrawalRequested: { number: bigint; request: VaultRequest };
  PayoutResolved: { payoutId: Hex; asset: number; amount: bigint; rank: number };
  /** With the message that was sent under the event's guid: `PacketSent` of the endpoint, or `MessageQueued` of the loopback. */
  ReportSent: { sequence: bigint; report: Report };
}

export type VaultEvent = Events<VaultEventTable>;
