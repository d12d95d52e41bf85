import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";

/** The text of a file, plain or gzip (told by its first bytes, not by its name). */
export async function readPlainOrGzip(file: string): Promise<string> {
  const content = await readFile(file);
  const isGzip = content[0] === 0x1f && content[1] === 0x8b;
  return (isGzip ? gunzipSync(content) : content).toString("utf8");
}
