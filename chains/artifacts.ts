import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Abi, type Address, encodeDeployData, type Hex } from "viem";
import { CausewayError } from "../errors/CausewayError.ts";

/** A compiled contract, as Hardhat and LayerZero's packages write it. */
export interface Artifact {
  contractName: string;
  abi: Abi;
  /** Creation code; libraries that are not linked are placeholders in it. */
  bytecode: Hex;
  linkReferences?: Record<string, Record<string, readonly { start: number; length: number }[]>>;
}

const PROTOCOL = "@layerzerolabs/lz-evm-protocol-v2/artifacts/contracts";
const MESSAGELIB = "@layerzerolabs/lz-evm-messagelib-v2/artifacts/contracts";

/** Where the packages keep what we deploy. They are licensed LZBL-1.2: installed, never copied into this repository. */
const paths = {
  EndpointV2: `${PROTOCOL}/EndpointV2.sol/EndpointV2.json`,
  EndpointV2View: `${PROTOCOL}/EndpointV2View.sol/EndpointV2View.json`,
  SendUln302: `${MESSAGELIB}/uln/uln302/SendUln302.sol/SendUln302.json`,
  ReceiveUln302: `${MESSAGELIB}/uln/uln302/ReceiveUln302.sol/ReceiveUln302.json`,
  ReceiveUln302View: `${MESSAGELIB}/uln/uln302/ReceiveUln302View.sol/ReceiveUln302View.json`,
  PriceFeed: `${MESSAGELIB}/PriceFeed.sol/PriceFeed.json`,
  Executor: `${MESSAGELIB}/Executor.sol/Executor.json`,
  ExecutorFeeLib: `${MESSAGELIB}/ExecutorFeeLib.sol/ExecutorFeeLib.json`,
  DVN: `${MESSAGELIB}/uln/dvn/DVN.sol/DVN.json`,
  DVNFeeLib: `${MESSAGELIB}/uln/dvn/DVNFeeLib.sol/DVNFeeLib.json`,
  LzExecutor: `${MESSAGELIB}/uln/LzExecutor.sol/LzExecutor.json`,
} as const;

export type LayerZeroContract = keyof typeof paths;

const require = createRequire(import.meta.url);

/**
 * Reads one of LayerZero's artifacts from its package.
 *
 * @throws CausewayError `ArtifactMissing` if the packages are not installed
 */
export function layerZeroArtifact(contract: LayerZeroContract): Artifact {
  try {
    return require(paths[contract]);
  } catch (cause) {
    throw new CausewayError("ArtifactMissing", { details: { found: paths[contract] }, cause });
  }
}

/**
 * Reads the artifact of a contract that Hardhat compiled.
 *
 * @param source its file and name under `contracts/`: `hub/ClearingHub.sol/ClearingHub`; or in a package: `@openzeppelin/…`
 * @throws CausewayError `ArtifactMissing` if the contracts are not compiled
 */
export function causewayArtifact(source: string): Artifact {
  const folder = source.startsWith("@") ? "../artifacts" : "../artifacts/contracts";
  const file = new URL(`${folder}/${source}.json`, import.meta.url);
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new CausewayError("ArtifactMissing", { details: { found: source }, cause });
  }
}

export interface CreationCodeParameters {
  artifact: Artifact;
  /** Constructor arguments, in order. */
  args?: readonly unknown[];
  /** Addresses of the libraries that the contract calls, by the library's name. */
  libraries?: Readonly<Record<string, Address>>;
}

/**
 * Creation code with libraries linked and constructor arguments appended.
 *
 * @throws CausewayError `LibraryNotLinked` if a library's address is not given
 */
export function creationCode({ artifact, args = [], libraries = {} }: CreationCodeParameters): Hex {
  let bytecode = artifact.bytecode;
  for (const references of Object.values(artifact.linkReferences ?? {})) {
    for (const [library, places] of Object.entries(references)) {
      const address = libraries[library];
      if (!address) {
        throw new CausewayError("LibraryNotLinked", {
          details: { contract: artifact.contractName, found: library },
        });
      }
      for (const { start, length } of places) {
        // Not by `slice`: what stands there is a placeholder, not hexadecimal.
        const at = 2 + 2 * start;
        const after = bytecode.slice(at + 2 * length);
        bytecode = `${bytecode.slice(0, at) as Hex}${address.slice(2).toLowerCase()}${after}`;
      }
    }
  }
  return encodeDeployData({ abi: artifact.abi, bytecode, args });
}
