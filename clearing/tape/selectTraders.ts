import { CausewayError } from "../../errors/CausewayError.ts";
import { random } from "../random.ts";
import type { TapeTrade } from "./parseTape.ts";

export interface SelectTradersParameters {
  trades: readonly TapeTrade[];
  /** How many of the busiest accounts become traders. */
  traders?: number;
  /** How many accounts stand in for all others. */
  makers?: number;
  /** How many of the busiest underlyings count. */
  underlyings?: number;
  /** Fewest trades that must remain. */
  minTrades?: number;
  seed?: number;
}

export interface Selection {
  /** As in the tape, `buyer` and `seller` being of `traders` or `makers`, at least one of them a trader. */
  trades: TapeTrade[];
  /** Names in the tape, busiest first. */
  traders: string[];
  makers: string[];
  /** Busiest first. */
  underlyings: string[];
  /** Rows left out, by reason. */
  skipped: { otherUnderlying: number; noTrader: number };
}

/**
 * The part of a tape that a few accounts can replay: the busiest underlyings, and in them the busiest accounts as
 * traders. Busy = number of trades; ties by name. A side that is no trader becomes a maker, the same side always the
 * same maker; rows with no trader are skipped.
 *
 * @throws CausewayError `TapeTooShort` if fewer than `minTrades` remain.
 */
export function selectTraders({
  trades,
  traders: traderCount = 12,
  makers: makerCount = 4,
  underlyings: underlyingCount = 8,
  minTrades = 300,
  seed = 1,
}: SelectTradersParameters): Selection {
  const underlyings = busiest(
    trades.map(({ underlying }) => underlying),
    underlyingCount,
  );
  const listed = trades.filter(({ underlying }) => underlyings.includes(underlying));
  const traders = busiest(
    listed.flatMap(({ buyer, seller }) => [buyer, seller]),
    traderCount,
  );
  // With a space: no account of a tape has this name.
  const makers = Array.from({ length: makerCount }, (_, i) => `maker ${i + 1}`);
  const isTrader = new Set(traders);
  const makerOf = assignMakers(makers, seed);
  const selected = listed
    .filter(({ buyer, seller }) => isTrader.has(buyer) || isTrader.has(seller))
    .map((trade) => ({
      ...trade,
      buyer: isTrader.has(trade.buyer) ? trade.buyer : makerOf(trade.buyer),
      seller: isTrader.has(trade.seller) ? trade.seller : makerOf(trade.seller),
    }));
  if (selected.length < minTrades) {
    throw new CausewayError("TapeTooShort", {
      details: { found: selected.length, expected: minTrades, rows: trades.length, traders: traders.length },
    });
  }
  const skipped = {
    otherUnderlying: trades.length - listed.length,
    noTrader: listed.length - selected.length,
  };
  return { trades: selected, traders, makers, underlyings, skipped };
}

/** The `count` most frequent names; ties by name, so that the order of rows does not matter. */
function busiest(names: readonly string[], count: number): string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, count)
    .map(([name]) => name);
}

function assignMakers(makers: readonly string[], seed: number): (account: string) => string {
  const draw = random(seed);
  const assigned = new Map<string, string>();
  return (account) => {
    const maker = assigned.get(account) ?? makers[draw.integer(makers.length)]!;
    assigned.set(account, maker);
    return maker;
  };
}
