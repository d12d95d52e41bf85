import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The repository's root, where tools run. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

export interface ProcessResult {
  /** Exit code; 1 if it was ended by a signal or could not be started. */
  code: number;
  /** What it wrote, stdout and stderr together. */
  text: string;
}

/** Runs a tool of `node_modules/.bin`, what it writes going to our stderr as it comes. */
export function runProcess(tool: string, args: readonly string[]): Promise<ProcessResult> {
  return new Promise((resolve) => {
    const child = spawn(`${root}node_modules/.bin/${tool}`, args, {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const chunks: Buffer[] = [];
    const take = (chunk: Buffer): void => {
      chunks.push(chunk);
      process.stderr.write(chunk);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    const finish = (code: number): void => resolve({ code, text: Buffer.concat(chunks).toString("utf8") });
    child.on("error", (error) => {
      take(Buffer.from(`${error.message}\n`));
      finish(1);
    });
    child.on("close", (code) => finish(code ?? 1));
  });
}
