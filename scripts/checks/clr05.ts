import { type Hex, isAddressEqual, padHex } from "viem";
import { parseAccountId } from "../../clearing/codec/accountId.ts";
import { isTerminalRank, payoutRank } from "../../clearing/codec/payoutId.ts";
import { requestIdOf } from "../../clearing/codec/requestId.ts";
import { walletRights } from "../../clearing/codec/walletRights.ts";
import { pairViolations } from "./clr05Pairs.ts";
import { spokesWithLanes } from "./inFlight.ts";
import { showAccount, showAmount, showId, sum, verdict } from "./report.ts";
import type { LaneState, NetworkState, RequestState, SpokeState } from "./state.ts";
import type { RequirementCheck } from "./types.ts";

/**
 * CLR-05, origin is authenticated. Peers are the recorded contracts, both ways. What the hub credits by the word of a chain is
 * what that chain's own vault says, never more; a chain's liquidity is explained by its own deposits and payouts alone.
 * An unsigned withdrawal was asked for at the home chain's vault by the owner, and pays whom the home allowed.
 */
export function clr05(state: NetworkState): RequirementCheck {
  const lanes = spokesWithLanes(state);
  const violations = [
    ...peerViolations(state),
    ...lanes.flatMap(({ spoke, lane }) => [
      ...depositViolations(state, spoke, lane),
      ...liquidityViolations(state, lane),
      ...pairViolations(spoke, lane),
    ]),
    ...state.hub.requests.flatMap((request) => requestViolations(state, request)),
  ];
  const unsigned = state.hub.requests.filter(({ signed }) => !signed).length;
  const summary =
    `peers of the hub and ${state.spokes.length} vaults as recorded; ` +
    `${lanes.reduce((count, { lane }) => count + lane.deposits.length, 0)} deposit totals and ` +
    `${lanes.reduce((count, { lane }) => count + lane.pairs.length, 0)} pairs at the hub against their own vaults; ` +
    `${unsigned} withdrawals asked for at home, ${state.hub.requests.length - unsigned} signed`;
  return verdict("CLR-05", violations, summary);
}

function peerViolations({ hub, spokes }: NetworkState): string[] {
  const violations: string[] = [];
  for (const spoke of spokes) {
    if (hub.peers.get(spoke.eid)?.toLowerCase() !== asPeer(spoke.vault))
      violations.push(
        `the hub's peer for ${spoke.name} is ${hub.peers.get(spoke.eid)}, recorded is ${spoke.vault}`,
      );
    if (spoke.peer.toLowerCase() !== asPeer(hub.address) || spoke.hubEid !== hub.eid)
      violations.push(
        `the vault on ${spoke.name} obeys ${spoke.peer} on ${spoke.hubEid}, recorded is ${hub.address}`,
      );
    if (!hub.eids.includes(spoke.eid)) violations.push(`the hub does not list ${spoke.name}`);
    if (spoke.eid === hub.eid && !isAddressEqual(spoke.loopback, hub.recordedLoopback))
      violations.push(
        `the vault on ${spoke.name} has loopback ${spoke.loopback}, recorded is ${hub.recordedLoopback}`,
      );
  }
  if (!isAddressEqual(hub.loopback, hub.recordedLoopback))
    violations.push(`the hub has loopback ${hub.loopback}, recorded is ${hub.recordedLoopback}`);
  const strangers = hub.eids.filter((eid) => spokes.every((spoke) => spoke.eid !== eid));
  return [...violations, ...strangers.map((eid) => `the hub listens to ${eid}, of which there is no record`)];
}

function depositViolations({ hub }: NetworkState, spoke: SpokeState, lane: LaneState): string[] {
  return lane.deposits.flatMap(({ account, asset, purpose, total }) => {
    const vaultTotal =
      spoke.deposits.find((own) => own.account === account && own.asset === asset && own.purpose === purpose)
        ?.total ?? 0n;
    if (total <= vaultTotal) return [];
    return [
      `the hub credited ${showAccount(account)} with ${showAmount(hub, asset, total)} from ${spoke.name}, ` +
        `whose vault took ${showAmount(hub, asset, vaultTotal)}`,
    ];
  });
}

