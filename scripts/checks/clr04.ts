import { isAddressEqual } from "viem";
import { parseAccountId } from "../../clearing/codec/accountId.ts";
import { depositTerm, digestOf, pairTerm } from "../../clearing/codec/digest.ts";
import { payoutRank } from "../../clearing/codec/payoutId.ts";
import { requestIdOf } from "../../clearing/codec/requestId.ts";
import { depositSeen, describeInFlight, spokesWithLanes, unappliedPairs } from "./inFlight.ts";
import { showAccount, showAmount, showId, showInstrument, verdict } from "./report.ts";
import { joinKey, type LaneState, type NetworkState, type SpokeState } from "./state.ts";
import type { RequirementCheck } from "./types.ts";

type DigestedState = Pick<LaneState, "deposits" | "pairs">;

/**
 * CLR-04, both ends of every lane agree. The hub's digest is always that of the deposits and pairs it holds, and whatever the hub commands, a
 * vault that has its version has its value. Once the hub holds all of a vault's deposits and pairs, the vault's own digest is that of both.
 *
 * @param isAtRest nothing should be in flight: then whatever only one end knows is a violation too. Reference prices and live leases never rest
 */
export function clr04(state: NetworkState, isAtRest: boolean): RequirementCheck {
  const lanes = spokesWithLanes(state);
  const violations = lanes.flatMap(({ spoke, lane }) => [
    ...digestViolations(spoke, lane),
    ...valueViolations(spoke, lane),
    ...(isAtRest ? unknownAtHub(state, spoke, lane) : []),
    ...(isAtRest ? unknownAtVault(state, spoke, lane) : []),
  ]);
  const count = (of: (lane: LaneState) => unknown[]) =>
    lanes.reduce((total, { lane }) => total + of(lane).length, 0);
  const summary =
    `${count(({ deposits }) => deposits)} deposit totals, ${count(({ pairs }) => pairs)} pairs and ` +
    `${count(({ commands }) => commands)} commands on ${lanes.length} lanes, digests recomputed; ${describeInFlight(state)}`;
  return verdict("CLR-04", violations, summary);
}

/** The digest of what an end holds, over full ids: names are covered. */
function digestFor({ deposits, pairs }: DigestedState): bigint {
  return digestOf([
    ...deposits.map(({ account, asset, purpose, total }) => depositTerm(account, asset, purpose, total)),
    ...pairs.map((pair) => pairTerm(pair.account, pair.instrument, pair)),
  ]);
}

function digestViolations(spoke: SpokeState, lane: LaneState): string[] {
  const violations: string[] = [];
  if (lane.digest !== digestFor({ pairs: lane.pairs, deposits: toldDeposits(lane) }))
    violations.push(`the hub's digest of ${spoke.name} is not that of what it holds`);
  const isReported = unreportedDeposits(spoke, lane).length + unappliedPairs(spoke, lane).length === 0;
  if (!isReported) return violations;
  // All that the vault holds was reported, for the hub has it.
  if (spoke.digest !== digestFor(spoke))
    violations.push(`the digest of ${spoke.name} is not that of what it reported`);
  if (spoke.dirtyPairs !== 0)
    violations.push(`${spoke.name} counts ${spoke.dirtyPairs} pairs to be reported that the hub has`);
  return violations;
}

/** What the hub was told of deposits, credited or not: of each, the higher total. */
function toldDeposits(lane: LaneState): LaneState["deposits"] {
  const isCredited = (told: LaneState["deposits"][number]) => depositSeen(lane, told) >= told.total;
  const waiting = lane.unlistedDeposits.filter((told) => !isCredited(told));
  const keyOf = ({ account, asset, purpose }: LaneState["deposits"][number]) =>
    joinKey(account, asset, purpose);
  const keys = new Set(waiting.map(keyOf));
  return [...lane.deposits.filter((deposit) => !keys.has(keyOf(deposit))), ...waiting];
}

/** A version that both ends know must say the same. */
function valueViolations(spoke: SpokeState, lane: LaneState): string[] {
  const obeyed = new Map(spoke.commands.map((command) => [command.key, command]));
  const commands = lane.commands
    .filter(({ key, version, value }) => {
      const known = obeyed.get(key);
      return known?.version === version && known.value !== value;
    })
    .map(({ key, version }) => `${key} version ${version} differs at the hub and on ${spoke.name}`);
  const leases = [...lane.credit]
    .filter(([account, { version, limit, validUntil }]) => {
      const known = spoke.credit.get(account);
      return known?.version === version && (known.limit !== limit || known.validUntil !== validUntil);
    })
    .map(([account]) => `the lease of ${showAccount(account)} differs at the hub and on ${spoke.name}`);
  return [...commands, ...leases];
}

function unknownAtHub({ hub }: NetworkState, spoke: SpokeState, lane: LaneState): string[] {
  const queued = new Set(hub.requests.map(({ id }) => id));
  const listed = new Set(hub.assets.map(({ id }) => id));
  const asked = spoke.withdrawals.filter(({ account, requester, asset, amount, dstEid }) => {
    const { owner, homeEid } = parseAccountId(account);
    const isTaken = homeEid === spoke.eid && isAddressEqual(owner, requester);
    return isTaken && amount > 0n && listed.has(asset) && hub.eids.includes(dstEid);
  });
  const results = hub.payouts.filter(
    ({ id, dstEid, rank }) => dstEid === spoke.eid && (spoke.ranks.get(id) ?? payoutRank.none) > rank,
  );
  return [
    ...unreportedDeposits(spoke, lane).map(
      ({ account, asset, total }) =>
        `the hub has not seen all of ${showAmount(hub, asset, total)} of ${showAccount(account)} on ${spoke.name}`,
    ),
    ...unappliedPairs(spoke, lane).map(
      ({ account, instrument }) =>
        `the hub has not the latest ${showInstrument(instrument)} of ${showAccount(account)} on ${spoke.name}`,
    ),
    ...asked
      .filter(({ number }) => !queued.has(requestIdOf(spoke.eid, number)))
      .map(({ number }) => `the hub does not know withdrawal ${number} of ${spoke.name}`),
    ...results.map(({ id }) => `the hub does not know what became of payout ${showId(id)} on ${spoke.name}`),
  ];
}

function unknownAtVault({ hub }: NetworkState, spoke: SpokeState, lane: LaneState): string[] {
  const obeyed = new Map(spoke.commands.map(({ key, version }) => [key, version]));
  const late = lane.commands.filter(({ key, version }) => (obeyed.get(key) ?? 0n) < version);
  const unresolved = hub.payouts.filter(
    ({ id, dstEid }) => dstEid === spoke.eid && (spoke.ranks.get(id) ?? payoutRank.none) === payoutRank.none,
  );
  const lapsed = [...lane.credit].filter(
    ([account, { version, validUntil }]) =>
      validUntil <= spoke.laterTime && (spoke.credit.get(account)?.version ?? 0) < version,
  );
  return [
    ...late.map(({ key, version }) => `${spoke.name} does not know ${key} version ${version}`),
    ...unresolved.map(({ id }) => `${spoke.name} does not know payout ${showId(id)}`),
    ...lapsed.map(
      ([account]) => `${spoke.name} does not know the latest lease of ${showAccount(account)}, which lapsed`,
    ),
  ];
}

function unreportedDeposits(spoke: SpokeState, lane: LaneState): SpokeState["deposits"] {
  return spoke.deposits.filter((deposit) => depositSeen(lane, deposit) !== deposit.total);
}
