import { maximum } from "./math.ts";

/** Everything is fresh, 1e-9. */
export const FRESH = 10n ** 9n;
/** Seconds beyond a lane's lag after which nothing of its tokens counts. */
const FADE = 28n * 60n;

export interface LaneFreshnessParameters {
  /** Since the last report at which both ends agreed. */
  ageSeconds: bigint;
  /** `maxLagSeconds` of the lane. */
  lagSeconds: bigint;
  /** The hub's ledger of the asset's tokens there, shared units. */
  liquidity: bigint;
}

/** How far a chain's tokens count for initial margin, 1e-9, rounded down. Mirror of `Freshness.ofAge`. */
export function laneFreshness({
  ageSeconds,
  lagSeconds,
}: Omit<LaneFreshnessParameters, "liquidity">): bigint {
  if (ageSeconds <= lagSeconds) return FRESH;
  return (FRESH * maximum(0n, lagSeconds + FADE - ageSeconds)) / FADE;
}

/** How far an asset's balances count for initial margin, 1e-9, rounded down. Mirror of `Freshness.ofAsset`. */
export function assetFreshness(lanes: readonly LaneFreshnessParameters[]): bigint {
  const total = lanes.reduce((sum, { liquidity }) => sum + liquidity, 0n);
  if (total === 0n) return FRESH;
  return lanes.reduce((sum, lane) => sum + lane.liquidity * laneFreshness(lane), 0n) / total;
}
