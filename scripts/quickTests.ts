import { readdirSync } from "node:fs";
import { relative, sep } from "node:path";
import type { SolidityCompilerConfig } from "hardhat/types/config";
import type { HardhatPlugin } from "hardhat/types/plugins";

/** What tests deploy through the linked libraries, and tests that measure gas: compiled as the product is. */
const asDeployed = /(^|\/)(support\/Deploy\w*|\w*Gas\w*\.t)\.sol$/;

/**
 * Compiles the Solidity tests themselves without the costly steps of the optimizer: they were two thirds of the time that compiling
 * took. The contracts of the product keep all of it, in the tests too, as long as these deploy them through `support/Deploy*.sol`.
 *
 * A plugin and not `overrides` in the configuration: Hardhat compiles files together only where their settings are one object.
 */
export const quickTests: HardhatPlugin = {
  id: "causeway:quick-tests",
  hookHandlers: {
    config: async () => ({
      default: async () => ({
        resolveUserConfig: async (userConfig, resolveVariable, next) => {
          const config = await next(userConfig, resolveVariable);
          const { root, tests } = config.paths;
          const files = readdirSync(tests.solidity, { recursive: true, encoding: "utf8" });
          for (const { compilers, overrides } of Object.values(config.solidity.profiles)) {
            const [product] = compilers;
            if (product === undefined) continue;
            const quick = withoutCostlySteps(product);
            for (const file of files) {
              if (!file.endsWith(".sol") || asDeployed.test(file)) continue;
              overrides[[relative(root, tests.solidity), file].join(sep).replaceAll(sep, "/")] = quick;
            }
          }
          return config;
        },
      }),
    }),
  },
};

function withoutCostlySteps(product: SolidityCompilerConfig): SolidityCompilerConfig {
  const details = { inliner: false, deduplicate: false, cse: false, constantOptimizer: false, yul: false };
  return {
    ...product,
    settings: { ...product.settings, optimizer: { ...product.settings.optimizer, details } },
  };
}
