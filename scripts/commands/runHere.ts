import { run } from "../cli.ts";
import { createOutput } from "../output.ts";

/** Runs the command line in this process, for tests: what it printed, and the code it would end with. */
export async function runHere(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  let [stdout, stderr] = ["", ""];
  const output = createOutput({
    json: args.includes("--json"),
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
  });
  await run(args, output);
  return { code: output.exitCode, stdout, stderr };
}
