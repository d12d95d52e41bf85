import { Command, Option } from "commander";
import type { z } from "zod";
import { loadConfig } from "../../chains/config.ts";
import { causewayErrorAbi } from "../../chains/deploy/causeway.ts";
import { checkWiring } from "../../chains/deploy/checks/index.ts";
import { connectNetwork, sentTransactions } from "../../chains/deploy/network.ts";
import { readScheduled } from "../../chains/deploy/readScheduled.ts";
import { requireSafeRoles } from "../../chains/deploy/roleHolders.ts";
import { wire } from "../../chains/deploy/wire.ts";
import { readWiredNetwork } from "../../chains/deploy/wiredNetwork.ts";
import { configOption, requireConfig, withReportOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { jsonSchema } from "../schema/jsonSchema.ts";
import { wireInput, wireResult } from "../schema/network.ts";

/** `./causeway wire`: connects what `deploy` deployed, hands the roles over, and says whether all is as it must be. */
export function wireCommand(output: Output): Command {
  const command = new Command("wire")
    .addOption(configOption())
    .addOption(new Option("--check", "only look: send nothing, exit with 1 if a check fails"));
  return withReportOptions(command).action(
    async (options: { config?: string; check?: true; schema?: true }) => {
      if (options.schema) {
        output.result(jsonSchema(wireResult, wireInput), (schema) => JSON.stringify(schema, null, 2));
        return;
      }
      const config = loadConfig(requireConfig(options.config), process.env);
      const network = await connectNetwork(config, causewayErrorAbi, output.progress);
      if (options.check) requireSafeRoles(config);
      else await wire(network);
      const wired = readWiredNetwork(network);
      const [checks, scheduled] = await Promise.all([
        checkWiring(wired),
        Promise.all(wired.chains.map(readScheduled)),
      ]);
      const result = wireResult.parse({
        transactions: sentTransactions(network),
        chains: config.chains.map(({ name }) => name),
        checks,
        scheduled: scheduled.flat(),
      });
      output.result(result, renderWiring);
      if (result.checks.some(({ holds }) => !holds)) output.checkFailed();
    },
  );
}

function renderWiring({ transactions, chains, checks, scheduled }: z.output<typeof wireResult>): string {
  const faults = checks.flatMap(({ id, faults }) =>
    faults.map(
      ({ chain, what, found, expected, next }) =>
        `FAILED ${id}: on ${chain}, ${what} is ${found}, expected ${expected}.\n  next: ${next}`,
    ),
  );
  const held = checks.filter(({ holds }) => holds).length;
  const announced = scheduled.map(
    ({ chain, from, caller, target, call }) =>
      `SCHEDULED on ${chain}, from ${new Date(from * 1_000).toISOString()}: ${call} of ${target}, by ${caller}`,
  );
  return [
    ...faults,
    ...announced,
    `${chains.join(", ")}: ${transactions} transactions sent, ${held} of ${checks.length} checks hold`,
  ].join("\n");
}
