import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root, where tools run. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

export interface ProcessResult {
  /** Exit code; 1 if it was ended by a signal or could not be started. */
  code: number;
  /** What it wrote, stdout and stderr together. */
  text: string;
}

export interface RunProcessOptions {
  /** Ends the tool and everything that it started. */
  signal: AbortSignal;
  /** Where it runs. Without, the repository's root. */
  folder?: string;
  /** Keeps what it writes for the result alone; without, it goes to our stderr as it comes. */
  quiet?: boolean;
}

/**
 * Runs a tool of `node_modules/.bin`, in a process group of its own, because tools start processes of theirs.
 *
 * @throws the signal's reason, when all of the group is gone
 */
export async function runProcess(
  tool: string,
  args: readonly string[],
  { signal, folder = root, quiet = false }: RunProcessOptions,
): Promise<ProcessResult> {
  signal.throwIfAborted();
  const child = spawn(join(folder, "node_modules/.bin", tool), args, {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const chunks: Buffer[] = [];
  const take = (chunk: Buffer): void => {
    chunks.push(chunk);
    if (!quiet) process.stderr.write(chunk);
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const kill = (): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // All gone already.
    }
  };
  signal.addEventListener("abort", kill, { once: true });
  process.once("exit", kill);
  try {
    const code = await new Promise<number>((resolve) => {
      child.on("error", (error) => {
        take(Buffer.from(`${error.message}\n`));
        resolve(1);
      });
      child.on("close", (closed) => resolve(closed ?? 1));
    });
    signal.throwIfAborted();
    return { code, text: Buffer.concat(chunks).toString("utf8") };
  } finally {
    signal.removeEventListener("abort", kill);
    process.off("exit", kill);
  }
}
