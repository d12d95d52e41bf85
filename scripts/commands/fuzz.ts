import { Command, Option } from "commander";
import { fuzzMargin } from "../fuzz/margin/fuzzMargin.ts";
import { onInterruption } from "../interruption.ts";
import { seedOption, wholeNumber, withReportOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { type FuzzMarginResult, fuzzMarginInput, fuzzMarginResult } from "../schema/fuzz.ts";
import { jsonSchema } from "../schema/jsonSchema.ts";
import { table } from "../table.ts";

interface MarginOptions {
  portfolios: number;
  seed: number;
  from: number;
  schema?: true;
}

/** `./causeway fuzz <name>`: TypeScript against contracts, on random input. */
export function fuzzCommand(output: Output): Command {
  return new Command("fuzz").helpCommand(false).addCommand(marginCommand(output));
}

function marginCommand(output: Output): Command {
  const command = new Command("margin")
    .description(
      "scenario margin, risk arrays and the engine's assessment in TypeScript and on chain: not one bit apart (CLR-20)",
    )
    .addOption(
      new Option("--portfolios <number>", "how many portfolios to compare")
        .argParser(wholeNumber(1, 10_000_000))
        .default(10_000),
    )
    .addOption(seedOption())
    .addOption(
      new Option("--from <index>", "first portfolio: to look at one again")
        .argParser(wholeNumber(0, 2 ** 31))
        .default(0),
    )
    .addHelpText("after", "\nExit code 1 if a portfolio differs: the seed and its index name it.");
  return withReportOptions(command).action(async ({ schema, ...options }: MarginOptions) => {
    if (schema) {
      output.result(jsonSchema(fuzzMarginResult, fuzzMarginInput), (one) => JSON.stringify(one, null, 2));
      return;
    }
    const { signal, dispose } = onInterruption(output.progress);
    try {
      const result = await fuzzMargin({ ...options, progress: output.progress, signal });
      if (result.differing > 0) output.checkFailed();
      output.result(fuzzMarginResult.parse(result), render);
    } finally {
      dispose();
    }
  });
}

function render(result: FuzzMarginResult): string {
  const { seed, from, portfolios, instruments, refused, arrays, exposures, assessed } = result;
  const { differing, differences } = result;
  const number = (value: number): string => value.toLocaleString("en-US");
  const compared = `${number(portfolios)} portfolios from ${from} of seed ${seed}: ${number(instruments)} instruments, ${number(arrays)} risk arrays, ${number(refused)} portfolios refused by both
as many accounts for the engine to assess: ${number(exposures)} exposures, ${number(portfolios - assessed)} refused by the same name`;
  if (differing === 0) return `${compared}\nno value differs`;
  const rows = differences.map(({ portfolio, where, typescript, solidity }) => [
    String(portfolio),
    where,
    typescript,
    solidity,
  ]);
  const again = `./causeway fuzz margin --seed ${seed} --from ${differences[0]!.portfolio} --portfolios 1`;
  return `${compared}\n\n${table([["portfolio", "where", "TypeScript", "Solidity"], ...rows])}\n\n${number(differing)} PORTFOLIOS DIFFER. The first again: ${again}`;
}
