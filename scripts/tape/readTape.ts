import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { parseTape, type TapeTrade } from "../../clearing/tape/parseTape.ts";
import { CausewayError } from "../../errors/CausewayError.ts";

/**
 * The trades of a tape file, plain or gzip (told by its first bytes, not by its name).
 *
 * @throws CausewayError `TapeUnreadable`, `TapeLineMalformed`.
 */
export async function readTape(file: string): Promise<TapeTrade[]> {
  return parseTape({ file, text: await readText(file) });
}

async function readText(file: string): Promise<string> {
  try {
    const content = await readFile(file);
    const isGzip = content[0] === 0x1f && content[1] === 0x8b;
    return (isGzip ? gunzipSync(content) : content).toString("utf8");
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new CausewayError("TapeUnreadable", { details: { file, found }, cause });
  }
}
