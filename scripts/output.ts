import { CausewayError } from "../errors/CausewayError.ts";

/** Where a command reports. With `json`, stdout carries exactly one JSON object and nothing else. */
export interface Output {
  readonly json: boolean;
  /** A line about what is going on, on stderr. */
  progress(message: string): void;
  /** The command's result, on stdout: as JSON, or as `render` shows it. */
  result<T>(value: T, render: (value: T) => string): void;
  /** A check failed: the exit code will be 1. */
  checkFailed(): void;
  /** Reports an error, which gives the exit code. */
  failure(error: unknown): void;
  /** 0 fine, 1 a check failed, 2 bad input, 130 or 143 stopped by SIGINT or SIGTERM. */
  readonly exitCode: number;
}

export interface CreateOutputParameters {
  json: boolean;
  stdout: (text: string) => void;
  stderr: (text: string) => void;
}

/** Failures of the chain or of us rather than of what the user gave. */
const NOT_INPUT: ReadonlySet<string> = new Set([
  "InternalInvariant",
  "TransactionReverted",
  "TransactionTimeout",
  "AnvilNotStarting",
  "RpcTimeout",
  "CallFailed",
  "RoleNeeded",
  "WiringRefused",
  "CompilationFailed",
  "ControlFailed",
  "DemoStalled",
  "WaitedInVain",
  "PayoutRefused",
  "PayoutCancelled",
  "LanePaused",
]);

export function createOutput({ json, stdout, stderr }: CreateOutputParameters): Output {
  let exitCode = 0;
  let reported = false;
  return {
    json,
    progress: (message) => stderr(`${message}\n`),
    result: (value, render) => {
      reported = true;
      stdout(`${json ? toJson(value) : render(value)}\n`);
    },
    checkFailed: () => {
      exitCode = Math.max(exitCode, 1);
    },
    failure: (thrown) => {
      const error = asCausewayError(thrown);
      exitCode = exitCodeOf(error);
      // One object and no more: a devnet that is stopped reported when it was ready.
      if (json && !reported) stdout(`${toJson({ error: error.toJSON() })}\n`);
      else if (error.kind === "Interrupted") stderr(`${error.message}\n`);
      else stderr(`error ${error.code}: ${error.message}\n  hint: ${error.hint}\n`);
      if (error.kind === "InternalInvariant" && error.cause instanceof Error)
        stderr(`${error.cause.stack}\n`);
    },
    get exitCode() {
      return exitCode;
    },
  };
}

function toJson(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === "bigint" ? part.toString() : part), 2);
}

function asCausewayError(thrown: unknown): CausewayError {
  if (thrown instanceof CausewayError) return thrown;
  const what = thrown instanceof Error ? thrown.message : String(thrown);
  return new CausewayError("InternalInvariant", { details: { what }, cause: thrown });
}

function exitCodeOf(error: CausewayError): number {
  // As a shell reports a process that a signal ended.
  if (error.kind === "Interrupted") return error.details.signal === "SIGTERM" ? 143 : 130;
  return isInput(error) ? 2 : 1;
}

/** Whether the user can mend it: configuration, addresses, files, usage. 4xxx is the relayer's. */
function isInput({ code, kind }: CausewayError): boolean {
  return (code < 4000 || code >= 5000) && !NOT_INPUT.has(kind);
}
