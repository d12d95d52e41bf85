import { buildContracts } from "../../build.ts";
import { untilAborted } from "../../interruption.ts";
import type { FuzzMarginResult } from "../../schema/fuzz.ts";
import { arrayDifferences, type Difference, marginDifferences } from "./differences.ts";
import { drawCase, type FuzzCase } from "./drawCase.ts";
import { type MarginHarness, startMarginHarness } from "./marginHarness.ts";

export interface FuzzMarginParameters {
  portfolios: number;
  seed: number;
  /** Index of the first. */
  from: number;
  progress(line: string): void;
  signal?: AbortSignal;
}

/** Portfolios in one call. */
const BATCH = 50;
const PROGRESS_EVERY = 1_000;
/** So many that differ are told of. */
const TOLD = 20;

/**
 * Has TypeScript and the contracts compute the requirements of random portfolios, and the risk arrays of random options, and compares
 * them value by value (CLR-20).
 *
 * @throws the signal's reason if it aborts
 */
export async function fuzzMargin(parameters: FuzzMarginParameters): Promise<FuzzMarginResult> {
  const { progress, signal } = parameters;
  await buildContracts(progress);
  progress("starting a local chain for the contracts");
  const harness = await untilAborted(startMarginHarness(), signal);
  try {
    return await untilAborted(compareAll(harness, parameters), signal);
  } finally {
    await harness.stop();
  }
}

async function compareAll(
  harness: MarginHarness,
  { portfolios, seed, from, progress, signal }: FuzzMarginParameters,
): Promise<FuzzMarginResult> {
  const result: FuzzMarginResult = {
    seed,
    from,
    portfolios,
    instruments: 0,
    refused: 0,
    arrays: 0,
    differing: 0,
    differences: [],
  };
  for (let done = 0; done < portfolios; ) {
    signal?.throwIfAborted();
    const count = Math.min(BATCH, portfolios - done);
    const cases = Array.from({ length: count }, (_, i) => drawCase(seed, from + done + i));
    await compareBatch(harness, cases, from + done, result);
    done += count;
    if (done % PROGRESS_EVERY === 0 || done === portfolios)
      progress(`${done.toLocaleString("en-US")} portfolios compared, ${result.differing} differ`);
  }
  return result;
}

async function compareBatch(
  harness: MarginHarness,
  cases: readonly FuzzCase[],
  first: number,
  result: FuzzMarginResult,
): Promise<void> {
  const options = cases.flatMap((one, i) => one.options.map((option) => ({ option, i })));
  const margins = await harness.margins(cases.map(({ portfolio }) => portfolio));
  const arrays = await harness.arrays(options.map(({ option }) => option));
  const found = cases.map(({ portfolio }, i) => marginDifferences(portfolio, margins[i]!));
  options.forEach(({ option, i }, at) => {
    for (const difference of arrayDifferences(option, arrays[at]!))
      found[i]!.push({ ...difference, where: `arrays.${difference.where}` });
  });
  cases.forEach(({ portfolio: { underlyings } }, i) => {
    for (const { holdings } of underlyings)
      result.instruments += holdings.perpetuals.length + holdings.options.length;
    if (margins[i]!.failure !== "0x") result.refused++;
    if (found[i]!.length > 0) note(result, first + i, found[i]!);
  });
  result.arrays += options.length;
}

function note(result: FuzzMarginResult, portfolio: number, differences: readonly Difference[]): void {
  result.differing++;
  if (result.differing > TOLD) return;
  result.differences.push(...differences.map((difference) => ({ portfolio, ...difference })));
}
