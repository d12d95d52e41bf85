import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));

/** What each folder may import besides itself and packages. */
const allowed: Record<string, readonly string[]> = {
  errors: [],
  clearing: ["errors"],
  chains: ["errors", "clearing"],
  relayer: ["errors", "clearing", "chains"],
  scripts: ["errors", "clearing", "chains", "relayer", "test"],
  test: ["errors", "clearing", "chains", "relayer", "scripts"],
};
const folders = Object.keys(allowed);

describe("imports", () => {
  const graph = importGraph(allImports);

  it("finds the files", () => {
    expect(graph.size).toBeGreaterThan(40);
  });

  it.each(folders.filter((folder) => folder !== "scripts" && folder !== "test"))(
    "keep %s/ apart",
    (folder) => {
      const wrong = [...graph]
        // A test may use anything, for example a vector or a local chain.
        .filter(([file]) => folderOf(file) === folder && !file.endsWith(".test.ts"))
        .flatMap(([file, targets]) => targets.map((target) => [file, target] as const))
        .filter(([, target]) => folderOf(target) !== folder && !allowed[folder]!.includes(folderOf(target)));
      expect(wrong).toEqual([]);
    },
  );

  it("go round in no circle", () => {
    // Types are erased before anything runs, so only what stays can be half-loaded.
    expect(findCycle(importGraph(runTimeImports))).toEqual([]);
  });

  it("leave clearing/ without I/O, clock and environment", () => {
    const impure = [...graph.keys()]
      .filter((file) => folderOf(file) === "clearing" && !file.endsWith(".test.ts"))
      .filter((file) =>
        /["']node:|\bprocess\.|\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bfetch\(/.test(read(file)),
      );
    expect(impure).toEqual([]);
  });
});

/** Imports and exports from a file of ours, `import()` included. */
const allImports =
  /(?:^|[\s;])(?:import|export)\b[^;"']*?from\s*["'](\.[^"']+)["']|import\(\s*["'](\.[^"']+)["']/g;
const runTimeImports =
  /(?:^|[\s;])(?:import|export)\b(?!\s+type\b)[^;"']*?from\s*["'](\.[^"']+)["']|import\(\s*["'](\.[^"']+)["']/g;

/** Files (relative to the root) and the files of ours that they import. */
function importGraph(pattern: RegExp): Map<string, string[]> {
  return new Map(folders.flatMap(sources).map((file) => [file, importsOf(file, pattern)]));
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(folder, path));
}

function importsOf(file: string, pattern: RegExp): string[] {
  return Array.from(read(file).matchAll(pattern), ([, fixed, dynamic]) =>
    relative(root, resolve(root, dirname(file), fixed ?? dynamic!)),
  );
}

/** A chain of imports that ends where it begins, or nothing. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    path.push(file);
    for (const target of graph.get(file) ?? []) {
      const cycle = visit(target);
      if (cycle.length > 0) return cycle;
    }
    path.pop();
    done.add(file);
    return [];
  };
  for (const file of graph.keys()) {
    const cycle = visit(file);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

function folderOf(file: string): string {
  return file.split("/")[0]!;
}

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}
