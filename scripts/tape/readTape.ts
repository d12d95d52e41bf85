import { parseTape, type TapeTrade } from "../../clearing/tape/parseTape.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import { readPlainOrGzip } from "../readPlainOrGzip.ts";

/**
 * The trades of a tape file, plain or gzip.
 *
 * @throws CausewayError `TapeUnreadable`, `TapeLineMalformed`.
 */
export async function readTape(file: string): Promise<TapeTrade[]> {
  return parseTape({ file, text: await readText(file) });
}

async function readText(file: string): Promise<string> {
  try {
    return await readPlainOrGzip(file);
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new CausewayError("TapeUnreadable", { details: { file, found }, cause });
  }
}
