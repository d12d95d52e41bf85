import { Command, Option } from "commander";
import { withReportOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { jsonSchema } from "../schema/jsonSchema.ts";
import { type TradeResult, tradeInput, tradeResult } from "../schema/trader.ts";
import { type ActorOptions, onNetwork, required, withActorOptions } from "../trader/command.ts";
import { findTrader, usage } from "../trader/identity.ts";
import { chainNamed } from "../trader/network.ts";
import { trade } from "../trader/trade.ts";

interface TradeOptions extends ActorOptions {
  chain?: string;
  instrument?: string;
  buy?: string;
  sell?: string;
  price?: string;
  with?: string;
  withKeyFile?: string;
  withHome?: string;
  schema?: true;
}

/** `./causeway trade`: two signed orders, matched on one chain. */
export function tradeCommand(output: Output): Command {
  const command = withActorOptions(new Command("trade"))
    .addOption(new Option("--account <account>", "one's account, by id, if it is not the first at home"))
    .addOption(new Option("--chain <chain>", "where"))
    .addOption(
      new Option("--instrument <name>", "perpetual by its underlying, or option such as BTC-26DEC25-60000-C"),
    )
    .addOption(new Option("--buy <size>", "how much to buy, in units of the underlying"))
    .addOption(new Option("--sell <size>", "or to sell"))
    .addOption(new Option("--price <usd>", "limit of both orders (default: the chain's reference price)"))
    .addOption(new Option("--with <name>", "the other side: a devnet's account, by name"))
    .addOption(new Option("--with-key-file <file>", "or a file with its private key"))
    .addOption(new Option("--with-home <chain>", "chain on which that key's address is believed"));
  return withReportOptions(command).action(async (options: TradeOptions) => {
    if (options.schema) {
      output.result(jsonSchema(tradeResult, tradeInput), (schema) => JSON.stringify(schema, null, 2));
      return;
    }
    const chain = required(options.chain, "--chain <chain>");
    const instrument = required(options.instrument, "--instrument <name>");
    if ((options.buy === undefined) === (options.sell === undefined))
      throw usage("exactly one of '--buy <size>' and '--sell <size>' is needed");
    const { with: as, withKeyFile: keyFile, withHome: home } = options;
    const result = await onNetwork(options, process.env, async (names) =>
      trade({
        network: names.network,
        chain: chainNamed(names.network, chain),
        instrument,
        trader: findTrader(names, options),
        counterparty: findTrader(names, { as, keyFile, home }, "with"),
        isBuy: options.buy !== undefined,
        size: (options.buy ?? options.sell)!,
        price: options.price,
        seconds: options.timeout,
        progress: output.progress,
      }),
    );
    output.result(tradeResult.parse(result), render);
  });
}

function render(result: TradeResult): string {
  const { size, instrument, chain, price, buyer, seller, feeEachUsd, nettedSeconds } = result;
  return [
    `traded ${size} ${instrument} at ${price} USD on ${chain}, netted at the hub after ${nettedSeconds} s`,
    `credit used: buyer ${buyer.chargedUsd} USD, seller ${seller.chargedUsd} USD; fee ${feeEachUsd} USD each`,
  ].join("\n");
}
