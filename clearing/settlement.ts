import { maximum, minimum } from "./math.ts";
import { positionValue } from "./positionValue.ts";

export interface SettledPosition {
  /** 1e-8, signed. */
  base: bigint;
  /** 1e-6 dollar, signed. */
  quote: bigint;
  /** What the account can pay, 1e-6 dollar: its cash, signed, and what it would be lent. */
  cash: bigint;
}

export interface SettlementParameters {
  /** Dollars per unit, 1e18. */
  markWad: bigint;
  /** What losers of this instrument have paid in and gainers have not taken out, 1e-6 dollar. */
  variationPool: bigint;
  /** Σ base and Σ quote that each spoke has reported: not zero while one side of a trade is still on its way. */
  spokeSums: readonly { base: bigint; quote: bigint }[];
  positions: readonly SettledPosition[];
}

export interface Settlement {
  /** 1e-6 dollar moved from quote to cash, position by position; negative = paid into the pool. */
  amounts: bigint[];
  variationPool: bigint;
}

/**
 * Brings positions in one instrument towards zero value against cash, to the bit as the hub's `settle`: losers pay
 * as far as their cash goes, then gainers share, pro rata and rounded down, what the pool holds beyond the spokes'
 * unmatched gains. `cash + quote` of a position never changes.
 */
export function settlement({
  markWad,
  variationPool,
  spokeSums,
  positions,
}: SettlementParameters): Settlement {
  const values = positions.map(({ base, quote }) => positionValue({ base, quote, markWad }));
  const paidIn = positions.map(({ cash }, i) => minimum(maximum(0n, -values[i]!), maximum(0n, cash)));
  const pool = variationPool + sum(paidIn);

  const gains = values.map((value) => maximum(0n, value));
  const wanted = sum(gains);
  const unmatched = sum(spokeSums.map((spoke) => maximum(0n, positionValue({ ...spoke, markWad }))));
  const available = minimum(wanted, maximum(0n, pool - unmatched));
  const paidOut = gains.map((gain) => (wanted === 0n ? 0n : (gain * available) / wanted));
  return {
    amounts: positions.map((_, i) => paidOut[i]! - paidIn[i]!),
    variationPool: pool - sum(paidOut),
  };
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
