import { Command, Option } from "commander";
import type { Address } from "viem";
import { withReportOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { jsonSchema } from "../schema/jsonSchema.ts";
import { type WithdrawResult, withdrawInput, withdrawResult } from "../schema/trader.ts";
import {
  type ActorOptions,
  addressArgument,
  onNetwork,
  required,
  withActorOptions,
} from "../trader/command.ts";
import { findTrader } from "../trader/identity.ts";
import { chainNamed } from "../trader/network.ts";
import { withdraw } from "../trader/withdraw.ts";

interface WithdrawOptions extends ActorOptions {
  chain?: string;
  asset: string;
  amount?: string;
  minimum?: string;
  to?: Address;
  schema?: true;
}

/** `./causeway withdraw`: has an account paid on any chain. */
export function withdrawCommand(output: Output): Command {
  const command = withActorOptions(new Command("withdraw"))
    .addOption(new Option("--account <account>", "one's account, by name or id (default: one's own at home)"))
    .addOption(new Option("--chain <chain>", "where to be paid"))
    .addOption(new Option("--asset <symbol>", "what").default("USDC"))
    .addOption(new Option("--amount <amount>", "how much"))
    .addOption(new Option("--minimum <amount>", "smallest part-payment that is welcome (default: all)"))
    .addOption(new Option("--to <address>", "whom to pay (default: the owner)").argParser(addressArgument));
  return withReportOptions(command).action(async (options: WithdrawOptions) => {
    if (options.schema) {
      output.result(jsonSchema(withdrawResult, withdrawInput), (schema) => JSON.stringify(schema, null, 2));
      return;
    }
    const chain = required(options.chain, "--chain <chain>");
    const amount = required(options.amount, "--amount <amount>");
    const result = await onNetwork(options, process.env, async (names) =>
      withdraw({
        network: names.network,
        chain: chainNamed(names.network, chain),
        trader: findTrader(names, options),
        asset: options.asset,
        amount,
        minimum: options.minimum,
        to: options.to,
        seconds: options.timeout,
        progress: output.progress,
      }),
    );
    output.result(withdrawResult.parse(result), render);
  });
}

function render({
  amount,
  asset,
  chain,
  recipient,
  payoutId,
  transactions,
  remaining,
}: WithdrawResult): string {
  const rest = remaining === "0" ? "" : `; ${remaining} ${asset} stay queued`;
  return `paid ${amount} ${asset} to ${recipient} on ${chain}${rest}\npayout ${payoutId}, transaction ${transactions.paid}`;
}
