import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CausewayError } from "../errors/CausewayError.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const stampFile = join(root, "artifacts/.causeway-stamp");

/**
 * Compiles the contracts, unless sources and settings are those of the last build. Hardhat prints on stdout, which
 * belongs to a command's result: here it goes to stderr.
 *
 * @throws CausewayError `CompilationFailed`
 */
export async function buildContracts(progress: (line: string) => void): Promise<void> {
  const stamp = await fingerprint();
  const last = await readFile(stampFile, "utf8").catch(() => undefined);
  if (last === stamp) return;
  progress("compiling the contracts (once, about half a minute)");
  const child = spawn(
    process.execPath,
    [join(root, "node_modules/hardhat/dist/src/cli.js"), "build", "--no-tests"],
    {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const output: string[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => output.push(chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0) {
    throw new CausewayError("CompilationFailed", {
      details: { output: output.join("").trim().slice(-4_000) },
    });
  }
  await mkdir(join(root, "artifacts"), { recursive: true });
  await writeFile(stampFile, stamp);
}

async function fingerprint(): Promise<string> {
  const hash = createHash("sha256");
  const sources = (await readdir(join(root, "contracts"), { recursive: true }))
    .filter((file) => file.endsWith(".sol"))
    .sort();
  for (const file of [
    "hardhat.config.ts",
    "package-lock.json",
    ...sources.map((one) => join("contracts", one)),
  ]) {
    hash
      .update(file)
      .update("\0")
      .update(await readFile(join(root, file)))
      .update("\0");
  }
  return hash.digest("hex");
}
