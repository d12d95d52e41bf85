import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runProcess } from "./runProcess.ts";

const folder = mkdtempSync(join(tmpdir(), "causeway-tools-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function tool(name: string, script: string): string {
  const bin = join(folder, "node_modules/.bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, name), 0o755);
  return name;
}
const signal = new AbortController().signal;

test("keeps what a tool writes, and how it ended", async () => {
  const result = await runProcess(tool("fails", "echo out; echo err >&2; exit 3"), [], {
    folder,
    signal,
    quiet: true,
  });
  expect(result).toEqual({ code: 3, text: expect.stringMatching(/out\n/) });
  expect(result.text).toContain("err\n");
});

test("a tool that is not there has failed, with the reason", async () => {
  const result = await runProcess("missing", [], { folder, signal, quiet: true });
  expect(result).toEqual({ code: 1, text: expect.stringContaining("ENOENT") });
});

test("an abort ends the tool and what it started", async () => {
  // It holds our end of the pipe: while it runs, nothing ends.
  const hangs = tool("hangs", "sleep 1000 & wait");
  const running = runProcess(hangs, [], { folder, signal: AbortSignal.timeout(50), quiet: true });
  await expect(running).rejects.toMatchObject({ name: "TimeoutError" });
});
