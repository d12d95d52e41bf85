import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Hex } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CausewayError } from "../../errors/CausewayError.ts";
import { fetchUpdates } from "./fetchUpdates.ts";

const BTC: Hex = `0x${"ab".repeat(32)}`;
const ETH: Hex = `0x${"12".repeat(32)}`;

let server: Server;
let url: string;
/** What the service does with the next requests. */
let answer: (response: ServerResponse, request: IncomingMessage) => void;
const requests: IncomingMessage[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request);
    answer(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hermes/`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** As the service says it, without `0x`. */
const priced = (id: Hex, price: string, expo: number) => ({
  id: id.slice(2),
  price: { price, conf: "1", expo, publish_time: 1_800_000_000 },
  ema_price: { price: "1", conf: "1", expo, publish_time: 1_800_000_000 },
});
const good = () => ({
  binary: { encoding: "hex", data: ["504e4155", "0x01"] },
  parsed: [priced(BTC, "6000012345678", -8), priced(ETH, "-1", 0)],
});
const saying = (body: unknown) => (response: ServerResponse) => {
  response.end(typeof body === "string" ? body : JSON.stringify(body));
};
const get = (more: { apiKey?: string; timeoutMs?: number } = {}) =>
  fetchUpdates({ url, timeoutMs: 5_000, apiKey: undefined, ...more }, [BTC, ETH]);

async function failureOf(act: Promise<unknown>): Promise<string> {
  try {
    await act;
  } catch (error) {
    if (error instanceof CausewayError) {
      expect(error.kind).toBe("PullFeedsFailed");
      // The URL may hold a token.
      expect(JSON.stringify(error)).not.toContain("127.0.0.1");
      return String(error.details.found);
    }
    throw error;
  }
  return expect.unreachable("it did not fail");
}

test("updates and prices of all feeds, asked for by id and with the key", async () => {
  answer = saying(good());
  expect(await get({ apiKey: "secret" })).toEqual({
    updateData: ["0x504e4155", "0x01"],
    prices: new Map([
      [BTC, { priceWad: 6_000_012_345_678n * 10n ** 10n, publishTime: 1_800_000_000n }],
      [ETH, { priceWad: 0n, publishTime: 1_800_000_000n }],
    ]),
  });
  const { url: path, headers } = requests.at(-1)!;
  const asked = new URL(path!, url);
  expect(asked.pathname).toBe("/hermes/v2/updates/price/latest");
  expect(asked.searchParams.getAll("ids[]")).toEqual([BTC, ETH]);
  expect(headers.authorization).toBe("Bearer secret");
  await get();
  expect(requests.at(-1)!.headers.authorization).toBeUndefined();
});

test.each([
  ["no JSON", "<html>", "something that is not JSON"],
  ["another encoding", { ...good(), binary: { encoding: "base64", data: ["AA=="] } }, "binary.encoding"],
  ["no updates", { ...good(), binary: { encoding: "hex", data: [] } }, "binary.data"],
  ["no hexadecimal", { ...good(), binary: { encoding: "hex", data: ["xyz"] } }, "binary.data.0"],
  ["half a byte", { ...good(), binary: { encoding: "hex", data: ["abc"] } }, "binary.data.0"],
  [
    "a price that no type holds",
    { ...good(), parsed: [priced(BTC, "9".repeat(40), 0)] },
    "parsed.0.price.price",
  ],
  ["a scale that no price has", { ...good(), parsed: [priced(BTC, "1", 4_000)] }, "parsed.0.price.expo"],
  ["a feed less", { ...good(), parsed: [priced(BTC, "1", 0)] }, `nothing of the feed ${ETH}`],
])("refuses %s", async (_, body, found) => {
  answer = saying(body);
  expect(await failureOf(get())).toContain(found);
});

test("refuses another status, and does not follow a redirection with its key", async () => {
  answer = (response) => response.writeHead(429).end("slow down");
  expect(await failureOf(get())).toBe("status 429");
  const before = requests.length;
  answer = (response) => response.writeHead(302, { location: "/elsewhere" }).end();
  expect(await failureOf(get())).toContain("no connection");
  expect(requests).toHaveLength(before + 1);
});

test("an answer without an end is cut off, by size and by time", async () => {
  answer = (response) => {
    const block = Buffer.alloc(65_536, 32);
    const more = () => {
      while (!response.destroyed && response.write(block));
      if (!response.destroyed) response.once("drain", more);
    };
    more();
  };
  expect(await failureOf(get())).toBe("more than 1048576 bytes");
  answer = (response) => response.write("{");
  expect(await failureOf(get({ timeoutMs: 50 }))).toBe("no answer in 50 ms");
});

test("a service that is not there", async () => {
  expect(
    await failureOf(fetchUpdates({ url: "http://127.0.0.1:1", timeoutMs: 5_000, apiKey: undefined }, [])),
  ).toBe("no connection, or one that broke off");
});
