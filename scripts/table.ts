/** Columns of text, the first left-aligned, the others right-aligned. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]!.length))) ?? [];
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  ");
  return rows.map((row) => line(row).trimEnd()).join("\n");
}

/** A decimal string of dollars as people read it: `1,234,567.89`. Digits past the cent are cut. */
export function dollars(decimal: string): string {
  const [whole, fraction = ""] = decimal.split(".") as [string, string?];
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${fraction.slice(0, 2).padEnd(2, "0")}`;
}

/** A ratio as a percentage with one decimal. */
export function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`;
}
