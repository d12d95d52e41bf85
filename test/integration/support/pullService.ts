import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { decodeAbiParameters, type Hex, parseAbiParameters } from "viem";
import { testFeedId } from "../../../chains/oracleTerms.ts";
import { underlyingId } from "../../../clearing/codec/instrumentId.ts";
import { testPullData } from "../../../relayer/price/testFeeds.ts";

/** A service as Pyth's Hermes, of one feed, whose updates `TestPyth` believes. */
export interface PullService {
  url: string;
  /** Without it nothing is answered. */
  apiKey: string;
  /** Of ether. */
  feedId: Hex;
  /** From now on it says what is true, and gives updates that are older than any before. */
  lie(): void;
  stop(): void;
}

const CENT_DECIMALS = 16;

/** @param priceWad of ether now, whole cents */
export async function startPullService(priceWad: () => Promise<bigint>): Promise<PullService> {
  const apiKey = "a key";
  const feedId = testFeedId("ETH");
  let isLying = false;
  const server = createServer(async (request, response) => {
    const asked = new URL(request.url!, "http://localhost");
    const isKnown = asked.searchParams.getAll("ids[]").every((id) => id === feedId);
    const isAllowed = request.headers.authorization === `Bearer ${apiKey}`;
    if (!isAllowed || !isKnown || asked.pathname !== "/v2/updates/price/latest") {
      response.writeHead(isAllowed ? 404 : 401).end();
      return;
    }
    const time = Math.floor(Date.now() / 1_000);
    const price = await priceWad();
    const pushed = testPullData({
      time: isLying ? 1 : time,
      pricesWad: new Map([[underlyingId("ETH"), price]]),
    });
    const [data] = decodeAbiParameters(parseAbiParameters("bytes[]"), pushed);
    const cents = {
      price: String(price / 10n ** BigInt(CENT_DECIMALS)),
      conf: "0",
      expo: -2,
      publish_time: time,
    };
    const parsed = [{ id: feedId.slice(2), price: cents, ema_price: cents }];
    const binary = { encoding: "hex", data: data.map((update) => update.slice(2)) };
    response.end(JSON.stringify({ binary, parsed }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey,
    feedId,
    lie() {
      isLying = true;
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
