import { CausewayError } from "../errors/CausewayError.ts";
import { absolute, maximum, WAD } from "./math.ts";

/** Cumulative position of one account in one instrument on one chain. */
export interface ChainPosition {
  account: string;
  instrument: string;
  chain: number;
  /** 1e-8 of the underlying, signed. */
  base: bigint;
}

/** The same over all chains. */
export interface NetPosition {
  account: string;
  instrument: string;
  base: bigint;
  /** Sum of the chains where it is long, 1e-8; `shorts` likewise. */
  longs: bigint;
  shorts: bigint;
}

/** Marks by instrument, dollars per unit, 1e18. */
export type Marks = ReadonlyMap<string, bigint>;

export interface Netting {
  /** Σ over account × chain × instrument of |base| · mark, dollars 1e18, rounded down. */
  grossWad: bigint;
  /** The same summed over chains first. */
  netWad: bigint;
  /** 1 − net / gross, 1e18; zero where there is nothing to net. */
  efficiencyWad: bigint;
}

const BASE_UNIT = 10n ** 8n;

/** Sums positions over chains, by account and instrument, in order of first appearance. */
export function netPositions(positions: readonly ChainPosition[]): NetPosition[] {
  const net = new Map<string, NetPosition>();
  for (const { account, instrument, base } of positions) {
    const key = `${account}\n${instrument}`;
    const before = net.get(key) ?? { account, instrument, base: 0n, longs: 0n, shorts: 0n };
    net.set(key, {
      account,
      instrument,
      base: before.base + base,
      longs: before.longs + maximum(0n, base),
      shorts: before.shorts + maximum(0n, -base),
    });
  }
  return [...net.values()];
}

/**
 * How much open notional disappears when positions are summed over chains.
 *
 * @throws CausewayError `MarkMissing` for an instrument without a mark.
 */
export function netting(positions: readonly ChainPosition[], marks: Marks): Netting {
  const gross = notional(positions, marks);
  const net = notional(netPositions(positions), marks);
  return {
    grossWad: gross / BASE_UNIT,
    netWad: net / BASE_UNIT,
    efficiencyWad: gross === 0n ? 0n : ((gross - net) * WAD) / gross,
  };
}

/**
 * The mark of an instrument.
 *
 * @throws CausewayError `MarkMissing`.
 */
export function markOf(marks: Marks, instrument: string): bigint {
  const mark = marks.get(instrument);
  if (mark === undefined) throw new CausewayError("MarkMissing", { details: { instrument } });
  return mark;
}

/** Dollars, 1e26: not rounded yet. */
function notional(positions: readonly { instrument: string; base: bigint }[], marks: Marks): bigint {
  return positions.reduce(
    (total, { instrument, base }) => total + absolute(base) * markOf(marks, instrument),
    0n,
  );
}
