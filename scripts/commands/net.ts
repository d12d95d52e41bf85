import { Command, Option } from "commander";
import { assignChains } from "../../clearing/tape/assignChains.ts";
import { selectTraders } from "../../clearing/tape/selectTraders.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import { seedOption, wholeNumber, withReportOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { jsonSchema } from "../schema/jsonSchema.ts";
import { type NetResult, netInput, netResult } from "../schema/net.ts";
import { dollars, percent, table } from "../table.ts";
import { netReport } from "../tape/netReport.ts";
import { readTape } from "../tape/readTape.ts";

interface NetOptions {
  tape?: string;
  chains?: number;
  traders?: number;
  seed: number;
  schema?: true;
}

/** `./causeway net`: the netting report of a trade file, without chains. */
export function netCommand(output: Output): Command {
  const command = new Command("net")
    .addOption(
      new Option(
        "--tape <file>",
        "CSV file of trades, plain or gzip: time,instrument,buyer,seller,size,price[,chain]",
      ),
    )
    .addOption(
      new Option(
        "--chains <number>",
        "how many chains (default: as many as the tape names, else 3)",
      ).argParser(wholeNumber(1, 256)),
    )
    .addOption(
      new Option(
        "--traders <number>",
        "keep only the trades of so many of the busiest accounts, as the demo does",
      ).argParser(wholeNumber(1, 1000)),
    )
    .addOption(seedOption());
  return withReportOptions(command).action(async (options: NetOptions) => {
    if (options.schema) {
      output.result(jsonSchema(netResult, netInput), (schema) => JSON.stringify(schema, null, 2));
      return;
    }
    if (options.tape === undefined)
      throw new CausewayError("UsageInvalid", {
        details: { found: "required option '--tape <file>' not given" },
      });
    output.result(await net({ ...options, tape: options.tape }, output), render);
  });
}

async function net(
  { tape, chains, traders, seed }: NetOptions & { tape: string },
  output: Output,
): Promise<NetResult> {
  const all = await readTape(tape);
  // Without chains any number of trades will do, unlike for the demo.
  const selection =
    traders === undefined ? undefined : selectTraders({ trades: all, traders, seed, minTrades: 1 });
  const trades = selection?.trades ?? all;
  const placed = assignChains({
    trades,
    seed,
    ...(chains === undefined ? {} : { chains }),
    ...(selection === undefined ? {} : { spread: new Set(selection.traders) }),
  });
  if (!placed.named)
    output.progress(
      `The tape names no chains: each account's trades are spread over ${placed.chains} (--seed ${seed}).`,
    );
  return { ...netReport(placed.trades, placed.chains), skipped: all.length - trades.length };
}

function render(report: NetResult): string {
  const { trades, skipped, accounts, instruments, chains, netting, margin, perInstrument } = report;
  const lines = [
    `${trades} trades (${skipped} skipped), ${accounts} accounts, ${instruments} instruments, ${chains} chains`,
    "",
    table([
      ["USD", "chain by chain", "netted", "saved"],
      ["open positions", dollars(netting.grossUsd), dollars(netting.netUsd), percent(netting.efficiency)],
      ["initial margin", dollars(margin.grossUsd), dollars(margin.netUsd), dollars(margin.savedUsd)],
    ]),
    "",
    table([
      ["instrument", "trades", "volume", "mark", "chain by chain", "netted", "saved"],
      ...perInstrument.map((row) => [
        row.instrument,
        String(row.trades),
        dollars(row.volumeUsd),
        row.mark,
        dollars(row.grossUsd),
        dollars(row.netUsd),
        percent(row.efficiency),
      ]),
    ]),
  ];
  return lines.join("\n");
}
