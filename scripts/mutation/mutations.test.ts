import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { mutations } from "../../test/mutations/list.ts";
import { root } from "../test/runProcess.ts";
import { mutate } from "./applyMutation.ts";
import { failuresIn } from "./failuresIn.ts";
import { SOURCES } from "./workspace.ts";

describe("the list of mutations", () => {
  it.each(mutations)("$id still applies", async (mutation) => {
    const source = await readFile(join(root, mutation.file), "utf8");
    expect(mutate(source, mutation)).not.toBe(source);
  });

  it("has at least 20, each under a name of its own", () => {
    expect(new Set(mutations.map(({ id }) => id)).size).toBe(mutations.length);
    expect(mutations.length).toBeGreaterThanOrEqual(20);
  });
});

describe("a workspace", () => {
  it("has what Hardhat's configuration imports", async () => {
    const text = await readFile(join(root, "hardhat.config.ts"), "utf8");
    const imported = [...text.matchAll(/from "\.\/([^"]+)"/g)].map(([, file]) => file);
    expect(imported.length).toBeGreaterThan(0);
    expect(SOURCES).toEqual(expect.arrayContaining(imported));
  });
});

describe("mutate", () => {
  const mutation = { ...mutations[0]!, original: "a + b", replacement: "a - $&b" };

  it("puts in the replacement as it stands", () => {
    expect(mutate("x = a + b;", mutation)).toBe("x = a - $&b;");
  });

  it.each([
    ["x = a+b;", 0],
    ["x = a + b; y = a + b;", 2],
  ])("refuses %s", (source, found) => {
    const details = { id: mutation.id, file: mutation.file, found };
    expect(() => mutate(source, mutation)).toThrow(
      expect.objectContaining({ kind: "MutationStale", details }),
    );
  });
});

describe("failuresIn", () => {
  it("reads what failed", () => {
    const text = [
      "    1) test_EveryActionSucceeds()",
      "    2) invariant_All()",
      "  1 passing",
      "  2 failing",
      "",
      "  1) ClearingInvariantsTest#test_EveryActionSucceeds()",
      "    Error: net base",
      "      at ClearingInvariantsTest.test_EveryActionSucceeds (ClearingInvariants.t.sol:54)",
      "",
      "  2) ClearingInvariantsTest#invariant_All()",
      "    Error: claims <= tokens",
    ].join("\n");
    expect(failuresIn(text)).toEqual([
      { test: "test_EveryActionSucceeds", check: "net base" },
      { test: "invariant_All", check: "claims <= tokens" },
    ]);
  });

  it("finds nothing in a run that passed", () => {
    expect(failuresIn("    ✔ invariant_All() (runs: 256)\n\n  1 passing\n")).toEqual([]);
  });
});
