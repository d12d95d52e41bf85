import { Command, Option } from "commander";
import { runGas } from "../bench/gas/runGas.ts";
import { runMargin } from "../bench/margin/runMargin.ts";
import { measureRelay } from "../bench/relay/measureRelay.ts";
import { type BenchRun, benchResultOf, renderBench } from "../bench/result.ts";
import { buildContracts } from "../build.ts";
import { onInterruption } from "../interruption.ts";
import { seedOption, wholeNumber, withReportOptions } from "../options.ts";
import type { Output } from "../output.ts";
import {
  type BenchResult,
  benchGasInput,
  benchMarginInput,
  benchRelayInput,
  benchResult,
} from "../schema/bench.ts";
import { jsonSchema } from "../schema/jsonSchema.ts";

interface GasOptions {
  write?: true;
  profile?: true;
}

interface MarginOptions {
  write?: true;
  accounts: number;
  sample: number;
  seed: number;
}

/** `./causeway bench <name>`: the benchmarks. */
export function benchCommand(output: Output): Command {
  return new Command("bench")
    .helpCommand(false)
    .addCommand(gasCommand(output))
    .addCommand(marginCommand(output))
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
      : run(output, async (signal) =>
          compared(output, "gas", await runGas({ ...options, progress: output.progress, signal })),
        ),
  );
}

function marginCommand(output: Output): Command {
  const command = new Command("margin")
    .description(
      "accounts margined a second, beside a plain loop in the same run; gas of margin and prices against the committed snapshot",
    )
    .addOption(new Option("--write", "write the snapshot instead of comparing with it"))
    .addOption(
      new Option("--accounts <number>", "accounts that are margined in typed arrays")
        .argParser(wholeNumber(1, 1_000_000))
        .default(100_000),
    )
    .addOption(
      new Option("--sample <number>", "how many of them by the exact model, too")
        .argParser(wholeNumber(1, 100_000))
        .default(1_000),
    )
    .addOption(seedOption());
  return withReportOptions(command).action(({ schema, ...options }: MarginOptions & { schema?: true }) =>
    schema
      ? printSchema(output, benchMarginInput)
      : run(output, async (signal) =>
          compared(output, "margin", await runMargin({ ...options, progress: output.progress, signal })),
        ),
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

function printSchema(
  output: Output,
  input: typeof benchGasInput | typeof benchMarginInput | typeof benchRelayInput,
): void {
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

function compared(output: Output, name: string, { result, drift }: BenchRun): BenchResult {
  for (const line of drift) output.progress(`not as committed: ${line}`);
  if (drift.length > 0) {
    output.progress(`If that is wanted: ./causeway bench ${name} --write`);
    output.checkFailed();
  }
  return result;
}
