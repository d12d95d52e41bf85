import { Command } from "commander";
import { loadConfig } from "../../chains/config.ts";
import { causewayErrorAbi } from "../../chains/deploy/causeway.ts";
import { connectNetwork, sentTransactions } from "../../chains/deploy/network.ts";
import { wireCauseway } from "../../chains/deploy/wireCauseway.ts";
import { wireLayerZero } from "../../chains/deploy/wireLayerZero.ts";
import { readDeployment } from "../../chains/deployments.ts";
import { configOption, requireConfig, withReportOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { jsonSchema } from "../schema/jsonSchema.ts";
import { networkInput, wireResult } from "../schema/network.ts";

/** `./causeway wire`: connects what `deploy` deployed. */
export function wireCommand(output: Output): Command {
  const command = new Command("wire").addOption(configOption());
  return withReportOptions(command).action(async (options: { config?: string; schema?: true }) => {
    if (options.schema) {
      output.result(jsonSchema(wireResult, networkInput), (schema) => JSON.stringify(schema, null, 2));
      return;
    }
    const config = loadConfig(requireConfig(options.config), process.env);
    const records = new Map(
      config.chains.map(({ name }) => [name, readDeployment(config.deploymentsFolder, name)]),
    );
    const network = await connectNetwork(config, causewayErrorAbi, output.progress);
    await wireLayerZero(network, records);
    await wireCauseway(network);
    output.result(
      wireResult.parse({
        transactions: sentTransactions(network),
        chains: config.chains.map(({ name }) => name),
      }),
      ({ transactions, chains }) => `wired ${chains.join(", ")} with ${transactions} transactions`,
    );
  });
}
