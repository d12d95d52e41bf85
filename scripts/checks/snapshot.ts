import { describeInFlight } from "./inFlight.ts";
import { readNetwork } from "./read/readNetwork.ts";
import { joinKey, type LaneState, type NetworkState, type PairState, type SpokeState } from "./state.ts";
import { storedQuoteAt } from "./storedQuote.ts";
import type { CheckedNetwork } from "./types.ts";

/** A ledger as comparable values, each under a name that says what it is. */
export interface LedgerSnapshot {
  /** What no message may change when it is applied again. */
  fixed: Map<string, string>;
  /** What renewals and prices raise meanwhile, and nothing may ever lower. */
  rising: Map<string, bigint>;
  /** What was in flight when it was taken: applying that changes the ledger rightly. */
  inFlight: string;
}

/** Reads the ledgers of hub and vaults for comparison. Take it when nothing is in flight. */
export async function snapshotLedger(network: CheckedNetwork): Promise<LedgerSnapshot> {
  return takeSnapshot(await readNetwork(network, { margins: false }));
}

/** The snapshot of a state. */
export function takeSnapshot(state: NetworkState): LedgerSnapshot {
  const snapshot: LedgerSnapshot = { fixed: new Map(), rising: new Map(), inFlight: describeInFlight(state) };
  addBalances(snapshot, state);
  for (const lane of state.hub.lanes) addLane(snapshot, lane);
  for (const { id, rank } of state.hub.payouts) fix(snapshot, ["hub payout", id], rank);
  for (const { id, remaining, state: step } of state.hub.requests)
    fix(snapshot, ["hub withdrawal", id], remaining, step);
  for (const spoke of state.spokes) addSpoke(snapshot, spoke);
  return snapshot;
}

/** Settlement moves value between cash and quote, so their sum is what stays; with the funding back in it, which time charges. */
function addBalances(snapshot: LedgerSnapshot, { hub }: NetworkState): void {
  for (const { account, asset, amount } of hub.balances) {
    if (asset !== hub.settlementAsset) {
      fix(snapshot, ["hub collateral", account, asset], amount);
      continue;
    }
    const quotes = hub.positions.filter((position) => position.account === account);
    fix(
      snapshot,
      ["hub cash + quote without funding", account],
      quotes.reduce((total, position) => total + storedQuoteAt(hub, position), amount),
    );
  }
  for (const { account, instrument, base } of hub.positions)
    fix(snapshot, ["hub base", account, instrument], base);
}

function addLane(snapshot: LedgerSnapshot, lane: LaneState): void {
  const { eid } = lane;
  for (const { asset, total, reserved } of lane.liquidity)
    fix(snapshot, ["hub liquidity", eid, asset], total, reserved);
  for (const { account, asset, purpose, total } of lane.deposits)
    fix(snapshot, ["hub deposit", eid, account, asset, purpose], total);
  addPairs(snapshot, ["hub pair", eid], lane.pairs);
  addNames(snapshot, ["hub", eid], lane);
  for (const [account, line] of lane.credit) {
    fix(snapshot, ["hub credit", eid, account], line.usedApplied, line.maxOutstanding, line.mandateNonce);
    raise(snapshot, ["hub credit", eid, account], line);
  }
}

function addSpoke(snapshot: LedgerSnapshot, spoke: SpokeState): void {
  const { eid } = spoke;
  for (const { asset, balance } of spoke.tokens) fix(snapshot, ["vault tokens", eid, asset], balance);
  for (const { account, asset, purpose, total } of spoke.deposits)
    fix(snapshot, ["vault deposit", eid, account, asset, purpose], total);
  addPairs(snapshot, ["vault pair", eid], spoke.pairs);
  addNames(snapshot, ["vault", eid], spoke);
  for (const [account, credit] of spoke.credit) {
    fix(snapshot, ["vault credit used", eid, account], credit.used);
    raise(snapshot, ["vault credit", eid, account], credit);
  }
  for (const [id, rank] of spoke.ranks) fix(snapshot, ["vault payout", eid, id], rank);
  fix(snapshot, ["vault withdrawals", eid], spoke.withdrawals.length);
}

function addPairs(snapshot: LedgerSnapshot, key: (string | number)[], pairs: readonly PairState[]): void {
  for (const { account, instrument, base, quote, used, version } of pairs)
    fix(snapshot, [...key, account, instrument], base, quote, used, version);
}

function addNames(
  snapshot: LedgerSnapshot,
  key: (string | number)[],
  { accountNames, instrumentNames }: Pick<LaneState, "accountNames" | "instrumentNames">,
): void {
  for (const [index, name] of accountNames) fix(snapshot, [...key, "account", index], name);
  for (const [index, name] of instrumentNames) fix(snapshot, [...key, "instrument", index], name);
}

function fix(
  snapshot: LedgerSnapshot,
  key: (string | number)[],
  ...values: (string | number | bigint)[]
): void {
  snapshot.fixed.set(joinKey(...key), values.join(", "));
}

function raise(
  snapshot: LedgerSnapshot,
  key: (string | number)[],
  { limit, version, validUntil }: { limit: bigint; version: number; validUntil: number },
): void {
  snapshot.rising.set(joinKey(...key, "limit"), limit);
  snapshot.rising.set(joinKey(...key, "version"), BigInt(version));
  snapshot.rising.set(joinKey(...key, "valid until"), BigInt(validUntil));
}
