import { table } from "../../table.ts";
import { type BenchRun, benchResultOf, benchRow } from "../result.ts";
import { driftOf, readSnapshot, writeSnapshot } from "../snapshot.ts";
import { measureGas } from "./measureGas.ts";
import { type Profile, profileFrame } from "./profileFrame.ts";

const snapshot = new URL("gas.snapshot.json", import.meta.url);

export interface RunGasParameters {
  progress(line: string): void;
  /** Write the snapshot instead of comparing with it. */
  write?: boolean;
  /** Tell where the gas of the reports with a target goes. */
  profile?: boolean;
  signal?: AbortSignal;
}

/** Measures gas and compares it with the committed snapshot. */
export async function runGas({ progress, write, profile, signal }: RunGasParameters): Promise<BenchRun> {
  const measured = await measureGas({
    progress,
    ...(signal && { signal }),
    ...(profile && {
      onCall: async (what, call, items) =>
        progress(`\n${what}, by instruction:\n${renderProfile(await profileFrame(call), items)}\n`),
    }),
  });
  const rows = measured.map(({ slack: _, ...one }) => benchRow({ ...one, direction: "min" }));
  const result = benchResultOf("gas", rows);
  if (write) {
    await writeSnapshot(snapshot, measured);
    return { result, drift: [] };
  }
  return { result, drift: driftOf(measured, await readSnapshot(snapshot)) };
}

function renderProfile(profile: Profile, items: number): string {
  const each = (total: number): string => (total / items).toFixed(1);
  const total = [...profile.values()].reduce((sum, { gas }) => sum + gas, 0);
  return table([
    ["instruction", "gas each", "times each"],
    ...[...profile].map(([kind, { gas, count }]) => [kind, each(gas), each(count)]),
    ["total", each(total), ""],
  ]);
}
