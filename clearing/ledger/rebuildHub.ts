import { depositTerm, pairTerm } from "../codec/digest.ts";
import { maximum } from "../math.ts";
import { add, entry, key } from "./entry.ts";
import type { HubEvent, HubEventTable, LedgerPair } from "./events.ts";
import {
  emptyHubLedger,
  type HubLedger,
  noClosing,
  noCredit,
  noLane,
  noPair,
  noPosition,
} from "./hubLedger.ts";
import { accrueFunding, fund, listFunding } from "./noteFunding.ts";
import { noteLane } from "./noteLane.ts";
import { noteLending } from "./noteLending.ts";

const PAID = 2;
const CANCELLED = 3;
const DONE = 2;
/** As many instruments has an account's list; what is held beyond is off it. */
const MAX_LISTED = 254;
const OFF_LIST = 255;
const WORD = 2n ** 256n;

type Apply = {
  [Name in keyof HubEventTable]: (ledger: HubLedger, args: HubEventTable[Name], time: number) => void;
};

/** What each event says of the ledger. */
const apply: Apply = {
  ...noteLane,
  ...noteLending,

  AssetListed(ledger, { asset, ...listed }) {
    ledger.assets.set(asset, { ...listed, listed: true });
    if (BigInt(listed.underlying) === 0n) ledger.settlementAsset = asset;
  },
  InstrumentListed(ledger, terms, time) {
    ledger.terms.set(key(terms.instrument), terms);
    listFunding(ledger, terms, time);
  },
  FundingRatesSet(ledger, { rates }) {
    ledger.fundingRates = rates;
  },
  InstrumentRegistrySet(ledger, { registry }) {
    ledger.instrumentRegistry = registry;
  },
  RiskModulesSet(ledger, modules) {
    ledger.riskModules = modules;
  },

  AccountNamed(ledger, { eid, index, account }) {
    ledger.accountAt.set(key(eid, index), account);
  },
  InstrumentNamed(ledger, { eid, index, instrument }) {
    ledger.instrumentAt.set(key(eid, index), instrument);
  },

  DepositCredited(ledger, { eid, account, asset, purpose, amount, total }) {
    const seen = key(eid, account, asset, purpose);
    ledger.depositSeen.set(seen, total);
    entry(ledger.liquidity, key(eid, asset), noLiquidity).total += amount;
    credit(ledger, account, asset, amount);
    countDeposit(ledger, { eid, account, asset, purpose, total });
  },

  UnlistedDepositTold: countDeposit,

  PositionNetted(ledger, { eid, account, instrument, packed }) {
    const at = key(eid, account, instrument);
    const old = ledger.pairs.get(at) ?? noPair();
    const pair = unpackPair(packed);
    ledger.pairs.set(at, pair);
    moveDigest(ledger, eid, pairTerm(account, instrument, pair) - pairTerm(account, instrument, old));
    const charged = BigInt(pair.used - old.used);
    if (charged !== 0n) {
      const line = entry(ledger.credit, key(account, eid), noCredit);
      line.usedApplied += charged;
      if (old.used === 0) line.instrumentsLeft -= 1;
    }
    const position = entry(ledger.positions, key(account, instrument), noPosition);
    if (position.place === 0) {
      const list = entry(ledger.instruments, key(account), () => []);
      position.place = list.length < MAX_LISTED ? list.push(instrument) : OFF_LIST;
    }
    const base = position.base + pair.base - old.base;
    position.stored += pair.quote - old.quote + fund(ledger, instrument, position.base, base);
    position.base = base;
    position.longs += maximum(0n, pair.base) - maximum(0n, old.base);
    position.shorts += maximum(0n, -pair.base) - maximum(0n, -old.base);
  },

  FundingAccrued: accrueFunding,

  PositionSettled(ledger, { account, instrument, amount }) {
    add(ledger.cash, key(account), amount);
    add(ledger.variationPool, key(instrument), -amount);
    entry(ledger.positions, key(account, instrument), noPosition).stored -= amount;
  },

  InstrumentMoved(ledger, { account, instrument, place }) {
    const position = entry(ledger.positions, key(account, instrument), noPosition);
    const list = entry(ledger.instruments, key(account), () => []);
    if (place !== 0n) list.push(instrument);
    else if (position.place !== OFF_LIST) {
      const last = list.pop()!;
      if (last !== instrument) {
        list[position.place - 1] = last;
        entry(ledger.positions, key(account, last), noPosition).place = position.place;
      }
    }
    position.place = Number(place);
  },

  MandateSet(ledger, { account, eid, venue, maxOutstanding, venueLimit, nonce }) {
    const line = entry(ledger.credit, key(account, eid), noCredit);
    line.maxOutstanding = maxOutstanding;
    line.mandateNonce = nonce;
    ledger.venueAllowances.set(key(account, eid, venue), { limit: venueLimit, version: nonce });
  },
  CreditGranted(ledger, { account, eid, limit, validUntil, version, instrumentLimit }) {
    const line = entry(ledger.credit, key(account, eid), noCredit);
    line.instrumentsLeft += instrumentLimit - line.instrumentLimit;
    Object.assign(line, { limit, ceiling: limit, validUntil, version, instrumentLimit });
  },
  CreditStateApplied(ledger, { eid, account, ceiling, usedSeen }) {
    Object.assign(entry(ledger.credit, key(account, eid), noCredit), { ceiling, usedSeen });
  },
  FreezeSeen(ledger, { eid, account, version }) {
    entry(ledger.credit, key(account, eid), noCredit).freezeSeen = version;
  },
  ClosingGranted(ledger, { account, eid, instrument, line }) {
    ledger.closings.set(key(account, eid, instrument), { ...line });
  },
  ClosingStateApplied(ledger, { account, eid, instrument, line }) {
    const { usedBuys, usedSells, usedCredit, unusedBuys, unusedSells, unusedCredit } = line;
    Object.assign(entry(ledger.closings, key(account, eid, instrument), noClosing), {
      usedBuys,
      usedSells,
      usedCredit,
      unusedBuys,
      unusedSells,
      unusedCredit,
    });
  },
  FreezeSet(ledger, { account, frozen, version, nonce }) {
    ledger.freezes.set(key(account), { frozen, version, nonce });
  },
  WalletRegistered(ledger, { account, eid, wallet, rights }) {
    ledger.wallets.set(key(account, eid, wallet), rights);
  },

  WithdrawalQueued(ledger, { requestId, request }) {
    ledger.withdrawals.set(key(requestId), { ...request });
  },
  WithdrawalExpired(ledger, { requestId }) {
    ledger.withdrawals.get(key(requestId))!.state = DONE;
  },
  PayoutIssued(ledger, { payoutId, requestId, dstEid, pay }) {
    ledger.payouts.set(key(payoutId), { ...pay, dstEid, rank: 0 });
    const request = ledger.withdrawals.get(key(requestId))!;
    request.remaining -= pay.amount;
    if (request.remaining === 0n) request.state = DONE;
    credit(ledger, pay.account, pay.asset, -pay.amount);
    entry(ledger.liquidity, key(dstEid, pay.asset), noLiquidity).reserved += pay.amount;
  },
  PayoutResultApplied(ledger, { payoutId, rank }) {
    const payout = ledger.payouts.get(key(payoutId))!;
    payout.rank = rank;
    const liquidity = entry(ledger.liquidity, key(payout.dstEid, payout.asset), noLiquidity);
    if (rank === PAID) liquidity.total -= payout.amount;
    if (rank === PAID || rank === CANCELLED) liquidity.reserved -= payout.amount;
    if (rank === CANCELLED) credit(ledger, payout.account, payout.asset, payout.amount);
  },
};

