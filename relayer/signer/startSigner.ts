import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import { type OracleSigner, type SignAnswer, signRequest } from "./signRequest.ts";

export interface StartSignerParameters extends OracleSigner {
  host: string;
  /** 0: a free one. */
  port: number;
  log: Logger;
}

/** A running signer. */
export interface RunningSigner {
  url: string;
  stop(): Promise<void>;
}

/** Far more than the largest surface. */
const MAX_BYTES = 1_048_576;
/** Of a whole request. */
const TIMEOUT_MS = 5_000;

/**
 * Serves a signer by HTTP: POST of a request to `/`, answered by 200 with a signature or by 422 with the reason why there is none. Anyone who
 * reaches it may ask, and gets what is within its limits: it is for the relayer's network only.
 */
export async function startSigner({
  host,
  port,
  log,
  ...signer
}: StartSignerParameters): Promise<RunningSigner> {
  const server = createServer((request, response) => {
    respond(signer, request, response).then(
      (answer) => {
        if ("refused" in answer) log.warn({ reason: answer.refused }, "not signed");
      },
      (cause) => {
        log.error({ err: cause }, "a request failed");
        response.writeHead(500).end();
      },
    );
  });
  server.requestTimeout = TIMEOUT_MS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${bound}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function respond(
  signer: OracleSigner,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<SignAnswer> {
  const text = request.method === "POST" ? await readBounded(request) : undefined;
  const answer =
    text === undefined ? { refused: "not a POST of at most a megabyte" } : await sign(signer, text);
  response.writeHead("refused" in answer ? 422 : 200, { "content-type": "application/json" });
  response.end(JSON.stringify(answer));
  return answer;
}

async function sign(signer: OracleSigner, text: string): Promise<SignAnswer> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { refused: "not JSON" };
  }
  return signRequest(signer, json);
}

async function readBounded(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
