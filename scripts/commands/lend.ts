import { Command, Option } from "commander";
import { withReportOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { jsonSchema } from "../schema/jsonSchema.ts";
import { type LendResult, lendInput, lendResult } from "../schema/trader.ts";
import { type ActorOptions, onNetwork, required, withActorOptions } from "../trader/command.ts";
import { findTrader } from "../trader/identity.ts";
import { lend } from "../trader/lend.ts";

interface LendOptions extends ActorOptions {
  amount?: string;
  back?: true;
  minimum?: string;
  schema?: true;
}

/** `./causeway lend`: lends an account's cash to those who owe losses, for interest, or has it back. */
export function lendCommand(output: Output): Command {
  const command = withActorOptions(new Command("lend"))
    .addOption(new Option("--account <account>", "one's account, by name or id (default: one's own at home)"))
    .addOption(new Option("--amount <usd>", "how much; with --back, all that is there without it"))
    .addOption(new Option("--back", "have it back"))
    .addOption(
      new Option(
        "--minimum <usd>",
        "with --back: of less than this take nothing (default: what there is now of what you ask for)",
      ),
    );
  return withReportOptions(command).action(async (options: LendOptions) => {
    if (options.schema) {
      output.result(jsonSchema(lendResult, lendInput), (schema) => JSON.stringify(schema, null, 2));
      return;
    }
    const back = options.back === true;
    const amount = back ? options.amount : required(options.amount, "--amount <usd>");
    const result = await onNetwork(options, process.env, async (names) =>
      lend({
        network: names.network,
        trader: findTrader(names, options),
        amount,
        back,
        minimum: options.minimum,
        seconds: options.timeout,
      }),
    );
    output.result(lendResult.parse(result), render);
  });
}

function render({ lentUsd, idleUsd, transaction }: LendResult): string {
  return `lent: ${lentUsd} USD; nobody has borrowed ${idleUsd} USD of what all lend\ntransaction ${transaction}`;
}
