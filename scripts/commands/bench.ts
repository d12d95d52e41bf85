import { Command, Option } from "commander";
import { runGas } from "../bench/gas/runGas.ts";
import { renderBench } from "../bench/result.ts";
import { buildContracts } from "../build.ts";
import { onInterruption } from "../interruption.ts";
import { withReportOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { benchGasInput, benchResult } from "../schema/bench.ts";
import { jsonSchema } from "../schema/jsonSchema.ts";

interface GasOptions {
  write?: true;
  profile?: true;
  schema?: true;
}

/** `./causeway bench <name>`: the benchmarks. */
export function benchCommand(output: Output): Command {
  return new Command("bench").helpCommand(false).addCommand(gasCommand(output));
}

function gasCommand(output: Output): Command {
  const command = new Command("gas")
    .description("gas of everything, on local chains with the real LayerZero, against the committed snapshot")
    .addOption(new Option("--write", "write the snapshot instead of comparing with it"))
    .addOption(new Option("--profile", "tell where the gas of a report of 100 pairs goes, on stderr"));
  return withReportOptions(command).action(async (options: GasOptions) => {
    if (options.schema) {
      output.result(jsonSchema(benchResult, benchGasInput), (schema) => JSON.stringify(schema, null, 2));
      return;
    }
    await buildContracts(output.progress);
    const interruption = onInterruption(output.progress);
    try {
      const { progress } = output;
      const { result, drift } = await runGas({ ...options, progress, signal: interruption.signal });
      output.result(benchResult.parse(result), renderBench);
      for (const line of drift) progress(`not as committed: ${line}`);
      if (drift.length > 0) progress("If that is wanted: ./causeway bench gas --write");
      if (drift.length > 0 || result.rows.some(({ pass }) => !pass)) output.checkFailed();
    } finally {
      interruption.dispose();
    }
  });
}
