import { Command, Option } from "commander";
import { onInterruption } from "../interruption.ts";
import { withReportOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { jsonSchema } from "../schema/jsonSchema.ts";
import { type TestResult, testInput, testResult } from "../schema/test.ts";
import { table } from "../table.ts";
import type { Counts } from "../test/counts.ts";
import { type Step, steps } from "../test/steps.ts";

/** A slow or busy machine may take so many times a step's budget. */
const LIMIT = 4;

interface TestOptions {
  only?: string;
  schema?: true;
}

/** `./causeway test`: the whole suite, what CI runs. */
export function testCommand(output: Output): Command {
  const only = new Option("--only <step>", "run one step").choices(steps.map(({ name }) => name));
  const command = new Command("test")
    .addOption(only)
    .addHelpText(
      "after",
      "\nFuzz tests and the invariant campaign draw the same chance every time. For another: CAUSEWAY_FUZZ_SEED=0x2a ./causeway test --only invariants",
    );
  return withReportOptions(command).action(async (options: TestOptions) => {
    if (options.schema) {
      output.result(jsonSchema(testResult, testInput), (schema) => JSON.stringify(schema, null, 2));
      return;
    }
    const { signal, dispose } = onInterruption(output.progress);
    try {
      const wanted = steps.filter(({ name }) => options.only === undefined || name === options.only);
      const result = await runSteps(wanted, output, signal);
      if (result.failed > 0) output.checkFailed();
      output.result(result, render);
    } finally {
      dispose();
    }
  });
}

/** Runs all steps, whatever fails: one run should tell everything. */
async function runSteps(wanted: readonly Step[], output: Output, signal: AbortSignal): Promise<TestResult> {
  const done: TestResult["steps"] = [];
  for (const step of wanted) {
    const { name, budgetSeconds } = step;
    output.progress(`\n== ${name}`);
    const start = performance.now();
    const counts = await runStep(step, output, signal);
    const seconds = Math.round((performance.now() - start) / 100) / 10;
    done.push({ name, seconds, budgetSeconds, ...counts });
    const failed = counts.failed > 0 ? ", FAILED" : "";
    output.progress(`== ${name}: ${seconds} s of ${budgetSeconds} s${failed}`);
  }
  const total = (of: (step: TestResult["steps"][number]) => number): number =>
    done.reduce((sum, step) => sum + of(step), 0);
  return { steps: done, passed: total(({ passed }) => passed), failed: total(({ failed }) => failed) };
}

/** Runs a step that may hang: what is far over its budget is ended, and failed. */
async function runStep(
  { name, budgetSeconds, run }: Step,
  output: Output,
  signal: AbortSignal,
): Promise<Counts> {
  const limitSeconds = LIMIT * budgetSeconds;
  const limit = AbortSignal.timeout(limitSeconds * 1_000);
  try {
    return await run(output, AbortSignal.any([signal, limit]));
  } catch (cause) {
    if (signal.aborted || !limit.aborted) throw cause;
    output.progress(`${name}: hangs, ended after ${limitSeconds} s`);
    return { passed: 0, failed: 1 };
  }
}

/** Ends with the line that CI reads. */
function render({ steps: done, passed, failed }: TestResult): string {
  const rows = done.map((step) => [
    step.name,
    step.seconds.toFixed(1),
    String(step.budgetSeconds),
    String(step.passed),
    String(step.failed),
  ]);
  const summary = table([["step", "seconds", "budget", "passed", "failed"], ...rows]);
  return `\n${summary}\n\ntests: ${passed} passed, ${failed} failed`;
}
