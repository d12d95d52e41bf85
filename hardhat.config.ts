import { fileURLToPath } from "node:url";
import { defineConfig } from "hardhat/config";

// The compiler comes from npm (WebAssembly), pinned by the lock file: Hardhat's own download would need
// a site that may be out of reach. Hardhat does not compare `path` with `version`; the exact pragmas do.
const solc = {
  version: "0.8.30",
  path: fileURLToPath(import.meta.resolve("solc/soljson.js")),
  settings: { optimizer: { enabled: true, runs: 200 }, evmVersion: "cancun" },
};

export default defineConfig({
  paths: { tests: { solidity: "test/contracts" } },
  solidity: {
    compilers: [solc],
    npmFilesToBuild: ["@openzeppelin/contracts/access/manager/AccessManager.sol"],
  },
  test: {
    solidity: {
      fsPermissions: { readDirectory: ["test/vectors"] },
      fuzz: { runs: 256, seed: "0x1" },
      invariant: { runs: 256, depth: 64, failOnRevert: true, shrinkRunLimit: 256 },
    },
  },
});
