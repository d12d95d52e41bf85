import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runGas } from "../bench/gas/runGas.ts";
import { runMarginGas } from "../bench/margin/runMargin.ts";
import { buildContracts } from "../build.ts";
import { staleAbis } from "../generate/abis.ts";
import { errorsAreFresh } from "../generate/errors.ts";
import { requirementsAreFresh } from "../generate/requirements.ts";
import { isSampleTapeStale } from "../generate/sampleTape.ts";
import { staleVectors } from "../generate/vectors.ts";
import type { Output } from "../output.ts";
import { type Counts, checkCounts, hardhatCounts, vitestCounts } from "./counts.ts";
import { root, runProcess } from "./runProcess.ts";

/** A part of the suite. */
export interface Step {
  name: string;
  /** What it may take on two cores. */
  budgetSeconds: number;
  /** @throws the signal's reason, once what it runs is gone */
  run(output: Output, signal: AbortSignal): Promise<Counts>;
}

const CONTRACT_TESTS = "test/contracts";
const INVARIANTS = "invariant";

/** In the order in which they fail fastest. */
export const steps: readonly Step[] = [
  {
    name: "lint",
    budgetSeconds: 5,
    run: (_, signal) => check("biome", ["check", "--error-on-warnings"], signal),
  },
  { name: "types", budgetSeconds: 12, run: (_, signal) => check("tsc", ["--noEmit", "-p", "."], signal) },
  { name: "compile", budgetSeconds: 130, run: compile },
  {
    name: "contracts",
    budgetSeconds: 60,
    run: (_, signal) => contracts((file) => !isInvariant(file), signal),
  },
  { name: "invariants", budgetSeconds: 120, run: (_, signal) => contracts(isInvariant, signal) },
  { name: "gas", budgetSeconds: 12, run: gas },
  { name: "unit", budgetSeconds: 75, run: (_, signal) => vitest("unit", signal) },
  { name: "integration", budgetSeconds: 480, run: integration },
];

async function check(tool: string, args: readonly string[], signal: AbortSignal): Promise<Counts> {
  return checkCounts((await runProcess(tool, args, { signal })).code);
}

/** Compiles contracts and their tests, then compares what is generated with what is in the tree. */
async function compile(output: Output, signal: AbortSignal): Promise<Counts> {
  const { code } = await runProcess("hardhat", ["build"], { signal });
  if (code !== 0) return checkCounts(code);
  const stale = [
    ...(await staleAbis()).map((file) => `chains/abi/${file}: run node scripts/generate/abis.ts`),
    ...(await staleVectors()).map((file) => `test/vectors/${file}: run node scripts/generate/vectors.ts`),
    ...((await isSampleTapeStale())
      ? ["scripts/demo/sampleTape.csv: run node scripts/generate/sampleTape.ts"]
      : []),
    ...((await requirementsAreFresh())
      ? []
      : ["docs/requirements.md: run node scripts/generate/requirements.ts"]),
    ...((await errorsAreFresh()) ? [] : ["docs/errors.md: run node scripts/generate/errors.ts"]),
  ];
  for (const line of stale) output.progress(`out of date: ${line}`);
  return { passed: 0, failed: stale.length };
}

async function contracts(wanted: (file: string) => boolean, signal: AbortSignal): Promise<Counts> {
  const all = await readdir(join(root, CONTRACT_TESTS), { recursive: true, encoding: "utf8" });
  const files = all.filter((file) => file.endsWith(".t.sol") && wanted(file)).sort();
  // Without files Hardhat would run all of them; and a step that finds no tests must not pass.
  if (files.length === 0) return { passed: 0, failed: 1 };
  const args = ["test", "solidity", ...files.map((file) => join(CONTRACT_TESTS, file))];
  return hardhatCounts(await runProcess("hardhat", args, { signal }));
}

function isInvariant(file: string): boolean {
  return file.split("/")[0] === INVARIANTS;
}

/** Compares what everything costs with its target and with what is committed. Each figure counts as a test. */
async function gas({ progress }: Output, signal: AbortSignal): Promise<Counts> {
  await buildContracts(progress);
  const counts: Counts = { passed: 0, failed: 0 };
  for (const [name, measure] of [
    ["gas", runGas],
    ["margin", runMarginGas],
  ] as const) {
    const { result, drift } = await measure({ progress, signal });
    for (const line of drift) progress(`not as committed: ${line}`);
    if (drift.length > 0) progress(`If that is wanted: ./causeway bench ${name} --write`);
    const missed = result.rows.filter(({ pass }) => !pass);
    for (const { what, value, target } of missed) progress(`${what}: ${value}, at most ${target}`);
    counts.failed += drift.length + missed.length;
    counts.passed += result.rows.length - drift.length - missed.length;
  }
  return counts;
}

/** Its files deploy what is in `artifacts/`, and some run at the same time: all is compiled before. */
async function integration({ progress }: Output, signal: AbortSignal): Promise<Counts> {
  await buildContracts(progress);
  return vitest("integration", signal);
}

async function vitest(project: string, signal: AbortSignal): Promise<Counts> {
  const folder = await mkdtemp(join(tmpdir(), "causeway-test-"));
  try {
    const file = join(folder, "report.json");
    const args = [
      "run",
      "--project",
      project,
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${file}`,
    ];
    const { code } = await runProcess("vitest", args, { signal });
    const report = await readFile(file, "utf8").catch(() => undefined);
    return report === undefined ? checkCounts(code) : vitestCounts(report, code);
  } finally {
    await rm(folder, { recursive: true });
  }
}
