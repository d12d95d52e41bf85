import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const cli = fileURLToPath(new URL("../../../scripts/cli.ts", import.meta.url));

/** What a run of the command line came to. */
export interface CausewayRun {
  /** Null if a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunningCauseway {
  child: ChildProcess;
  /** Resolves with the first line on stderr that contains `text`; rejects if there is none. */
  says(text: string): Promise<string>;
  ended: Promise<CausewayRun>;
}

/** Runs `./causeway` with `args` as a process of its own, with this Node. */
export function causeway(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<CausewayRun> {
  return startCauseway(args, environment).ended;
}

/** Likewise, for tests that do something meanwhile. */
export function startCauseway(args: readonly string[], environment: NodeJS.ProcessEnv = {}): RunningCauseway {
  const child = spawn(process.execPath, [cli, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  let [stdout, stderr] = ["", ""];
  const listeners = new Set<() => void>();
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
    for (const listener of listeners) listener();
  });
  const ended = new Promise<CausewayRun>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  const says = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const line = stderr.split("\n").find((one) => one.includes(text));
        if (line === undefined) return;
        listeners.delete(look);
        resolve(line);
      };
      listeners.add(look);
      look();
      // Nothing, if it was said meanwhile.
      void ended.then(() => reject(`it never said "${text}": ${stderr}`), reject);
    });
  return { child, says, ended };
}
