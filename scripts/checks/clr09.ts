import { payoutRank } from "../../clearing/codec/payoutId.ts";
import { assetIds, tokensOf } from "./clr01.ts";
import { spokesWithLanes } from "./inFlight.ts";
import { showAmount, sum, verdict } from "./report.ts";
import type { LaneState, NetworkState, SpokeState } from "./state.ts";
import type { RequirementCheck } from "./types.ts";

/**
 * CLR-09, no promise without a reserve. Per chain and asset: reserved ≤ the hub's ledger liquidity, and that less what
 * the vault has paid already without the hub knowing ≤ the vault's tokens.
 */
export function clr09(state: NetworkState): RequirementCheck {
  const violations: string[] = [];
  let reservedAnywhere = 0;
  for (const { spoke, lane } of spokesWithLanes(state)) {
    for (const asset of assetIds(state)) {
      const { total, reserved } = liquidityOf(lane, asset);
      const unbooked = unbookedPayouts(state, spoke, asset);
      const tokens = tokensOf(spoke, asset);
      const show = (amount: bigint) => showAmount(state.hub, asset, amount);
      if (reserved > 0n) reservedAnywhere += 1;
      if (reserved > total)
        violations.push(`on ${spoke.name} ${show(reserved)} is reserved of ${show(total)}`);
      if (total - unbooked > tokens)
        violations.push(
          `the hub counts on ${show(total)} on ${spoke.name}, of which ${show(unbooked)} is paid already, but the vault holds ${show(tokens)}`,
        );
    }
  }
  return verdict("CLR-09", violations, summarize(state, reservedAnywhere));
}

function summarize(state: NetworkState, reservedAnywhere: number): string {
  const chains = spokesWithLanes(state).map(({ spoke, lane }) => {
    const held = lane.liquidity.filter(({ total }) => total > 0n);
    return `${spoke.name} ${held.map(({ asset, total }) => showAmount(state.hub, asset, total)).join(", ") || "nothing"}`;
  });
  return `ledger liquidity: ${chains.join("; ")}; ${reservedAnywhere} with reserves`;
}

function liquidityOf(lane: LaneState, asset: number): { total: bigint; reserved: bigint } {
  return lane.liquidity.find((liquidity) => liquidity.asset === asset) ?? { total: 0n, reserved: 0n };
}

/** What the vault has paid while the hub's liquidity still counts on it. */
function unbookedPayouts({ hub }: NetworkState, spoke: SpokeState, asset: number): bigint {
  const booked = new Set(hub.payouts.filter(({ rank }) => rank === payoutRank.paid).map(({ id }) => id));
  const paid = spoke.resolutions.filter(
    (payout) => payout.asset === asset && payout.rank === payoutRank.paid,
  );
  return sum(paid.filter(({ payoutId }) => !booked.has(payoutId)).map(({ amount }) => amount));
}