/** The digest counts what was told, credited or not. */
function countDeposit(
  ledger: HubLedger,
  { eid, account, asset, purpose, total }: HubEventTable["UnlistedDepositTold"],
): void {
  const at = key(eid, account, asset, purpose);
  const before = ledger.depositTold.get(at) ?? 0n;
  if (total <= before) return;
  ledger.depositTold.set(at, total);
  moveDigest(
    ledger,
    eid,
    depositTerm(account, asset, purpose, total) - depositTerm(account, asset, purpose, before),
  );
}

/** Names of the events that `rebuildHub` takes; the others say nothing of the ledger. */
export const hubEventNames = Object.keys(apply) as (keyof HubEventTable)[];

/** The hub's ledger from nothing but its events, in their order. */
export function rebuildHub(events: readonly HubEvent[]): HubLedger {
  const ledger = emptyHubLedger();
  for (const { eventName, args, time } of events) {
    (apply[eventName] as (ledger: HubLedger, args: unknown, time: number) => void)(ledger, args, time);
  }
  return ledger;
}

const noLiquidity = () => ({ total: 0n, reserved: 0n });

function credit(ledger: HubLedger, account: string, asset: number, amount: bigint): void {
  if (asset === ledger.settlementAsset) add(ledger.cash, key(account), amount);
  else add(ledger.collateral, key(account, asset), amount);
}

function moveDigest(ledger: HubLedger, eid: number, by: bigint): void {
  const lane = entry(ledger.lanes, eid, noLane);
  lane.digest = (((lane.digest + by) % WORD) + WORD) % WORD;
}

/** base (int88) ‖ quote (int88) ‖ used (uint48) ‖ version (uint32) */
function unpackPair(packed: bigint): LedgerPair {
  return {
    base: BigInt.asIntN(88, packed >> 168n),
    quote: BigInt.asIntN(88, packed >> 80n),
    used: Number(BigInt.asUintN(48, packed >> 32n)),
    version: Number(BigInt.asUintN(32, packed)),
  };
}
