import { fileURLToPath } from "node:url";
import { defineConfig } from "hardhat/config";
import { compileOnAllCores } from "./scripts/compileOnAllCores.ts";
import { quickTests } from "./scripts/quickTests.ts";

// The compiler comes from npm (WebAssembly), pinned by the lock file: Hardhat's own download would need
// a site that may be out of reach. Hardhat does not compare `path` with `version`; the exact pragmas do.
const solc = {
  version: "0.8.30",
  path: fileURLToPath(import.meta.resolve("solc/soljson.js")),
  settings: { optimizer: { enabled: true, runs: 200 }, evmVersion: "cancun" },
};

/** Seed of fuzz tests and campaign: the same in CI and at home unless asked otherwise (`CAUSEWAY_FUZZ_SEED`). */
const seed = process.env.CAUSEWAY_FUZZ_SEED ?? "0x1";

const tests = {
  fsPermissions: { readDirectory: ["test/vectors"] },
  fuzz: { runs: 256, seed },
  invariant: {
    runs: 104,
    depth: 64,
    failOnRevert: true,
    shrinkRunLimit: 256,
    // A seed of a campaign's action only feeds its own chance, so nothing is gained by values that states and code
    // hold; and the order in which they are found differs from run to run: with them no seed would repeat a run.
    includeStorage: false,
    includePushBytes: false,
  },
};

export default defineConfig({
  plugins: [compileOnAllCores, quickTests],
  paths: { tests: { solidity: "test/contracts" } },
  solidity: {
    compilers: [solc],
    npmFilesToBuild: ["@openzeppelin/contracts/access/manager/AccessManager.sol"],
  },
  test: {
    solidity: {
      profiles: {
        default: tests,
        // For `./causeway mutate`: the first part of the campaign, whose failures nobody wants to see shortened.
        mutation: { ...tests, invariant: { ...tests.invariant, runs: 40, shrinkRunLimit: 0 } },
      },
    },
  },
});
