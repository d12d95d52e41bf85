import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../test/runProcess.ts";

/** What compiling and running the campaign reads, all that the configuration imports included. Dependencies are linked. */
export const SOURCES = [
  "contracts",
  "test/contracts",
  "scripts/compileOnAllCores.ts",
  "scripts/quickTests.ts",
  "hardhat.config.ts",
  "package.json",
  "remappings.txt",
];
/** What Hardhat writes: a workspace has its own. */
const OUTPUTS = ["artifacts", "cache"];

/** A folder where the campaign can be compiled and run apart. */
export interface Workspace {
  folder: string;
  remove(): Promise<void>;
}

/** A copy of the repository as it is. */
export async function createWorkspace(): Promise<Workspace> {
  return copy(root, SOURCES);
}

/** A copy of `workspace`, with what was compiled there. */
export async function copyWorkspace(workspace: Workspace): Promise<Workspace> {
  return copy(workspace.folder, [...SOURCES, ...OUTPUTS]);
}

async function copy(from: string, paths: readonly string[]): Promise<Workspace> {
  const folder = await mkdtemp(join(tmpdir(), "causeway-mutate-"));
  // What was killed while it wrote may write once more while its files go.
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    for (const path of paths) await cp(join(from, path), join(folder, path), { recursive: true });
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  } catch (error) {
    await remove();
    throw error;
  }
  return { folder, remove };
}
