import { type PositionValueParameters, positionValue } from "./positionValue.ts";

const WAD_PER_MICRO = 10n ** 12n;
const BPS = 10_000n;

export interface CollateralBalance {
  /** In the asset's shared unit. */
  amount: bigint;
  sharedDecimals: number;
  /** Dollars per unit, 1e18. */
  priceWad: bigint;
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
  const held = collateral.reduce((total, { amount, priceWad, haircutBps, sharedDecimals }) => {
    const unit = 10n ** BigInt(sharedDecimals) * BPS;
    return total + (amount * priceWad * (BPS - haircutBps)) / unit;
  }, 0n);
  const open = positions.reduce((total, position) => total + positionValue(position), 0n);
  return (cash + open) * WAD_PER_MICRO + held;
}
