import { untilAborted } from "../../interruption.ts";
import { type BenchRun, benchResultOf, benchRow } from "../result.ts";
import { driftOf, readSnapshot, writeSnapshot } from "../snapshot.ts";
import { measureBatch } from "./measureBatch.ts";
import { measureChecks } from "./measureChecks.ts";
import { measurePricing } from "./measurePricing.ts";

const snapshot = new URL("margin.snapshot.json", import.meta.url);

export interface RunMarginGasParameters {
  progress(line: string): void;
  /** Write the snapshot instead of comparing with it. */
  write?: boolean;
  signal?: AbortSignal;
}

export interface RunMarginParameters extends RunMarginGasParameters {
  /** How many accounts are margined in typed arrays. */
  accounts: number;
  /** How many of them by the exact model. */
  sample: number;
  seed: number;
}

/** Measures what margin and prices cost on chain, and how many accounts are margined a second off chain. */
export async function runMargin(parameters: RunMarginParameters): Promise<BenchRun> {
  const { result, drift } = await runMarginGas(parameters);
  return { result: benchResultOf("margin", [...result.rows, ...(await measureBatch(parameters))]), drift };
}

/** The part that is the same on every machine, compared with the committed snapshot. */
export async function runMarginGas({ progress, write, signal }: RunMarginGasParameters): Promise<BenchRun> {
  progress("measuring prices on a local chain");
  const pricing = await untilAborted(measurePricing(), signal);
  progress("measuring margin checks on two local chains with our contracts");
  const measured = [...(await untilAborted(measureChecks(), signal)), ...pricing];
  const rows = measured.map((one) => benchRow({ ...one, direction: "min" }));
  const result = benchResultOf("margin", rows);
  if (write) {
    await writeSnapshot(snapshot, measured);
    return { result, drift: [] };
  }
  return { result, drift: driftOf(measured, await readSnapshot(snapshot)) };
}
