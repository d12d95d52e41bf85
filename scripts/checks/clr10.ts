import type { Hex } from "viem";
import { isTerminalRank, payoutId, payoutRank } from "../../clearing/codec/payoutId.ts";
import { showAmount, showId, verdict } from "./report.ts";
import type { NetworkState, PayoutState, SpokeState } from "./state.ts";
import type { RequirementCheck } from "./types.ts";

type Resolution = SpokeState["resolutions"][number] & { spoke: SpokeState };

/**
 * CLR-10, a payout id pays at most once: over all chains, only at the destination that the hub named, and exactly what
 * the hub issued. Each id is recomputed from its preimage, and the hub never believes a higher rank than the vault has.
 */
export function clr10(state: NetworkState): RequirementCheck {
  const issued = new Map(state.hub.payouts.map((payout) => [payout.id, payout]));
  const resolutions = new Map<Hex, Resolution[]>();
  for (const spoke of state.spokes)
    for (const resolution of spoke.resolutions) {
      const known = resolutions.get(resolution.payoutId) ?? [];
      resolutions.set(resolution.payoutId, [...known, { ...resolution, spoke }]);
    }

  const violations = [
    ...[...resolutions].flatMap(([id, found]) => resolutionViolations(state, id, found, issued.get(id))),
    ...state.hub.payouts.flatMap((payout) => issueViolations(state, payout)),
  ];
  if (issued.size !== state.hub.payouts.length) violations.push("the hub issued a payout id twice");
  return verdict("CLR-10", violations, summarize(state));
}

/** How one id was resolved, over all chains. */
function resolutionViolations(
  state: NetworkState,
  id: Hex,
  found: readonly Resolution[],
  payout: PayoutState | undefined,
): string[] {
  const name = `payout ${showId(id)}`;
  const places = found.map(({ spoke }) => spoke.name).join(" and ");
  if (payout === undefined) {
    // Anyone may cancel what was never issued, to no effect.
    if (found.every(({ rank }) => rank === payoutRank.cancelled)) return [];
    return [`${name} was resolved on ${places}, but the hub never issued it`];
  }
  const violations: string[] = [];
  if (found.filter(({ rank }) => isTerminalRank(rank)).length > 1)
    violations.push(`${name} ended more than once, on ${places}`);
  if (found.filter(({ rank }) => rank === payoutRank.paid).length > 1)
    violations.push(`${name} was paid more than once, on ${places}`);
  if (
    found.some(
      ({ rank }, i) => i > 0 && found[i - 1]!.spoke === found[i]!.spoke && rank <= found[i - 1]!.rank,
    )
  )
    violations.push(`${name} went back in rank on ${places}`);
  for (const { spoke, recipient, asset, amount } of found) {
    if (spoke.eid !== payout.dstEid)
      violations.push(`${name} was for ${payout.dstEid}, but was resolved on ${spoke.name}`);
    if (recipient !== payout.pay.recipient || asset !== payout.pay.asset || amount !== payout.pay.amount)
      violations.push(
        `${name} gave ${showAmount(state.hub, asset, amount)} to ${recipient}, issued was ` +
          `${showAmount(state.hub, payout.pay.asset, payout.pay.amount)} to ${payout.pay.recipient}`,
      );
  }
  return violations;
}

/** What the hub says of a payout, against its preimage and the vaults' ranks. */
function issueViolations({ hub, spokes }: NetworkState, payout: PayoutState): string[] {
  const name = `payout ${showId(payout.id)}`;
  const elsewhere = spokes.filter(
    ({ eid, ranks }) => eid !== payout.dstEid && (ranks.get(payout.id) ?? 0) > 0,
  );
  const violations = elsewhere.map(
    (spoke) => `${name} has a rank on ${spoke.name}, which is not its destination`,
  );
  const destination = spokes.find(({ eid }) => eid === payout.dstEid);
  if (destination === undefined)
    return [...violations, `${name} is for ${payout.dstEid}, where there is no vault`];

  const places = { hubEid: hub.eid, hub: hub.address, dstEid: payout.dstEid, vault: destination.vault };
  if (payoutId(places, payout.pay) !== payout.id) violations.push(`${name} is not the id of what it pays`);
  const rank = destination.ranks.get(payout.id) ?? payoutRank.none;
  if (payout.rank > rank || (isTerminalRank(payout.rank) && payout.rank !== rank))
    violations.push(`${name} has rank ${payout.rank} at the hub, ${rank} at the vault`);
  const told = destination.resolutions.filter((resolution) => resolution.payoutId === payout.id);
  if (Math.max(payoutRank.none, ...told.map((resolution) => resolution.rank)) !== rank)
    violations.push(`${name} has rank ${rank} on ${destination.name}, which its log does not tell`);
  return violations;
}

function summarize({ hub, spokes }: NetworkState): string {
  const paid = spokes.flatMap(({ resolutions }) =>
    resolutions.filter(({ rank }) => rank === payoutRank.paid),
  );
  const booked = hub.payouts.filter(({ rank }) => rank === payoutRank.paid);
  return `${hub.payouts.length} payouts issued, ${paid.length} paid, each once and as issued, ${booked.length} booked at the hub`;
}
