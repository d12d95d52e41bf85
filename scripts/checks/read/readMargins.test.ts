import { HttpRequestError, type PublicClient, RpcRequestError } from "viem";
import { expect, test } from "vitest";
import type { CheckedHub } from "../types.ts";
import type { HubHistory } from "./hubHistory.ts";
import { readMargins } from "./readMargins.ts";

const history = {
  grants: [{ account: `0x${"11".repeat(32)}`, block: 7n, transactionIndex: 0 }],
  closings: [],
  issued: [],
  lastChange: new Map(),
} as unknown as HubHistory;

/** Reads one margin of a hub whose node fails so. */
function readFrom(failure: Error) {
  const client = { readContract: () => Promise.reject(failure) } as unknown as PublicClient;
  return readMargins({ client, clearingHub: `0x${"22".repeat(20)}` } as CheckedHub, history);
}

test("a node that has dropped the state cannot tell", async () => {
  const error = new RpcRequestError({
    body: {},
    url: "",
    error: { code: -32_000, message: "missing trie node" },
  });
  expect(await readFrom(error)).toMatchObject([{ block: 7n, margin: { reverted: false } }]);
});

test("a node that does not answer fails the reading, instead of leaving it out", async () => {
  await expect(readFrom(new HttpRequestError({ url: "" }))).rejects.toThrow(HttpRequestError);
});
