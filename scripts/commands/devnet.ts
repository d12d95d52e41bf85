import { Command, Option } from "commander";
import { buildContracts } from "../build.ts";
import { type Prices, readPrices } from "../devnet/pricesFile.ts";
import { runDevnet } from "../devnet/runDevnet.ts";
import { onInterruption } from "../interruption.ts";
import { folderFlag, folderOption, wholeNumber, withReportOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { type DevnetResult, devnetInput, devnetResult } from "../schema/devnet.ts";
import { jsonSchema } from "../schema/jsonSchema.ts";
import { table } from "../table.ts";

interface DevnetOptions {
  chains: number;
  folder: string;
  prices?: string;
  verbose?: true;
  schema?: true;
}

const WAD = 10n ** 18n;
const FIRST_PRICES: Prices = new Map([
  ["BTC", 60_000n * WAD],
  ["ETH", 3_000n * WAD],
]);

/** `./causeway devnet`: local chains, contracts and relayer, until Ctrl-C. */
export function devnetCommand(output: Output): Command {
  const command = new Command("devnet")
    .addOption(
      new Option("--chains <number>", "how many local chains, the hub's included")
        .argParser(wholeNumber(2, 8))
        .default(3),
    )
    .addOption(folderOption())
    .addOption(
      new Option(
        "--prices <file>",
        'JSON file of first prices, which are the markets: { "BTC": "60000" } (default: BTC 60000, ETH 3000)',
      ),
    )
    .addOption(new Option("--verbose", "the relayer's log on stderr"))
    .addHelpText(
      "after",
      "\nRuns until Ctrl-C (SIGINT, exit code 130) or SIGTERM (143), then removes its folder. While it runs, edit prices.json in that\nfolder to move a price. With --json the object is printed once it is ready.",
    );
  return withReportOptions(command).action(async (options: DevnetOptions) => {
    if (options.schema) {
      output.result(jsonSchema(devnetResult, devnetInput), (schema) => JSON.stringify(schema, null, 2));
      return;
    }
    const prices = options.prices === undefined ? FIRST_PRICES : readPrices(options.prices);
    await buildContracts(output.progress);
    const interruption = onInterruption(output.progress);
    try {
      await runDevnet({
        chains: options.chains,
        folder: options.folder,
        prices,
        progress: output.progress,
        ready: (devnet) => {
          output.result(devnetResult.parse(devnet), render);
          output.progress("ready; Ctrl-C stops it");
        },
        signal: interruption.signal,
        ...(options.verbose && { logLevel: "info" }),
      });
    } finally {
      interruption.dispose();
    }
  });
}

function render({ warning, folder, config, prices, chains, markets, accounts }: DevnetResult): string {
  const [hub] = chains;
  return [
    "",
    table([
      ["chain", "chain id", "eid", "RPC"],
      ...chains.map(({ name, chainId, eid, rpcUrl }) => [name, String(chainId), String(eid), rpcUrl]),
    ]),
    "",
    `hub ${hub!.hub!.clearingHub} on ${hub!.name}`,
    table([
      ["chain", "vault", "order venue"],
      ...chains.map(({ name, vault, orderVenue }) => [name, vault, orderVenue]),
    ]),
    "",
    table([
      ["chain", ...Object.keys(hub!.tokens)],
      ...chains.map(({ name, tokens }) => [name, ...Object.values(tokens)]),
    ]),
    "",
    warning,
    table([
      ["account", "home", "address", "key"],
      ...accounts.map(({ name, home, address, privateKey }) => [name, home, address, privateKey]),
    ]),
    "",
    `markets        ${markets.map(({ instrument, price }) => `${instrument} ${price}`).join(", ")} (move them: edit ${prices})`,
    ...markets.map(({ instrument, options }) => `${`${instrument} options`.padEnd(15)}${options.join(", ")}`),
    `configuration  ${config}`,
    "",
    "Then, in another terminal:",
    `  ./causeway deposit --as alice --chain local-a --amount 10000${folderFlag(folder)}`,
    `  ./causeway positions --account alice${folderFlag(folder)}`,
    "",
  ].join("\n");
}
