import { Command } from "commander";
import { loadConfig } from "../../chains/config.ts";
import { causewayErrorAbi, deployCauseway } from "../../chains/deploy/causeway.ts";
import { deployLayerZero } from "../../chains/deploy/layerzero.ts";
import { connectNetwork, sentTransactions } from "../../chains/deploy/network.ts";
import { buildContracts } from "../build.ts";
import { configOption, requireConfig, withReportOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { jsonSchema } from "../schema/jsonSchema.ts";
import { deployResult, networkInput } from "../schema/network.ts";

/** `./causeway deploy`: puts the contracts on the chains of a configuration file. */
export function deployCommand(output: Output): Command {
  const command = new Command("deploy").addOption(configOption());
  return withReportOptions(command).action(async (options: { config?: string; schema?: true }) => {
    if (options.schema) {
      output.result(jsonSchema(deployResult, networkInput), (schema) => JSON.stringify(schema, null, 2));
      return;
    }
    const config = loadConfig(requireConfig(options.config), process.env);
    await buildContracts(output.progress);
    const network = await connectNetwork(config, causewayErrorAbi, output.progress);
    await deployLayerZero(network);
    const deployments = await deployCauseway(network);
    output.result(
      deployResult.parse({
        transactions: sentTransactions(network),
        records: config.deploymentsFolder,
        chains: deployments.map(({ chain, causeway }) => ({
          chain,
          vault: causeway!.vault,
          orderVenue: causeway!.orderVenue,
          ...(causeway!.hub && { hub: causeway!.hub.clearingHub }),
        })),
      }),
      ({ transactions, records }) =>
        `deployed with ${transactions} transactions; records in ${records}\nnext: ./causeway wire --config ${options.config}`,
    );
  });
}
