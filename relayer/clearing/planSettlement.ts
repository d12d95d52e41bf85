import type { Hex } from "viem";
import { absolute } from "../../clearing/math.ts";

/** A position that may be settled. */
export interface SettleCandidate {
  account: Hex;
  /** At the mark, 1e-6 dollar. */
  value: bigint;
  /** What it can pay: its cash, and what the hub would lend it, 1e-6 dollar. */
  cash: bigint;
}

export interface PlanSettlementParameters<Candidate extends SettleCandidate> {
  candidates: readonly Candidate[];
  /** Positions worth less than this, 1e-6 dollar, are left. */
  minimum: bigint;
  /** Most accounts in one call. */
  maxAccounts: number;
}

/**
 * Groups positions into calls of `settle`: the largest first, as many losers as gainers in each as there are, for gainers are paid what losers
 * bring. Losers who can pay nothing are left. Each call is ascending by account, as the hub wants it.
 */
export function planSettlement<Candidate extends SettleCandidate>(
  parameters: PlanSettlementParameters<Candidate>,
): Candidate[][] {
  const { candidates, minimum, maxAccounts } = parameters;
  const worth = candidates.filter(({ value }) => value !== 0n && absolute(value) >= minimum);
  const losers = worth.filter(({ value, cash }) => value < 0n && cash > 0n).toSorted(bySize);
  const gainers = worth.filter(({ value }) => value > 0n).toSorted(bySize);
  const calls: Candidate[][] = [];
  while (losers.length + gainers.length > 0) {
    const half = Math.ceil(maxAccounts / 2);
    const fromLosers = Math.min(losers.length, Math.max(half, maxAccounts - gainers.length));
    const call = losers.splice(0, fromLosers);
    call.push(...gainers.splice(0, maxAccounts - call.length));
    calls.push(call.toSorted(byAccount));
  }
  return calls;
}

function bySize(a: SettleCandidate, b: SettleCandidate): number {
  const difference = absolute(b.value) - absolute(a.value);
  return difference === 0n ? 0 : difference > 0n ? 1 : -1;
}

/** Ascending, as the hub wants the accounts of a call. */
export function byAccount(a: SettleCandidate, b: SettleCandidate): number {
  return BigInt(a.account) < BigInt(b.account) ? -1 : 1;
}
