import { CausewayError } from "../errors/CausewayError.ts";

/** A request of a service that is not trusted: its answer is bounded in time and size, and no redirection is followed. */
export interface JsonRequest {
  url: URL;
  /** Sent as JSON by POST; without it a GET. Big integers as decimal strings. */
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  /** Of the whole answer. */
  timeoutMs: number;
  /** Statuses whose bodies are wanted; any other fails. */
  statuses: readonly number[];
  /** The error of what was found instead. It shows no URL: that may hold a token. */
  failed(found: string): CausewayError;
}

/** Far more than any answer that is wanted. */
const MAX_BYTES = 1_048_576;

/** @throws CausewayError what `failed` makes */
export async function requestJson(request: JsonRequest): Promise<{ status: number; json: unknown }> {
  const { status, text } = await send(request);
  try {
    return { status, json: JSON.parse(text) };
  } catch {
    throw request.failed("something that is not JSON");
  }
}

async function send({ url, body, headers, timeoutMs, statuses, failed }: JsonRequest) {
  try {
    const response = await fetch(url, {
      headers: { accept: "application/json", ...headers },
      ...(body !== undefined && { method: "POST", body: toJson(body) }),
      // What is in the headers is for this service only.
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!statuses.includes(response.status)) {
      await response.body?.cancel();
      throw failed(`status ${response.status}`);
    }
    return { status: response.status, text: await readBounded(response, failed) };
  } catch (cause) {
    if (cause instanceof CausewayError) throw cause;
    const isLate = cause instanceof Error && cause.name === "TimeoutError";
    throw failed(isLate ? `no answer in ${timeoutMs} ms` : "no connection, or one that broke off");
  }
}

async function readBounded(response: Response, failed: JsonRequest["failed"]): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    // Leaving the loop ends the connection.
    if (bytes > MAX_BYTES) throw failed(`more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function toJson(value: unknown): string {
  return JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner));
}
