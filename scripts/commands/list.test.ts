import { afterEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { run } from "../cli.ts";
import { createOutput } from "../output.ts";
import { commands } from "./list.ts";

/** As the command line runs it, but in this process: starting one for each takes a second. */
async function printed(...args: string[]) {
  let [stdout, stderr] = ["", ""];
  // Help is commander's, and written past the output.
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    stdout += text;
    return true;
  });
  const output = createOutput({
    json: false,
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
  });
  await run(args, output);
  vi.restoreAllMocks();
  return { stdout, stderr, exitCode: output.exitCode };
}
afterEach(() => vi.restoreAllMocks());

/** Every command, and those of a command that only gathers others. */
async function commandLines(): Promise<string[]> {
  const output = createOutput({ json: false, stdout: () => undefined, stderr: () => undefined });
  const lines = commands.map(async ({ name, load }) => {
    const parts = (await load())(output).commands;
    return parts.length === 0 ? [name] : parts.map((part) => `${name} ${part.name()}`);
  });
  return (await Promise.all(lines)).flat();
}

describe("every command", async () => {
  test.each(await commandLines())("%s has help and a schema", async (command) => {
    const help = await printed(...command.split(" "), "--help");
    expect(help).toMatchObject({ exitCode: 0, stderr: "" });
    for (const text of [`Usage: causeway ${command}`, "--json", "--schema"])
      expect(help.stdout).toContain(text);

    const schema = await printed(...command.split(" "), "--schema");
    expect(schema).toMatchObject({ exitCode: 0, stderr: "" });
    const parsed = JSON.parse(schema.stdout);
    expect(parsed).toMatchObject({ type: "object", $defs: { input: { type: "object" } } });
    expect(() => z.fromJSONSchema(parsed)).not.toThrow();
  });
});
