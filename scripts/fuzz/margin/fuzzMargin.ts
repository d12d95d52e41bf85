import { buildContracts } from "../../build.ts";
import { untilAborted } from "../../interruption.ts";
import type { FuzzMarginResult } from "../../schema/fuzz.ts";
import { startContract } from "../../startContract.ts";
import { arrayDifferences, type Difference, engineDifferences, marginDifferences } from "./differences.ts";
import { drawCase, type FuzzCase } from "./drawCase.ts";
import { type EngineHarness, startEngineHarness } from "./engineHarness.ts";
import { type MarginHarness, marginHarness } from "./marginHarness.ts";

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

interface Harnesses {
  margin: MarginHarness;
  engine: EngineHarness;
}

/**
 * Has TypeScript and the contracts compute the requirements of random portfolios and the risk arrays of random options, and assess random
 * accounts in random markets, and compares them value by value (CLR-20).
 *
 * @throws the signal's reason if it aborts
 */
export async function fuzzMargin(parameters: FuzzMarginParameters): Promise<FuzzMarginResult> {
  const { progress, signal } = parameters;
  await buildContracts(progress);
  progress("starting a local chain for the contracts");
  const started = await untilAborted(startContract("mocks/MarginHarness.sol/MarginHarness"), signal);
  try {
    const harnesses = { margin: marginHarness(started), engine: await startEngineHarness(started) };
    return await untilAborted(compareAll(harnesses, parameters), signal);
  } finally {
    await started.stop();
  }
}

async function compareAll(
  harnesses: Harnesses,
  { portfolios, seed, from, progress, signal }: FuzzMarginParameters,
): Promise<FuzzMarginResult> {
  const result: FuzzMarginResult = {
    seed,
    from,
    portfolios,
    instruments: 0,
    refused: 0,
    arrays: 0,
    exposures: 0,
    assessed: 0,
    differing: 0,
    differences: [],
  };
  for (let done = 0; done < portfolios; ) {
    signal?.throwIfAborted();
    const count = Math.min(BATCH, portfolios - done);
    const cases = Array.from({ length: count }, (_, i) => drawCase(seed, from + done + i));
    await compareBatch(harnesses, cases, from + done, result);
    done += count;
    if (done % PROGRESS_EVERY === 0 || done === portfolios)
      progress(`${done.toLocaleString("en-US")} portfolios compared, ${result.differing} differ`);
  }
  return result;
}

async function compareBatch(
  harnesses: Harnesses,
  cases: readonly FuzzCase[],
  first: number,
  result: FuzzMarginResult,
): Promise<void> {
  const options = cases.flatMap((one, i) => one.options.map((option) => ({ option, i })));
  const margins = await harnesses.margin.margins(cases.map(({ portfolio }) => portfolio));
  const arrays = await harnesses.margin.arrays(options.map(({ option }) => option));
  const { abi, answers } = harnesses.engine;
  const told = await answers(cases.map(({ engine }) => engine));
  const found = cases.map(({ portfolio }, i) => marginDifferences(portfolio, margins[i]!));
  options.forEach(({ option, i }, at) => {
    for (const difference of arrayDifferences(option, arrays[at]!))
      found[i]!.push({ ...difference, where: `arrays.${difference.where}` });
  });
  cases.forEach(({ portfolio: { underlyings }, engine }, i) => {
    for (const difference of engineDifferences(engine, told[i]!, abi))
      found[i]!.push({ ...difference, where: `engine.${difference.where}` });
    result.exposures += engine.exposures.length;
    if (told[i]!.assessment.isGiven) result.assessed++;
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
