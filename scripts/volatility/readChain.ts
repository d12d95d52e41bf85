import { type CsvRecord, csvRecords } from "../../clearing/csvRecords.ts";
import type { OptionQuote } from "../../clearing/volatility/optionQuote.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import { readPlainOrGzip } from "../readPlainOrGzip.ts";
import { type ChainRow, chainColumns, chainRow, optionalColumns } from "../schema/chain.ts";

type Field = keyof typeof chainColumns;

/**
 * The options of a chain file: CSV, plain or gzip, with a header. `chainColumns` has what it may be called.
 *
 * @throws CausewayError `ChainUnreadable`, `ChainLineMalformed` with file, line, column, what was found and what was expected
 */
export async function readChain(file: string): Promise<OptionQuote[]> {
  return parseChain(file, await readText(file));
}

/** @throws CausewayError `ChainLineMalformed` */
export function parseChain(file: string, text: string): OptionQuote[] {
  const [header, ...rows] = csvRecords(text, (line, found, cause) =>
    malformed(file, line, "row", found, "comma-separated values", cause),
  );
  if (header === undefined) throw malformed(file, 1, "header", "an empty file", "a header");
  const columns = columnsOf(file, header);
  // The venue's interface, which gives milliseconds, gives volatilities in percent; snapshots with ISO times give 1 = 100 %.
  const percent = header.values.includes("timestamp_ms");
  if (rows.length === 0)
    throw malformed(file, header.line, "row", "no options", "at least one option after the header");
  return rows.map(({ line, values }) => {
    if (values.length !== header.values.length)
      throw malformed(
        file,
        line,
        "row",
        `${values.length} values`,
        `${header.values.length}, as the header has`,
      );
    const row = parseRow(file, line, values, columns, header.values);
    const { markVolatility } = row;
    return {
      ...row,
      markVolatility: percent && markVolatility !== null ? markVolatility / 100 : markVolatility,
    };
  });
}

async function readText(file: string): Promise<string> {
  try {
    return await readPlainOrGzip(file);
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new CausewayError("ChainUnreadable", { details: { file, found }, cause });
  }
}

/** Position of each field in a row; -1 for one that the chain lacks and may lack. */
function columnsOf(file: string, { line, values }: CsvRecord): Map<Field, number> {
  return new Map(
    Object.entries(chainColumns).map(([field, names]) => {
      const index = values.findIndex((value) => names.includes(value));
      if (index === -1 && !optionalColumns.has(field))
        throw malformed(file, line, "header", values.join(","), `a column ${names.join(" or ")}`);
      return [field as Field, index];
    }),
  );
}

function parseRow(
  file: string,
  line: number,
  values: readonly string[],
  columns: ReadonlyMap<Field, number>,
  header: readonly string[],
): ChainRow {
  const raw = Object.fromEntries(Array.from(columns, ([field, index]) => [field, values[index] ?? ""]));
  const parsed = chainRow.safeParse(raw);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  const field = path[0] as Field;
  throw malformed(file, line, header[columns.get(field)!]!, raw[field]!, message);
}

function malformed(
  file: string,
  line: number,
  column: string,
  found: string,
  expected: string,
  cause?: unknown,
): CausewayError {
  return new CausewayError("ChainLineMalformed", { details: { file, line, column, found, expected }, cause });
}
