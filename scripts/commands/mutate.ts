import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command, Option } from "commander";
import { CausewayError } from "../../errors/CausewayError.ts";
import { mutations } from "../../test/mutations/list.ts";
import type { Mutation } from "../../test/mutations/mutation.ts";
import { onInterruption } from "../interruption.ts";
import { renderReport } from "../mutation/renderReport.ts";
import { tryMutations } from "../mutation/tryMutations.ts";
import { wholeNumber, withReportOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { jsonSchema } from "../schema/jsonSchema.ts";
import { type MutateResult, mutateInput, mutateResult } from "../schema/mutate.ts";
import { table } from "../table.ts";
import { root } from "../test/runProcess.ts";

interface MutateOptions {
  only?: string[];
  jobs: number;
  write?: true;
  schema?: true;
}

/** `./causeway mutate`: whether the invariant campaign finds the faults of `test/mutations/`. */
export function mutateCommand(output: Output): Command {
  const command = new Command("mutate")
    .addOption(new Option("--only <id...>", "try these mutations only"))
    .addOption(
      new Option("--jobs <number>", "how many to try at a time; each takes a core and up to 4 GiB")
        .argParser(wholeNumber(1, 16))
        .default(1),
    )
    .addOption(new Option("--write", "write the report to docs/mutations.md").conflicts("only"))
    .addHelpText(
      "after",
      "\nRuns the campaign as it is, then with each mutation, in temporary folders: one to three minutes each. Exit code 1 if one\nsurvives or does not compile.",
    );
  return withReportOptions(command).action(async (options: MutateOptions) => {
    if (options.schema) {
      output.result(jsonSchema(mutateResult, mutateInput), (schema) => JSON.stringify(schema, null, 2));
      return;
    }
    const { signal, dispose } = onInterruption(output.progress);
    try {
      const result = await tryMutations({
        mutations: options.only?.map(mutationOf) ?? mutations,
        jobs: options.jobs,
        progress: output.progress,
        signal,
      });
      if (options.write) await writeFile(join(root, "docs/mutations.md"), renderReport(result));
      if (result.killed < result.mutations.length) output.checkFailed();
      output.result(result, render);
    } finally {
      dispose();
    }
  });
}

function mutationOf(id: string): Mutation {
  const found = mutations.find((mutation) => mutation.id === id);
  if (found !== undefined) return found;
  throw new CausewayError("UsageInvalid", {
    details: { found: `Found --only ${id}, expected one of ${mutations.map((one) => one.id).join(", ")}` },
  });
}

function render({ mutations: tried, killed }: MutateResult): string {
  const rows = tried.map(({ id, breaks, outcome, killedBy, seconds }) => [
    `${id}  ${breaks}  ${outcome === "killed" ? killedBy[0]!.check : outcome === "survived" ? "SURVIVED" : "DID NOT COMPILE"}`,
    seconds.toFixed(1),
  ]);
  return `\n${table([["mutation, what it breaks, what found it", "seconds"], ...rows])}\n\nmutations: ${killed} of ${tried.length} found`;
}
