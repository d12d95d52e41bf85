import type { UnderlyingHoldings } from "../../clearing/margin/portfolioMargin.ts";
import { minimum } from "../../clearing/math.ts";
import { type ChainPosition, netPositions } from "../../clearing/netting.ts";
import { positionValue } from "../../clearing/positionValue.ts";
import type { PortfolioFile } from "../schema/margin.ts";
import { type InstrumentName, parseInstrument } from "./parseInstrument.ts";
import { exactDecimal } from "./portfolioError.ts";
import { type FileUnderlying, fileUnderlying } from "./portfolioMarkets.ts";

const BASE_DECIMALS = 8;
const MICRO_DECIMALS = 6;
const WAD_PER_MICRO = 10n ** 12n;

/** What a portfolio file holds, in the units of `clearing/`. */
export interface FilePortfolio {
  chains: readonly string[];
  underlyings: readonly string[];
  /** Of all chains netted, or of one alone; an item for each of `underlyings` that is held there. */
  holdings(chain?: string): { symbol: string; held: UnderlyingHoldings }[];
  /** What the positions of each underlying are worth over all chains, and up to what gains count for initial margin; dollars, 1e18. */
  values: { valueWad: bigint; gainsCapWad: bigint }[];
}

interface FileInstrument {
  name: InstrumentName;
  markWad: bigint;
  array: bigint[];
}

interface FileRow extends ChainPosition {
  name: InstrumentName;
  /** 1e-6 dollar; null: opened at the mark, so worth nothing yet. */
  quote: bigint | null;
}

/** @throws CausewayError `PortfolioInvalid`, `PricingInputOutOfRange` */
export function filePortfolio(file: PortfolioFile, time: bigint): FilePortfolio {
  const chains = Object.keys(file.positions);
  const rows = chains.flatMap((name, chain) => rowsOf(file, name, chain));
  const names = new Map(rows.map(({ instrument, name }) => [instrument, name]));
  const underlyings = [...new Set([...names.values()].map(({ underlying }) => underlying))];
  const markets = new Map(underlyings.map((symbol) => [symbol, fileUnderlying(file, symbol, time)]));
  const instruments = new Map(
    [...names].map(([instrument, name]) => [instrument, fileInstrument(name, markets.get(name.underlying)!)]),
  );
  return {
    chains,
    underlyings,
    holdings(chain) {
      const held = rows.filter((row) => chain === undefined || chains[row.chain] === chain);
      const bySymbol = Map.groupBy(held, ({ instrument }) => names.get(instrument)!.underlying);
      return [...bySymbol].map(([symbol, of]) => {
        const { parameters, market } = markets.get(symbol)!;
        return { symbol, held: { parameters, market, holdings: legs(of, instruments) } };
      });
    },
    values: underlyings.map((symbol) => {
      // What was opened now is worth nothing yet.
      const of = rows.filter(({ name, quote }) => name.underlying === symbol && quote !== null);
      const micros = [...Map.groupBy(of, ({ instrument }) => instrument)].map(([instrument, some]) => {
        const { markWad } = instruments.get(instrument)!;
        return positionValue({ base: sum(some, ({ base }) => base), quote: sum(some, quoteOf), markWad });
      });
      const value = micros.reduce((total, one) => total + one, 0n);
      return { valueWad: value * WAD_PER_MICRO, gainsCapWad: markets.get(symbol)!.gainsCapWad };
    }),
  };
}

function rowsOf({ positions }: PortfolioFile, name: string, chain: number): FileRow[] {
  return positions[name]!.map(({ instrument, base, quote }, i) => {
    const key = `positions.${name}.${i}`;
    const parsed = parseInstrument(`${key}.instrument`, instrument);
    return {
      account: "",
      instrument: parsed.id,
      name: parsed,
      chain,
      base: exactDecimal(`${key}.base`, base, BASE_DECIMALS),
      quote: quote === undefined ? null : exactDecimal(`${key}.quote`, quote, MICRO_DECIMALS),
    };
  });
}

function quoteOf({ quote }: FileRow): bigint {
  return quote ?? 0n;
}

/** A chain's rows in one instrument are one position: they offset each other for nothing. */
function oncePerChain(rows: readonly FileRow[]): ChainPosition[] {
  const groups = Map.groupBy(rows, ({ chain, instrument }) => `${chain} ${instrument}`);
  return Array.from(groups.values(), (of) => ({ ...of[0]!, base: sum(of, ({ base }) => base) }));
}

function sum(rows: readonly FileRow[], of: (row: FileRow) => bigint): bigint {
  return rows.reduce((total, row) => total + of(row), 0n);
}

function fileInstrument(name: InstrumentName, { market, price }: FileUnderlying): FileInstrument {
  if (name.kind === "perpetual") return { name, markWad: market.priceWad, array: [] };
  const { priceWad, entries } = price(name);
  return { name, markWad: priceWad, array: entries };
}

function legs(
  rows: readonly FileRow[],
  instruments: ReadonlyMap<string, FileInstrument>,
): UnderlyingHoldings["holdings"] {
  const net = netPositions(oncePerChain(rows)).map(({ instrument, base, longs, shorts }) => {
    const { name, array } = instruments.get(instrument)!;
    return { name, array, leg: { base, offset: minimum(longs, shorts) } };
  });
  return {
    perpetuals: net.flatMap(({ name, leg }) => (name.kind === "perpetual" ? [leg] : [])),
    options: net.flatMap(({ name, array, leg }) =>
      name.kind === "option" ? [{ ...leg, right: name.right, expiry: name.expiry, array }] : [],
    ),
  };
}
