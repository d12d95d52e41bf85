import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Files under `contracts/` in `folder` with a library that contracts are linked with: one with a public function. */
export async function linkedLibraries(folder: string): Promise<string[]> {
  const files = (await readdir(join(folder, "contracts"), { recursive: true }))
    .filter((file) => file.endsWith(".sol"))
    .map((file) => join("contracts", file));
  const linked = await Promise.all(
    files.map(async (file) => {
      const source = await readFile(join(folder, file), "utf8");
      return /^library /m.test(source) && /function [^;{]*\b(external|public)\b/.test(source);
    }),
  );
  return files.filter((_, i) => linked[i]).sort();
}
