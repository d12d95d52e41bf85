import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { BenchRow } from "../../schema/bench.ts";

const file = fileURLToPath(new URL("gas.snapshot.json", import.meta.url));

const schema = z.record(z.string(), z.number());

/** Values by what was measured. */
export type Snapshot = z.infer<typeof schema>;

export async function readSnapshot(): Promise<Snapshot> {
  return schema.parse(JSON.parse(await readFile(file, "utf8")));
}

export async function writeSnapshot(rows: readonly BenchRow[]): Promise<void> {
  await writeFile(file, `${JSON.stringify(toSnapshot(rows), null, 2)}\n`);
}

/** A line for each difference. There is no tolerance: equal contracts take equal gas, to the unit. */
export function driftOf(rows: readonly BenchRow[], committed: Snapshot): string[] {
  const found = toSnapshot(rows);
  const names = new Set([...Object.keys(found), ...Object.keys(committed)]);
  return [...names].flatMap((name) => {
    const [now, before] = [found[name], committed[name]];
    if (now === before) return [];
    if (now === undefined) return [`${name}: committed, but not measured any more`];
    if (before === undefined) return [`${name}: ${now}, not committed`];
    const percent = ((100 * (now - before)) / before).toFixed(1);
    return [`${name}: ${now}, committed ${before} (${now > before ? "+" : ""}${percent} %)`];
  });
}

function toSnapshot(rows: readonly BenchRow[]): Snapshot {
  return Object.fromEntries(rows.map(({ what, value }) => [what, value]));
}
