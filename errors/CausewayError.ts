import { type ErrorCode, type ErrorName, type ErrorRow, errorTable } from "./table.ts";

export interface CausewayErrorOptions {
  /** Instead of the table's message. */
  message?: string;
  /** Instead of the table's next step. */
  hint?: string;
  /** Facts: what was found, what was expected. Never secrets. */
  details?: Record<string, unknown>;
  cause?: unknown;
  /** Instead of the table's. */
  retryable?: boolean;
}

/** What a command prints with `--json` when it fails. */
export interface CausewayErrorJson {
  code: ErrorCode;
  message: string;
  hint: string;
  details: Record<string, unknown>;
}

/**
 * The only error Causeway throws. Its kind is a row of `errorTable`, named by code or by name.
 *
 * @example
 * throw new CausewayError("UnknownChain", { details: { found: "mars", expected: "local-hub" } });
 */
export class CausewayError extends Error {
  override readonly name = "CausewayError";
  readonly code: ErrorCode;
  /** The row's name, for example `UnknownChain`. */
  readonly kind: ErrorName;
  /** The next step for whoever reads it. */
  readonly hint: string;
  readonly details: Record<string, unknown>;
  /** Whether doing the same again may work. */
  readonly retryable: boolean;

  constructor(kind: ErrorCode | ErrorName, options: CausewayErrorOptions = {}) {
    const code = typeof kind === "number" ? kind : codeByName.get(kind)!;
    const row: ErrorRow & { name: ErrorName } = errorTable[code];
    const details = options.details ?? {};
    const cause = options.cause === undefined ? undefined : { cause: options.cause };
    super(options.message ?? fill(row.message, details), cause);
    this.code = code;
    this.kind = row.name;
    this.hint = options.hint ?? fill(row.hint, details);
    this.details = details;
    this.retryable = options.retryable ?? row.retryable ?? false;
  }

  /** The first error in the chain of causes that `matches`, this one included; the last error of the chain without it. */
  walk(): unknown;
  walk(matches: (error: unknown) => boolean): unknown | undefined;
  walk(matches?: (error: unknown) => boolean): unknown | undefined {
    let error: unknown = this;
    for (;;) {
      if (matches?.(error)) return error;
      const cause = error instanceof Error ? error.cause : undefined;
      if (cause === undefined || cause === null) return matches ? undefined : error;
      error = cause;
    }
  }

  /** Without stack and causes: what may be shown to anyone. Big integers become decimal strings. */
  toJSON(): CausewayErrorJson {
    const details = JSON.parse(JSON.stringify(this.details, (_, value) => plain(value)));
    return { code: this.code, message: this.message, hint: this.hint, details };
  }
}

const codeByName = new Map<ErrorName, ErrorCode>(
  Object.entries(errorTable).map(([code, row]) => [row.name, Number(code) as ErrorCode]),
);

function fill(template: string, details: Record<string, unknown>): string {
  return template.replace(/\{(\w+)\}/g, (placeholder, key: string) =>
    key in details ? show(details[key]) : placeholder,
  );
}

function show(value: unknown): string {
  if (Array.isArray(value)) return value.map(show).join(", ");
  return typeof value === "object" && value !== null
    ? JSON.stringify(value, (_, v) => plain(v))
    : String(value);
}

function plain(value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
