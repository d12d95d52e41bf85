import type { Hex } from "viem";
import { minimum } from "../../clearing/math.ts";
import type { ObservedTrade } from "../price/signTrades.ts";

/** As `TradeSource.MAX_TRADES`. */
const MAX_TRADES = 64;

/**
 * Of trades in their order, those that `TradeSource` may still count: neither side has used up its allowance in those before. At most 64: of more in one interval the rest counts for nothing, so that many small trades can keep others out.
 *
 * @param allowanceBase most that one account counts for, 1e-8
 */
export function pickTrades(
  trades: readonly ObservedTrade[],
  allowanceBase: bigint,
): readonly ObservedTrade[] {
  const used = new Map<Hex, bigint>();
  const leftOf = (account: Hex) => allowanceBase - (used.get(account) ?? 0n);
  const picked: ObservedTrade[] = [];
  for (const trade of trades) {
    if (picked.length === MAX_TRADES) break;
    const { buyer, seller, base } = trade;
    const counted = minimum(base, minimum(leftOf(buyer), leftOf(seller)));
    if (counted === 0n || buyer === seller) continue;
    for (const account of [buyer, seller]) used.set(account, (used.get(account) ?? 0n) + counted);
    picked.push(trade);
  }
  return picked;
}
