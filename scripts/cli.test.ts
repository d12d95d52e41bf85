import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const cli = fileURLToPath(new URL("./cli.ts", import.meta.url));

test("whoever stops reading, as `| head` does, is no error", async () => {
  const child = spawn(process.execPath, [cli, "signer", "--help"], { stdio: ["ignore", "pipe", "pipe"] });
  // Before it has written anything.
  child.stdout.destroy();
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const [code] = await once(child, "close");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});
