import { Command, Option } from "commander";
import type { Address } from "viem";
import { withReportOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { jsonSchema } from "../schema/jsonSchema.ts";
import { type MandateResult, mandateInput, mandateResult } from "../schema/trader.ts";
import {
  type ActorOptions,
  addressArgument,
  onNetwork,
  required,
  withActorOptions,
} from "../trader/command.ts";
import { findTrader } from "../trader/identity.ts";
import { setMandate } from "../trader/mandate.ts";
import { chainNamed } from "../trader/network.ts";

interface MandateOptions extends ActorOptions {
  chain?: string;
  credit?: string;
  venueLimit?: string;
  venue?: Address;
  schema?: true;
}

/** `./causeway mandate`: lets the hub lend credit on one chain, which trading there needs, or ends it. */
export function mandateCommand(output: Output): Command {
  const command = withActorOptions(new Command("mandate"))
    .addOption(new Option("--account <account>", "one's account, by id, if it is not the first at home"))
    .addOption(new Option("--chain <chain>", "where to trade"))
    .addOption(new Option("--credit <usd>", "credit that may be outstanding there at any time; 0 ends it"))
    .addOption(
      new Option("--venue-limit <usd>", "most that the venue may cost from now on (default: as --credit)"),
    )
    .addOption(
      new Option("--venue <address>", "venue (default: the chain's order venue)").argParser(addressArgument),
    );
  return withReportOptions(command).action(async (options: MandateOptions) => {
    if (options.schema) {
      output.result(jsonSchema(mandateResult, mandateInput), (schema) => JSON.stringify(schema, null, 2));
      return;
    }
    const chain = required(options.chain, "--chain <chain>");
    const credit = required(options.credit, "--credit <usd>");
    const result = await onNetwork(options, process.env, async (names) =>
      setMandate({
        network: names.network,
        chain: chainNamed(names.network, chain),
        trader: findTrader(names, options),
        credit,
        venueLimit: options.venueLimit,
        venue: options.venue,
        seconds: options.timeout,
        progress: output.progress,
      }),
    );
    output.result(mandateResult.parse(result), render);
  });
}

function render({
  chain,
  creditUsd,
  availableUsd,
  venue,
  venueLimitUsd,
  outstandingUsd,
}: MandateResult): string {
  if (creditUsd === "0")
    return `no credit on ${chain} any more; the hub holds back ${outstandingUsd} USD for it`;
  return `credit on ${chain}: ${availableUsd} USD to trade with now, up to ${creditUsd}; venue ${venue} may cost ${venueLimitUsd} USD in all`;
}
