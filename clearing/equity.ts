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
}

export interface EquityParameters {
  /** Settlement asset, 1e-6 dollar, signed. */
  cash: bigint;
  collateral: readonly CollateralBalance[];
  positions: readonly PositionValueParameters[];
}

/**
 * Equity in dollars, 1e18: cash, collateral after its haircut and positions at their marks, each rounded down.
 * Mirror of the hub's `Portfolio.margin` with either of its two haircuts.
 */
export function equity({ cash, collateral, positions }: EquityParameters): bigint {
  const held = collateral.reduce(
    (total, { amount, priceWad, confidenceWad = 0n, haircutBps, sharedDecimals }) => {
      const unit = 10n ** BigInt(sharedDecimals) * BPS;
      const lower = maximum(0n, priceWad - confidenceWad);
      return total + (amount * lower * (BPS - haircutBps)) / unit;
    },
    0n,
  );
  const open = positions.reduce((total, position) => total + positionValue(position), 0n);
  return (cash + open) * WAD_PER_MICRO + held;
}
