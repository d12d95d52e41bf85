import { readFile, writeFile } from "node:fs/promises";
import { z } from "zod";

/** One figure that is the same in every run; less is better. */
export interface Measurement {
  what: string;
  value: number;
  unit: "gas" | "gas a pair" | "gas an account" | "bytes";
  /** At most; what has none is only watched. */
  target?: number;
  /** By so much it may differ from what is committed, as the bytes of its transaction's signatures may; default not at all. */
  slack?: number;
}

const schema = z.record(z.string(), z.number());

/** Values by what was measured. */
export type Snapshot = z.infer<typeof schema>;

export async function readSnapshot(file: URL): Promise<Snapshot> {
  return schema.parse(JSON.parse(await readFile(file, "utf8")));
}

export async function writeSnapshot(file: URL, measured: readonly Measurement[]): Promise<void> {
  const snapshot: Snapshot = Object.fromEntries(measured.map(({ what, value }) => [what, value]));
  await writeFile(file, `${JSON.stringify(snapshot, null, 2)}\n`);
}

/** A line for each figure that differs from the committed one by more than its slack, for each new and each missing one. */
export function driftOf(measured: readonly Measurement[], committed: Snapshot): string[] {
  const names = new Set(measured.map(({ what }) => what));
  const gone = Object.keys(committed).filter((name) => !names.has(name));
  return [
    ...measured.flatMap((one) => describe(one, committed[one.what])),
    ...gone.map((name) => `${name}: committed, but not measured any more`),
  ];
}

function describe({ what, value, slack = 0 }: Measurement, before: number | undefined): string[] {
  if (before === undefined) return [`${what}: ${value}, not committed`];
  const change = value - before;
  if (Math.abs(change) <= slack) return [];
  const percent = ((100 * change) / before).toFixed(1);
  return [`${what}: ${value}, committed ${before} (${change > 0 ? "+" : ""}${percent} %)`];
}
