import { spawn } from "node:child_process";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { ProcessResult } from "../test/runProcess.ts";

/**
 * Runs Hardhat in `folder`; what it writes is kept, not shown. It gets a process group of its own, because it starts the
 * compiler as a process: an abort ends them all, and then rejects with the signal's reason.
 */
export async function runHardhat(
  folder: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<ProcessResult> {
  signal.throwIfAborted();
  const child = spawn(process.execPath, [join(folder, "node_modules/hardhat/dist/src/cli.js"), ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let text = "";
  const take = (chunk: Buffer): void => {
    text += chunk.toString();
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const kill = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
  };
  signal.addEventListener("abort", kill, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", resolve);
    });
    signal.throwIfAborted();
    return { code: code ?? 1, text: stripVTControlCharacters(text) };
  } finally {
    signal.removeEventListener("abort", kill);
  }
}
