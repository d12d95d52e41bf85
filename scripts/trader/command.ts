import { type Command, InvalidArgumentError, Option } from "commander";
import { type Address, BaseError, getAddress, isAddress } from "viem";
import { loadNetworkConfig } from "../../chains/config.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import { readDevnetFile } from "../devnet/folder.ts";
import { configOption, folderOption, wholeNumber } from "../options.ts";
import { type IdentityOptions, KEY_VARIABLE, type Names, usage } from "./identity.ts";
import { connectTraders } from "./network.ts";

export interface NetworkOptions {
  folder: string;
  config?: string;
}

export interface ActorOptions extends NetworkOptions, IdentityOptions {
  timeout: number;
}

/** Options of every command that reads or acts on a network. */
export function withNetworkOptions(command: Command): Command {
  return command.addOption(configOption()).addOption(folderOption());
}

/** Likewise of every command that acts for somebody. */
export function withActorOptions(command: Command): Command {
  return withNetworkOptions(command)
    .addOption(new Option("--as <name>", "who acts: a devnet's account, by name"))
    .addOption(
      new Option("--key-file <file>", `or a file with the private key (or the variable ${KEY_VARIABLE})`),
    )
    .addOption(new Option("--home <chain>", "chain on which that key's address is believed"))
    .addOption(
      new Option("--timeout <seconds>", "longest that each wait may take")
        .argParser(wholeNumber(1, 3_600))
        .default(120),
    );
}

/**
 * Connects to the network of the options and does `work`. A devnet is found by its folder unless a configuration is named.
 *
 * @throws CausewayError `DevnetMissing`, as `loadNetworkConfig` and `connectTraders`, `CallFailed` if a node stops answering,
 * and what `work` throws
 */
export async function onNetwork<T>(
  { config, folder }: NetworkOptions,
  environment: Names["environment"],
  work: (names: Names) => Promise<T>,
): Promise<T> {
  const devnet = config === undefined ? readDevnetFile(folder) : undefined;
  const network = await connectTraders(loadNetworkConfig(config ?? devnet!.config));
  try {
    return await work({ network, devnet, environment });
  } catch (cause) {
    if (!(cause instanceof BaseError)) throw cause;
    const chain = network.chains.map(({ definition }) => definition.name).join(", ");
    const details = { what: "Reading the contracts", chain, reason: cause.shortMessage };
    throw new CausewayError("CallFailed", { details, cause });
  }
}

/** Parser of an option that takes an address. */
export function addressArgument(text: string): Address {
  if (isAddress(text, { strict: false })) return getAddress(text);
  throw new InvalidArgumentError(`Found ${text}, expected an address of 20 bytes.`);
}

/** @throws CausewayError `UsageInvalid` without a value */
export function required(value: string | undefined, option: string): string {
  if (value !== undefined) return value;
  throw usage(`required option '${option}' not given`);
}
