import { type Command, InvalidArgumentError, Option } from "commander";
import { CausewayError } from "../errors/CausewayError.ts";

/** Where a devnet keeps its files unless told otherwise; Git ignores it. */
const DEVNET_FOLDER = ".causeway/devnet";

/** Parser of an option that takes a whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`Found ${text}, expected a whole number from ${least} to ${most}.`);
    return value;
  };
}

/** Adds `--json` and `--schema`, which every command that reports something has. */
export function withReportOptions(command: Command): Command {
  return command
    .addOption(new Option("--json", "print one JSON object on stdout"))
    .addOption(
      new Option(
        "--schema",
        "print the JSON schema of the result (and under $defs.input of the options), then stop",
      ),
    );
}

/** `--seed`, for what is drawn at random. */
export function seedOption(): Option {
  return new Option("--seed <number>", "seed of everything drawn at random")
    .argParser(wholeNumber(0, 2 ** 32 - 1))
    .default(1);
}

/** `--config`, for commands that act on a network. */
export function configOption(): Option {
  return new Option("--config <file>", "configuration file of the network, JSON");
}

/** @throws CausewayError `UsageInvalid` without `--config` */
export function requireConfig(file: string | undefined): string {
  if (file !== undefined) return file;
  throw new CausewayError("UsageInvalid", {
    details: { found: "required option '--config <file>' not given" },
  });
}

/** `--folder`, for the devnet and for commands that act on it. */
export function folderOption(): Option {
  return new Option("--folder <folder>", "the devnet's folder").default(DEVNET_FOLDER);
}
