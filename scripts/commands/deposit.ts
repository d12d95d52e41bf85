import { Command, Option } from "commander";
import { withReportOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { jsonSchema } from "../schema/jsonSchema.ts";
import { type DepositResult, depositInput, depositResult } from "../schema/trader.ts";
import { type ActorOptions, onNetwork, required, withActorOptions } from "../trader/command.ts";
import { deposit } from "../trader/deposit.ts";
import { findAccount, findKey, findTrader } from "../trader/identity.ts";
import { chainNamed } from "../trader/network.ts";

interface DepositOptions extends ActorOptions {
  chain?: string;
  asset: string;
  amount?: string;
  schema?: true;
}

/** `./causeway deposit`: puts tokens of one chain into an account. */
export function depositCommand(output: Output): Command {
  const command = withActorOptions(new Command("deposit"))
    .addOption(new Option("--account <account>", "whose account gets it, by name or id (default: one's own)"))
    .addOption(new Option("--chain <chain>", "where"))
    .addOption(new Option("--asset <symbol>", "what").default("USDC"))
    .addOption(new Option("--amount <amount>", "how much"));
  return withReportOptions(command).action(async (options: DepositOptions) => {
    if (options.schema) {
      output.result(jsonSchema(depositResult, depositInput), (schema) => JSON.stringify(schema, null, 2));
      return;
    }
    const chain = required(options.chain, "--chain <chain>");
    const amount = required(options.amount, "--amount <amount>");
    const result = await onNetwork(options, process.env, async (names) => {
      const { account: recipient, ...own } = options;
      return deposit({
        network: names.network,
        chain: chainNamed(names.network, chain),
        key: recipient === undefined ? findTrader(names, own).key : findKey(names, own),
        account: recipient === undefined ? findTrader(names, own).account : findAccount(names, recipient),
        asset: options.asset,
        amount,
        seconds: options.timeout,
        progress: output.progress,
      });
    });
    output.result(depositResult.parse(result), render);
  });
}

function render({ amount, asset, chain, account, balance }: DepositResult): string {
  return `deposited ${amount} ${asset} on ${chain}; account ${account} has ${balance} ${asset} at the hub`;
}
