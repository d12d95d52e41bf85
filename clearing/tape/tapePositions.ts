import type { ChainPosition, Marks } from "../netting.ts";
import type { PlacedTrade } from "./assignChains.ts";
import type { TapeTrade } from "./parseTape.ts";

/** Position of every account on every chain after all trades, in order of first appearance. */
export function tapePositions(trades: readonly PlacedTrade[]): ChainPosition[] {
  const positions = new Map<string, ChainPosition>();
  const add = (account: string, { instrument, chain }: PlacedTrade, base: bigint): void => {
    const key = `${account}\n${instrument}\n${chain}`;
    const before = positions.get(key)?.base ?? 0n;
    positions.set(key, { account, instrument, chain, base: before + base });
  };
  for (const trade of trades) {
    add(trade.buyer, trade, trade.base);
    add(trade.seller, trade, -trade.base);
  }
  return [...positions.values()];
}

/** Last price of each instrument. */
export function lastPrices(trades: readonly TapeTrade[]): Marks {
  return new Map(trades.map(({ instrument, priceWad }) => [instrument, priceWad]));
}
