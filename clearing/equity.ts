import { FRESH } from "./freshness.ts";
import { maximum } from "./math.ts";
import { type PositionValueParameters, positionValue } from "./positionValue.ts";

const WAD_PER_MICRO = 10n ** 12n;
const BPS = 10_000n;

export interface CollateralBalance {
  /** In the asset's shared unit. */
  amount: bigint;
  sharedDecimals: number;
  /** Dollars per unit, 1e18. */
  priceWad: bigint;
  /** How far below that the oracle's band reaches, 1e18; it counts for initial margin. */
  confidenceWad?: bigint;
  haircutBps: bigint;
  /** How far the asset's balances count, 1e-9: `assetFreshness`; in full by default. For initial margin. */
  freshnessPpb?: bigint;
}

export interface EquityParameters {
  /** Settlement asset, 1e-6 dollar, signed. */
  cash: bigint;
  /** As of collateral. */
  cashFreshnessPpb?: bigint;
  collateral: readonly CollateralBalance[];
  positions: readonly PositionValueParameters[];
}

/**
 * Equity in dollars, 1e18: cash, collateral after its haircut and positions at their marks, each rounded down.
 * Mirror of the hub's `Portfolio.margin` with either of its two haircuts.
 */
export function equity({ cash, cashFreshnessPpb = FRESH, collateral, positions }: EquityParameters): bigint {
  const held = collateral.reduce(
    (total, { amount, priceWad, confidenceWad = 0n, haircutBps, sharedDecimals, freshnessPpb = FRESH }) => {
      const unit = 10n ** BigInt(sharedDecimals) * BPS;
      const lower = maximum(0n, priceWad - confidenceWad);
      return total + (((amount * lower * (BPS - haircutBps)) / unit) * freshnessPpb) / FRESH;
    },
    0n,
  );
  const open = positions.reduce((total, position) => total + positionValue(position), 0n);
  // A debt counts in full.
  const counted = cash > 0n ? (cash * WAD_PER_MICRO * cashFreshnessPpb) / FRESH : cash * WAD_PER_MICRO;
  return counted + open * WAD_PER_MICRO + held;
}
