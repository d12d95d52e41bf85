import { CausewayError } from "../../errors/CausewayError.ts";
import { maximum, minimum } from "../math.ts";
import { type Random, random } from "../random.ts";
import type { TapeTrade } from "./parseTape.ts";

export interface AssignChainsParameters {
  trades: readonly TapeTrade[];
  /** How many chains; by default as many as the column `chain` names, else 3. */
  chains?: number;
  seed?: number;
  /** Whose trades to spread, by default everybody's. */
  spread?: ReadonlySet<string>;
}

/** A trade and the index of its chain, from 0. */
export type PlacedTrade = TapeTrade & { chain: number };

export interface Placement {
  trades: PlacedTrade[];
  /** How many chains there are. */
  chains: number;
  /** Whether the tape says where each trade took place; else we chose. */
  named: boolean;
}

const DEFAULT_CHAINS = 3;
/** How many trades a chain may be ahead of the least used one and still be chosen. */
const SLACK = 6;

/**
 * Puts each trade on a chain: where the tape says, its names being numbered alphabetically; else by `spreadTrades`.
 *
 * @throws CausewayError `TapeTooManyChains` if the tape names more chains than there are.
 */
export function assignChains({ trades, chains, seed = 1, spread }: AssignChainsParameters): Placement {
  const names = [...new Set(trades.map(({ chainName }) => chainName))].filter((name) => name !== null).sort();
  if (names.length === 0) {
    const count = chains ?? DEFAULT_CHAINS;
    return { trades: spreadTrades(trades, count, random(seed), spread), chains: count, named: false };
  }
  const count = chains ?? names.length;
  if (names.length > count) {
    const details = { found: names.length, expected: count, names };
    throw new CausewayError("TapeTooManyChains", { details });
  }
  const placed = trades.map((trade) => ({ ...trade, chain: names.indexOf(trade.chainName!) }));
  return { trades: placed, chains: count, named: true };
}

/**
 * Spreads trades as somebody does who opens on one chain and reduces on another: among the chains where the two
 * parties have traded about equally little, the one where this trade closes least of what they hold there.
 * So everybody trades on every chain, and where the tape has them trade both ways, their chains partly offset.
 */
function spreadTrades(
  trades: readonly TapeTrade[],
  chains: number,
  draw: Random,
  spread: ReadonlySet<string> | undefined,
): PlacedTrade[] {
  const counts = new Map<string, number>();
  const bases = new Map<string, bigint>();
  return trades.map((trade) => {
    const sides = [
      { account: trade.buyer, base: trade.base },
      { account: trade.seller, base: -trade.base },
    ].filter(({ account }) => spread?.has(account) ?? true);
    const options = Array.from(
      { length: chains },
      (_, chain): ChainOption => ({
        chain,
        load: sides.reduce((total, { account }) => total + (counts.get(`${account}\n${chain}`) ?? 0), 0),
        closes: sides.reduce((total, { account, base }) => {
          return total + closed(bases.get(`${account}\n${trade.instrument}\n${chain}`) ?? 0n, base);
        }, 0n),
        tie: draw.integer(2 ** 32),
      }),
    );
    const least = Math.min(...options.map(({ load }) => load));
    const { chain } = options
      .filter(({ load }) => load <= least + SLACK)
      .reduce((best, option) => (precedes(option, best) ? option : best));
    for (const { account, base } of sides) {
      const placeKey = `${account}\n${chain}`;
      const baseKey = `${account}\n${trade.instrument}\n${chain}`;
      counts.set(placeKey, (counts.get(placeKey) ?? 0) + 1);
      bases.set(baseKey, (bases.get(baseKey) ?? 0n) + base);
    }
    return { ...trade, chain };
  });
}

interface ChainOption {
  chain: number;
  load: number;
  closes: bigint;
  tie: number;
}

function precedes(a: ChainOption, b: ChainOption): boolean {
  if (a.closes !== b.closes) return a.closes < b.closes;
  return a.load === b.load ? a.tie < b.tie : a.load < b.load;
}

/** How much of `held` a trade of `base` closes. */
function closed(held: bigint, base: bigint): bigint {
  return held < 0n ? minimum(-held, maximum(0n, base)) : minimum(held, maximum(0n, -base));
}
