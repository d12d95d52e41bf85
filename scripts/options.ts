import { resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { CausewayError } from "../errors/CausewayError.ts";

/** Where a devnet keeps its files unless told otherwise; Git ignores it. */
const DEVNET_FOLDER = ".causeway/devnet";

/** What a command printed for people has to end with, to act on the devnet of `folder`: nothing if that is the default. */
export function folderFlag(folder: string): string {
  return resolve(folder) === resolve(DEVNET_FOLDER) ? "" : ` --folder ${folder}`;
}

/** Parser of an option that takes a whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`Found ${text}, expected a whole number from ${least} to ${most}.`);
    return value;
  };
}

const NUMBER = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:e([+-]?\d{1,3}))?$/i;

/** Parser of an option that takes a number, as people and programs write it: 1e18, its digits past the 18th decimal cut. */
export function wadNumber(text: string): bigint {
  const [, sign, digits, exponent = "0"] = NUMBER.exec(text) ?? [];
  if (digits === undefined) throw new InvalidArgumentError(`Found ${text}, expected a number such as 0.05.`);
  const [whole = "", fraction = ""] = digits.split(".");
  const shift = 18 - fraction.length + Number(exponent);
  const all = BigInt(whole + fraction);
  const magnitude = shift >= 0 ? all * 10n ** BigInt(shift) : all / 10n ** BigInt(-shift);
  return sign === "-" ? -magnitude : magnitude;
}

/** Parser of an option that takes one number for each of `names`, with commas between. */
export function wadNumbers(names: readonly string[]): (text: string) => bigint[] {
  return (text) => {
    const parts = text.split(",").map((part) => part.trim());
    if (parts.length !== names.length)
      throw new InvalidArgumentError(`Found ${parts.length} numbers, expected ${names.join(",")}.`);
    return parts.map(wadNumber);
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
