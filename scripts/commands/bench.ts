import { Command, Option } from "commander";
import { runGas } from "../bench/gas/runGas.ts";
import { measureRelay } from "../bench/relay/measureRelay.ts";
import { benchResultOf, renderBench } from "../bench/result.ts";
import { buildContracts } from "../build.ts";
import { onInterruption } from "../interruption.ts";
import { withReportOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { type BenchResult, benchGasInput, benchRelayInput, benchResult } from "../schema/bench.ts";
import { jsonSchema } from "../schema/jsonSchema.ts";

interface GasOptions {
  write?: true;
  profile?: true;
}

/** `./causeway bench <name>`: the benchmarks. */
export function benchCommand(output: Output): Command {
  return new Command("bench")
    .helpCommand(false)
    .addCommand(gasCommand(output))
    .addCommand(relayCommand(output));
}

function gasCommand(output: Output): Command {
  const command = new Command("gas")
    .description("gas of everything, on local chains with the real LayerZero, against the committed snapshot")
    .addOption(new Option("--write", "write the snapshot instead of comparing with it"))
    .addOption(
      new Option("--profile", "tell on stderr where the gas of a trade and of a report of 100 pairs goes"),
    );
  return withReportOptions(command).action((options: GasOptions & { schema?: true }) =>
    options.schema
      ? printSchema(output, benchGasInput)
      : run(output, (signal) => gas(output, options, signal)),
  );
}

function relayCommand(output: Output): Command {
  const command = new Command("relay").description(
    "messages a second and RPC calls a message of our relayer, beside a plain loop in the same run",
  );
  return withReportOptions(command).action((options: { schema?: true }) =>
    options.schema
      ? printSchema(output, benchRelayInput)
      : run(output, async (signal) =>
          benchResultOf("relay", await measureRelay({ progress: output.progress, signal })),
        ),
  );
}

function printSchema(output: Output, input: typeof benchGasInput | typeof benchRelayInput): void {
  output.result(jsonSchema(benchResult, input), (schema) => JSON.stringify(schema, null, 2));
}

async function run(output: Output, measure: (signal: AbortSignal) => Promise<BenchResult>): Promise<void> {
  await buildContracts(output.progress);
  const interruption = onInterruption(output.progress);
  try {
    const result = await measure(interruption.signal);
    output.result(benchResult.parse(result), renderBench);
    if (result.rows.some(({ pass }) => !pass)) output.checkFailed();
  } finally {
    interruption.dispose();
  }
}

async function gas(output: Output, options: GasOptions, signal: AbortSignal): Promise<BenchResult> {
  const { progress } = output;
  const { result, drift } = await runGas({ ...options, progress, signal });
  for (const line of drift) progress(`not as committed: ${line}`);
  if (drift.length > 0) {
    progress("If that is wanted: ./causeway bench gas --write");
    output.checkFailed();
  }
  return result;
}
