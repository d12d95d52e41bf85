import type { Hex } from "viem";
import { describe, expect, test } from "vitest";
import { type Artifact, causewayArtifact, creationCode } from "./artifacts.ts";

const placeholder = `__$${"ab".repeat(17)}$__`;
const artifact: Artifact = {
  contractName: "Caller",
  abi: [{ type: "constructor", inputs: [{ name: "limit", type: "uint8" }], stateMutability: "nonpayable" }],
  bytecode: `0x60${placeholder}61${placeholder}62` as Hex,
  linkReferences: {
    "Lib.sol": {
      Lib: [
        { start: 1, length: 20 },
        { start: 22, length: 20 },
      ],
    },
  },
};

describe("creationCode", () => {
  test("links every place of a library and appends the arguments", () => {
    const Lib = "0xAAaaaaaaAAAaAAaaaaAAAaAAaaAaaAAAAAAAAAaA" as const;
    const address = "aa".repeat(20);
    expect(creationCode({ artifact, args: [7], libraries: { Lib } })).toBe(
      `0x60${address}61${address}62${"7".padStart(64, "0")}`,
    );
  });

  test("a library that was not given is named", () => {
    expect(() => creationCode({ artifact, args: [7] })).toThrow("Caller needs the library Lib");
  });
});

test("an artifact that was not compiled is named", () => {
  expect(() => causewayArtifact("none/None.sol/None")).toThrow("no compiled artifact none/None.sol/None");
});
