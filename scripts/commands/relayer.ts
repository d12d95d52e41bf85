import { Command, Option } from "commander";
import { pino } from "pino";
import { loadConfig } from "../../chains/config.ts";
import { causewayErrorAbi } from "../../chains/deploy/causeway.ts";
import { readDeployment } from "../../chains/deployments.ts";
import { causewayJobs } from "../../relayer/causewayJobs.ts";
import { startRelayer } from "../../relayer/main.ts";
import { onInterruption, untilAborted } from "../interruption.ts";
import { configOption, requireConfig, withReportOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { jsonSchema } from "../schema/jsonSchema.ts";
import { type RelayerResult, relayerInput, relayerResult } from "../schema/relayer.ts";
import { pricesFrom, surfacesFrom } from "./quotedFiles.ts";

interface RelayerOptions {
  config?: string;
  prices?: string;
  surfaces?: string;
  verbose?: true;
  schema?: true;
}

/** `./causeway relayer`: the relayer of a deployed network, until Ctrl-C. */
export function relayerCommand(output: Output): Command {
  const command = new Command("relayer")
    .addOption(configOption())
    .addOption(
      new Option(
        "--prices <file>",
        'JSON file of prices to sign, read anew each time: { "BTC": "60000" } (default: it signs no prices)',
      ),
    )
    .addOption(
      new Option(
        "--surfaces <file>",
        "JSON file of volatility surfaces to sign and post, read anew each time, see docs/oracle.md (default: it posts none)",
      ),
    )
    .addOption(new Option("--verbose", "all of its log on stderr, not only warnings"))
    .addHelpText(
      "after",
      "\nRuns until Ctrl-C (SIGINT, exit code 130) or SIGTERM (143). Killed at any moment, it goes on where the chains say it is. With\nDATABASE_URL and REDIS_URL it keeps its work there, and stands by while another relayer sends with its key; otherwise in the\nconfiguration's dataFolder. With --json the object is printed once it is ready.",
    );
  return withReportOptions(command).action(async (options: RelayerOptions) => {
    if (options.schema) {
      output.result(jsonSchema(relayerResult, relayerInput), (schema) => JSON.stringify(schema, null, 2));
      return;
    }
    const interruption = onInterruption(output.progress);
    try {
      await run(options, output, interruption.signal);
    } finally {
      interruption.dispose();
    }
  });
}

/** @throws CausewayError what `startRelayer` throws, `LeaseLost`; the signal's reason in the end */
async function run(options: RelayerOptions, output: Output, signal: AbortSignal): Promise<void> {
  const config = loadConfig(requireConfig(options.config), process.env);
  const deployments = config.chains.map(({ name }) => readDeployment(config.deploymentsFolder, name));
  const surfaces = surfacesFrom(options.surfaces, output);
  const relayer = await startRelayer({
    config,
    deployments,
    log: pino({ level: options.verbose ? "info" : "warn" }, pino.destination({ dest: 2, sync: true })),
    jobs: causewayJobs({
      prices: pricesFrom(options.prices, output),
      ...(surfaces && { surfaces }),
    }),
    errorAbi: causewayErrorAbi,
    signal,
  });
  try {
    const ready: RelayerResult = {
      pid: process.pid,
      address: config.accounts.relayer.address,
      chains: config.chains.map(({ name, eid }) => ({ name, eid })),
      database: config.databaseUrl === undefined ? "embedded" : "DATABASE_URL",
    };
    output.result(
      relayerResult.parse(ready),
      ({ address, chains }) => `relaying between ${chains.map(({ name }) => name).join(", ")} as ${address}`,
    );
    const lost = await untilAborted(relayer.ended, signal);
    if (lost) throw lost;
  } finally {
    await relayer.stop();
  }
}