/** Liquidity of a chain = what was deposited there − what was paid there; reserved = what was promised there. */
function liquidityViolations({ hub }: NetworkState, lane: LaneState): string[] {
  return lane.liquidity.flatMap(({ asset, total, reserved }) => {
    const deposited = sum(
      lane.deposits.filter((deposit) => deposit.asset === asset).map((deposit) => deposit.total),
    );
    const payouts = hub.payouts.filter(
      ({ dstEid, pay, later }) => !later && dstEid === lane.eid && pay.asset === asset,
    );
    const paid = sum(payouts.filter(({ rank }) => rank === payoutRank.paid).map(({ pay }) => pay.amount));
    const promised = sum(payouts.filter(({ rank }) => !isTerminalRank(rank)).map(({ pay }) => pay.amount));
    const show = (amount: bigint) => showAmount(hub, asset, amount);
    const violations: string[] = [];
    if (total !== deposited - paid)
      violations.push(
        `liquidity on ${lane.eid} is ${show(total)}, its deposits less its payouts are ${show(deposited - paid)}`,
      );
    if (reserved !== promised)
      violations.push(`${show(reserved)} is reserved on ${lane.eid}, promised there is ${show(promised)}`);
    return violations;
  });
}

function requestViolations(state: NetworkState, request: RequestState): string[] {
  const name = `withdrawal ${showId(request.id)} of ${showAccount(request.account)}`;
  const violations = request.signed ? [] : unsignedViolations(state, request, name);
  const payouts = state.hub.payouts.filter(({ requestId, later }) => requestId === request.id && !later);
  for (const { id, dstEid, pay } of payouts) {
    if (pay.account !== request.account || dstEid !== request.dstEid || pay.asset !== request.asset)
      violations.push(`payout ${showId(id)} is not what ${name} asked for`);
    if (!isAddressEqual(pay.recipient, request.recipient))
      violations.push(`payout ${showId(id)} goes to ${pay.recipient}, ${name} named ${request.recipient}`);
    if (!request.signed && !mayReceive(state, request))
      violations.push(
        `payout ${showId(id)} of an unsigned request goes to ${request.recipient}, who was never registered`,
      );
  }
  const issued = sum(payouts.map(({ pay }) => pay.amount));
  if (issued !== request.amount - request.remaining)
    violations.push(
      `${name} was debited ${showAmount(state.hub, request.asset, request.amount - request.remaining)}, ` +
        `its payouts are ${showAmount(state.hub, request.asset, issued)}`,
    );
  return violations;
}

/** An unsigned request must be, field by field, what the owner asked for at the vault of the account's home. */
function unsignedViolations({ spokes }: NetworkState, request: RequestState, name: string): string[] {
  const { owner, homeEid } = parseAccountId(request.account);
  const asked = spokes
    .find(({ eid }) => eid === homeEid)
    ?.withdrawals.find(({ number }) => requestIdOf(homeEid, number) === request.id);
  if (asked === undefined) return [`${name} was not asked for at its home ${homeEid}`];
  const same =
    asked.account === request.account &&
    asked.asset === request.asset &&
    asked.amount === request.amount &&
    asked.dstEid === request.dstEid &&
    isAddressEqual(asked.recipient, request.recipient) &&
    asked.minimum === request.minimum &&
    asked.deadline === request.deadline;
  if (!same) return [`${name} is not what was asked for at its home ${homeEid}`];
  return isAddressEqual(asked.requester, owner)
    ? []
    : [`${name} was asked for by ${asked.requester}, not its owner`];
}

/** The home itself, or whom it registered at any time. */
function mayReceive({ hub }: NetworkState, { account, dstEid, recipient }: RequestState): boolean {
  const { owner, homeEid } = parseAccountId(account);
  if (homeEid === dstEid && isAddressEqual(owner, recipient)) return true;
  return hub.wallets.some(
    (known) =>
      known.account === account &&
      known.eid === dstEid &&
      isAddressEqual(known.wallet, recipient) &&
      (known.rights & walletRights.bePaid) !== 0,
  );
}

function asPeer(address: Hex): string {
  return padHex(address, { size: 32 }).toLowerCase();
}
