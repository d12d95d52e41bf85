import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command, Option } from "commander";
import { buildContracts } from "../build.ts";
import { planDemo } from "../demo/plan.ts";
import { renderDemo } from "../demo/renderDemo.ts";
import { runDemo } from "../demo/runDemo.ts";
import { onInterruption } from "../interruption.ts";
import { seedOption, wholeNumber, withReportOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { demoInput, demoResult } from "../schema/demo.ts";
import { jsonSchema } from "../schema/jsonSchema.ts";
import { readTape } from "../tape/readTape.ts";

interface DemoOptions {
  chains: number;
  traders: number;
  tape?: string;
  seed: number;
  verbose?: true;
  schema?: true;
}

/** Real trades, where somebody put them beside the repository; not part of it. */
const REAL_TAPE = fileURLToPath(
  new URL("../../../shared/data/tape_hyperliquid_20251027.csv.gz", import.meta.url),
);
const SAMPLE_TAPE = fileURLToPath(new URL("../demo/sampleTape.csv", import.meta.url));

/** `./causeway demo`: the main job on local chains, end to end. */
export function demoCommand(output: Output): Command {
  const command = new Command("demo")
    .addOption(
      new Option("--chains <number>", "how many local chains, the hub's included")
        .argParser(wholeNumber(2, 8))
        .default(3),
    )
    .addOption(
      new Option("--traders <number>", "how many of the tape's busiest accounts become traders")
        .argParser(wholeNumber(1, 100))
        .default(12),
    )
    .addOption(
      new Option(
        "--tape <file>",
        "CSV file of trades, plain or gzip: time,instrument,buyer,seller,size,price[,chain] (default: a real one if there, else a sample)",
      ),
    )
    .addOption(seedOption())
    .addOption(new Option("--verbose", "the relayer's log on stderr"));
  return withReportOptions(command).action(async (options: DemoOptions) => {
    if (options.schema) {
      output.result(jsonSchema(demoResult, demoInput), (schema) => JSON.stringify(schema, null, 2));
      return;
    }
    const file = options.tape ?? (existsSync(REAL_TAPE) ? REAL_TAPE : SAMPLE_TAPE);
    const { chains, traders, seed } = options;
    await buildContracts(output.progress);
    const now = Math.floor(Date.now() / 1_000);
    const plan = planDemo({ file, tape: await readTape(file), chains, traders, seed, now });
    const interruption = onInterruption(output.progress);
    try {
      const result = await runDemo({
        plan,
        seed,
        progress: output.progress,
        signal: interruption.signal,
        // Not the database of DATABASE_URL: it may know of other chains that had the same ids.
        environment: { REDIS_URL: process.env.REDIS_URL },
        ...(options.verbose && { logLevel: "info" }),
      });
      output.result(demoResult.parse(result), renderDemo);
      if (result.invariants.some(({ holds }) => !holds)) output.checkFailed();
    } finally {
      interruption.dispose();
    }
  });
}
