import { payoutRank } from "../../clearing/codec/payoutId.ts";
import { depositSeen, describeInFlight, spokesWithLanes } from "./inFlight.ts";
import { assetAt, showAmount, sum, verdict } from "./report.ts";
import type { NetworkState, SpokeState } from "./state.ts";
import type { RequirementCheck } from "./types.ts";

/**
 * CLR-01, conservation. Per asset:
 *
 *     tokens in all vaults = Σ balances at the hub + Σ variation pools (settlement asset)
 *                          + deposits that the hub has not seen + payouts debited but not executed + surplus
 *
 * It is an equality at all times, because what is in flight is counted from both ends. The surplus (donations, and what a
 * token credits beyond a shared unit) is measured from the vaults' books alone, as tokens − (deposits − executed payouts): it must
 * not be negative in any vault, and with none of it the tokens equal the claims exactly.
 */
export function clr01(state: NetworkState): RequirementCheck {
  const violations: string[] = [];
  const summaries: string[] = [];
  for (const asset of assetIds(state)) {
    const { tokens, balances, pools, undelivered, unpaid, unaware, surplus } = conservation(state, asset);
    const show = (amount: bigint) => showAmount(state.hub, asset, amount);
    const claims = balances + pools + undelivered + unpaid - unaware;
    if (tokens - claims !== surplus)
      violations.push(
        `${show(tokens)} in the vaults, ${show(claims)} claimed: a difference of ${show(tokens - claims)}, of which ${show(surplus)} is surplus of the vaults`,
      );
    for (const spoke of state.spokes) {
      const own = surplusOf(spoke, asset);
      if (own < 0n) violations.push(`the vault on ${spoke.name} lacks ${show(-own)} of its own books`);
    }
    summaries.push(
      `${assetAt(state.hub, asset).symbol} ${show(tokens)} in vaults = ${show(balances)} balances + ${show(pools)} pools + ` +
        `${show(undelivered)} deposits in flight + ${show(unpaid - unaware)} payouts in flight + ${show(surplus)} surplus`,
    );
  }
  return verdict("CLR-01", violations, `${summaries.join("; ")}; ${describeInFlight(state)}`);
}

function conservation(state: NetworkState, asset: number) {
  const { hub } = state;
  const executed = executedIds(state);
  const payouts = hub.payouts.filter(({ pay }) => pay.asset === asset);
  const amounts = (chosen: typeof payouts) => sum(chosen.map(({ pay }) => pay.amount));
  return {
    tokens: sum(state.spokes.map((spoke) => tokensOf(spoke, asset))),
    balances: sum(hub.balances.filter((balance) => balance.asset === asset).map(({ amount }) => amount)),
    pools: asset === hub.settlementAsset ? sum(hub.pools.values()) : 0n,
    undelivered: sum(
      spokesWithLanes(state).flatMap(({ spoke, lane }) =>
        spoke.deposits
          .filter((deposit) => deposit.asset === asset)
          .map((deposit) => deposit.total - depositSeen(lane, deposit)),
      ),
    ),
    // What was cancelled is among the balances again, once the hub knows.
    unpaid: amounts(
      payouts.filter(({ id, later, rank }) => !later && !executed.has(id) && rank !== payoutRank.cancelled),
    ),
    // Executed already, while the ledger was read before it was debited.
    unaware: amounts(payouts.filter(({ id, later }) => later && executed.has(id))),
    surplus: sum(state.spokes.map((spoke) => surplusOf(spoke, asset))),
  };
}

/** Payouts that their own destination executed. */
function executedIds({ hub, spokes }: NetworkState): Set<string> {
  const executed = hub.payouts.filter(
    ({ id, dstEid }) => spokes.find(({ eid }) => eid === dstEid)?.ranks.get(id) === payoutRank.paid,
  );
  return new Set(executed.map(({ id }) => id));
}

/** Tokens of a vault in whole shared units. */
export function tokensOf(spoke: SpokeState, asset: number): bigint {
  return sum(
    spoke.tokens.filter((token) => token.asset === asset).map(({ balance, scale }) => balance / scale),
  );
}

/** A vault's tokens beyond what its own books say was deposited and paid, in shared units. */
function surplusOf(spoke: SpokeState, asset: number): bigint {
  const deposited = sum(
    spoke.deposits.filter((deposit) => deposit.asset === asset).map(({ total }) => total),
  );
  const paid = spoke.resolutions.filter(
    (payout) => payout.asset === asset && payout.rank === payoutRank.paid,
  );
  return tokensOf(spoke, asset) - deposited + sum(paid.map(({ amount }) => amount));
}

/** Every asset that the hub or a vault lists. */
export function assetIds({ hub, spokes }: NetworkState): number[] {
  const listed = spokes.flatMap(({ tokens }) => tokens.map(({ asset }) => asset));
  return [...new Set([...hub.assets.map(({ id }) => id), ...listed])].sort((a, b) => a - b);
}
