import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { connectChain, createChainClient } from "./clients.ts";
import { getChain } from "./definitions/index.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A JSON-RPC endpoint that answers every request with `result`; with `undefined`, never. */
async function serve(result: string | undefined): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (result === undefined) return;
      const body = JSON.parse(Buffer.concat(chunks).toString());
      const answer = ({ id }: { id: number }) => ({ jsonrpc: "2.0", id, result });
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(Array.isArray(body) ? body.map(answer) : answer(body)));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const local = getChain("local-a");
const rightId = `0x${local.chainId.toString(16)}`;

describe("connectChain", () => {
  test("connects to an endpoint of the right chain, and to the second if the first is down", async () => {
    const url = await serve(rightId);
    const client = await connectChain({ ...local, rpcUrls: ["http://127.0.0.1:1", url] }, 1_000);
    expect(await client.getChainId()).toBe(local.chainId);
  });

  test("an endpoint of another chain is refused, even as the second in the list", async () => {
    const rpcUrls = [await serve(rightId), `${await serve("0x1")}/token`];
    const error = await connectChain({ ...local, rpcUrls }, 1_000).catch((e) => e);
    expect(error).toMatchObject({ kind: "WrongChainId", retryable: false });
    expect(error.message).toContain(`serves chain id 1, expected ${local.chainId}`);
    expect(error.message).not.toContain("token");
  });

  test("an endpoint that is not there is unreachable, and its access token is not shown", async () => {
    const error = await connectChain({ ...local, rpcUrls: ["http://127.0.0.1:1/token"] }, 1_000).catch(
      (e) => e,
    );
    expect(error).toMatchObject({ kind: "RpcUnreachable", retryable: true });
    expect(error.message).toContain("local-a does not answer (http://127.0.0.1:1)");
    expect(JSON.stringify(error)).not.toContain("token");
  });

  test("an endpoint that does not answer runs into the timeout", async () => {
    const error = await connectChain({ ...local, rpcUrls: [await serve(undefined)] }, 50).catch((e) => e);
    expect(error).toMatchObject({ kind: "RpcUnreachable", retryable: true });
  });
});

test("polling follows the block time", () => {
  const at = (blockTimeMs: number) =>
    createChainClient({ ...local, blockTimeMs, rpcUrls: ["http://127.0.0.1:1"] }, 1_000).pollingInterval;
  expect(at(12_000)).toBe(3_000);
  expect(at(250)).toBe(63);
  expect(at(10)).toBe(50);
});
