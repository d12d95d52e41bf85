import { availableParallelism } from "node:os";
import type { HardhatPlugin } from "hardhat/types/plugins";

/** Compiles on as many cores as there are: Hardhat leaves one idle, which on two cores means that product and tests wait for each other. */
export const compileOnAllCores: HardhatPlugin = {
  id: "causeway:compile-on-all-cores",
  hookHandlers: {
    solidity: async () => ({
      default: async () => ({
        build: (context, rootFilePaths, options, next) =>
          next(context, rootFilePaths, { concurrency: availableParallelism(), ...options }),
      }),
    }),
  },
};
