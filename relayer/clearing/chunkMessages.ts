import { commandFormat } from "../../clearing/codec/command.ts";
import { optionTerms } from "../../clearing/codec/instrumentId.ts";
import { type Layout, sizeOf } from "../../clearing/codec/layout.ts";
import { reportFormat } from "../../clearing/codec/report.ts";
import type { CommandKey, ReportKey } from "./keys.ts";

/** Most that one message may take. */
export interface MessageBounds {
  maxMessageBytes: number;
  /** Gas at the destination. */
  maxMessageGas: bigint;
}

/** A key to be reported, with what the hub lacks of it. */
export interface ReportItem {
  key: ReportKey;
  /** The hub does not know its indices: its names must travel. */
  withNames: boolean;
  /** The hub has no such pair yet: applying it takes more. */
  isNew: boolean;
  /** The vault tells what was used of the pair's closing allowance with it. */
  closes: boolean;
}

/** One call of `SpokeVault.report`. */
export interface ReportChunk {
  keys: ReportKey[];
  withNames: boolean;
}

interface Cost {
  bytes: number;
  gas: bigint;
}

/** As `ReportCodec.NEW_PAIR_GAS`: the vault buys it for pairs that it reports for the first time, by name, or of an option that has expired. */
const NEW_PAIR_GAS = 75_000n;
const BASE_GAS = 100_000n;
/** Header, and a section header for each kind that there is. */
const OVERHEAD_BYTES = 64;

/**
 * Splits what is to be reported into messages inside the bounds. Keys keep their order; those that need names travel apart from those that do
 * not, because a report names all of its accounts and instruments or only those never sent.
 */
export function chunkReport(items: readonly ReportItem[], bounds: MessageBounds): ReportChunk[] {
  return [false, true].flatMap((withNames) => {
    const mine = items.filter((item) => item.withNames === withNames);
    let named = new Set<string>();
    return split(
      mine,
      bounds,
      (item, isFirst) => {
        if (isFirst) named = new Set();
        const cost = reportCost(item, named);
        for (const { id } of namesOf(item)) named.add(id);
        return cost;
      },
      ({ key }) => key,
    ).map((keys) => ({ keys, withNames }));
  });
}

/** Splits what is to be commanded into messages inside the bounds. Keys keep their order. */
export function chunkCommand(keys: readonly CommandKey[], bounds: MessageBounds): CommandKey[][] {
  return split(
    keys,
    bounds,
    (key) => costOf(commandFormat.kinds[key.kind]),
    (key) => key,
  );
}

/** What an item adds to a report that names `named` already. */
function reportCost(item: ReportItem, named: ReadonlySet<string>): Cost {
  const { key } = item;
  const names = namesOf(item).filter(({ id }) => !named.has(id));
  const parts = names.map(({ kind }) => costOf(reportFormat.kinds[kind]));
  if (key.kind === "pair" || key.kind === "closingState") {
    parts.push(costOf(reportFormat.kinds.pair));
    if (item.closes) parts.push(costOf(reportFormat.kinds.closingState));
    // By the vault's clock, which may be anywhere: of an option it counts always.
    if (item.isNew || item.withNames || optionTerms(key.instrument))
      parts.push({ bytes: 0, gas: NEW_PAIR_GAS });
  } else parts.push(costOf(reportFormat.kinds[key.kind]));
  return parts.reduce((sum, { bytes, gas }) => ({ bytes: sum.bytes + bytes, gas: sum.gas + gas }));
}

function namesOf({ key, withNames }: ReportItem): { kind: "account" | "instrument"; id: string }[] {
  if (!withNames) return [];
  switch (key.kind) {
    case "creditState":
      return [{ kind: "account", id: key.account }];
    case "pair":
    case "closingState":
      return [
        { kind: "account", id: key.account },
        { kind: "instrument", id: key.instrument },
      ];
    default:
      return [];
  }
}

/** Greedy: a chunk is full when the next item would exceed a bound. An item that exceeds it alone travels alone. */
function split<Item, Key>(
  items: readonly Item[],
  { maxMessageBytes, maxMessageGas }: MessageBounds,
  costIn: (item: Item, isFirst: boolean) => Cost,
  keyOf: (item: Item) => Key,
): Key[][] {
  const chunks: Key[][] = [];
  let bytes = 0;
  let gas = 0n;
  for (const item of items) {
    let cost = costIn(item, chunks.length === 0);
    if (chunks.length === 0 || bytes + cost.bytes > maxMessageBytes || gas + cost.gas > maxMessageGas) {
      if (chunks.length > 0) cost = costIn(item, true);
      chunks.push([]);
      bytes = OVERHEAD_BYTES;
      gas = BASE_GAS;
    }
    chunks.at(-1)!.push(keyOf(item));
    bytes += cost.bytes;
    gas += cost.gas;
  }
  return chunks;
}

function costOf({ gas, layout }: { gas: bigint; layout: Layout }): Cost {
  return { bytes: sizeOf(layout), gas };
}
