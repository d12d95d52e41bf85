import { availableParallelism, totalmem } from "node:os";
import type { BenchResult, BenchRow } from "../schema/bench.ts";
import { table } from "../table.ts";

export interface RowParameters extends Pick<BenchRow, "what" | "value" | "unit" | "direction"> {
  target?: number | undefined;
  /** Measured in the same run. */
  peer?: { name: string; value: number };
}

/** A benchmark of which some figures are committed. */
export interface BenchRun {
  result: BenchResult;
  /** A line for each figure that is not the committed one. */
  drift: readonly string[];
}

/** A row of a benchmark's result: whether it meets its target, and how it stands against its peer. */
export function benchRow({ target, peer, ...row }: RowParameters): BenchRow {
  const { value, direction } = row;
  const isWithin = (limit: number): boolean => (direction === "min" ? value <= limit : value >= limit);
  return {
    ...row,
    value: rounded(value),
    target: target ?? null,
    pass: target === undefined || isWithin(target),
    peer: peer?.name ?? null,
    peerValue: peer === undefined ? null : rounded(peer.value),
    ratio: peer === undefined ? null : rounded(direction === "min" ? peer.value / value : value / peer.value),
  };
}

/** The rows, with what they were measured on. */
export function benchResultOf(name: string, rows: BenchRow[]): BenchResult {
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  return { name, machine: { cores: availableParallelism(), memoryGiB, node: process.version }, rows };
}

/** As people read it. Columns without anything in them are left out. */
export function renderBench({ name, machine, rows }: BenchResult): string {
  const heading = `bench ${name}: ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}`;
  const columns: readonly (readonly [string, (row: BenchRow) => string])[] = [
    ["what", ({ what }) => what],
    ["value", ({ value }) => number(value)],
    ["unit", ({ unit }) => unit],
    [
      "target",
      ({ target, direction }) =>
        target === null ? "" : `${direction === "min" ? "≤" : "≥"} ${number(target)}`,
    ],
    ["", ({ target, pass }) => (target === null ? "" : pass ? "met" : "MISSED")],
    ["peer", ({ peer }) => peer ?? ""],
    ["its value", ({ peerValue }) => (peerValue === null ? "" : number(peerValue))],
    ["ratio", ({ ratio }) => (ratio === null ? "" : `${ratio.toFixed(2)}×`)],
  ];
  const shown = columns.filter(([, cell]) => rows.some((row) => cell(row) !== ""));
  return `${heading}\n\n${table([shown.map(([title]) => title), ...rows.map((row) => shown.map(([, cell]) => cell(row)))])}`;
}

/** Two decimals are enough for anything measured here. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function number(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 2 });
}
