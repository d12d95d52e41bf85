import { parse } from "csv-parse/sync";

/** A record of a CSV file and the line it ends at, from 1. */
export interface CsvRecord {
  line: number;
  values: string[];
}

/**
 * The records of a CSV text, the header among them; empty lines are left out, values trimmed.
 *
 * @param malformed makes the error of a text that is no CSV
 * @throws what `malformed` makes
 */
export function csvRecords(
  text: string,
  malformed: (line: number, found: string, cause: unknown) => Error,
): CsvRecord[] {
  try {
    const parsed: unknown = parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    });
    return (parsed as { record: string[]; info: { lines: number } }[]).map(({ record, info }) => ({
      line: info.lines,
      values: record,
    }));
  } catch (cause) {
    const line = (cause as { lines?: number }).lines ?? 1;
    throw malformed(line, cause instanceof Error ? cause.message : String(cause), cause);
  }
}
