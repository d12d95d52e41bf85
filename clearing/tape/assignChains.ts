import { CausewayError } from "../../errors/CausewayError.ts";
import { random } from "../random.ts";
import type { TapeTrade } from "./parseTape.ts";

export interface AssignChainsParameters {
  trades: readonly TapeTrade[];
  /** How many chains; by default as many as the column `chain` names, else 3. */
  chains?: number;
  seed?: number;
  /** Whose trades to spread evenly, by default everybody's. */
  spread?: ReadonlySet<string>;
}

/** A trade and the index of its chain, from 0. */
export type PlacedTrade = TapeTrade & { chain: number };

export interface Placement {
  trades: PlacedTrade[];
  /** How many chains there are. */
  chains: number;
}

const DEFAULT_CHAINS = 3;

/**
 * Puts each trade on a chain: where the tape says, its names being numbered alphabetically; else where those who trade
 * have traded least so far, ties by `seed`. So each account trades on every chain, whichever way it trades, and
 * what it does on one chain partly offsets what it does on another.
 *
 * @throws CausewayError `TapeTooManyChains` if the tape names more chains than there are.
 */
export function assignChains({ trades, chains, seed = 1, spread }: AssignChainsParameters): Placement {
  const names = [...new Set(trades.map(({ chainName }) => chainName))].filter((name) => name !== null).sort();
  if (names.length > 0) {
    const count = chains ?? names.length;
    if (names.length > count)
      throw new CausewayError("TapeTooManyChains", {
        details: { found: names.length, expected: count, names: names.join(", ") },
      });
    return {
      trades: trades.map((trade) => ({ ...trade, chain: names.indexOf(trade.chainName!) })),
      chains: count,
    };
  }
  const count = chains ?? DEFAULT_CHAINS;
  return { trades: spreadEvenly(trades, count, seed, spread), chains: count };
}

function spreadEvenly(
  trades: readonly TapeTrade[],
  chains: number,
  seed: number,
  spread: ReadonlySet<string> | undefined,
): PlacedTrade[] {
  const draw = random(seed);
  const counts = new Map<string, number[]>();
  const countsOf = (account: string): number[] => {
    const found = counts.get(account) ?? Array.from({ length: chains }, () => 0);
    counts.set(account, found);
    return found;
  };
  return trades.map((trade) => {
    const parties = [trade.buyer, trade.seller]
      .filter((account) => spread?.has(account) ?? true)
      .map(countsOf);
    const load = Array.from({ length: chains }, (_, chain) =>
      parties.reduce((total, of) => total + of[chain]!, 0),
    );
    const least = Math.min(...load);
    const candidates = load.flatMap((value, chain) => (value === least ? [chain] : []));
    const chain = candidates[draw.integer(candidates.length)]!;
    for (const of of parties) of[chain]! += 1;
    return { ...trade, chain };
  });
}
