import { encodeAbiParameters, encodeFunctionData, type Hex, parseAbiParameters } from "viem";
import { testAggregatorAbi } from "../../chains/abi/index.ts";
import { testFeedId } from "../../chains/oracleTerms.ts";
import { underlyingId, underlyingSymbol } from "../../clearing/codec/instrumentId.ts";
import { absolute } from "../../clearing/math.ts";
import { hubOf } from "../clearing/places.ts";
import type { RelayerContext } from "../context.ts";
import type { PriceBatch } from "./signPriceBatch.ts";

/*
 * Feeds that local chains deploy believe anyone, and it is the relayer of a local network that tells them its prices: so the router there
 * has all its kinds of sources to ask. They prove nothing.
 */

const BPS = 10_000n;
const PRICE_DECIMALS = 18;
const MAX_INT64 = 2n ** 63n - 1n;

const update = parseAbiParameters(
  "bytes32 id, (int64 price, uint64 conf, int32 expo, uint256 publishTime) price",
);

/** What `PythSource.push` takes, for a `TestPyth`. */
export function testPullData({ time, pricesWad }: PriceBatch): Hex {
  const updates = [...pricesWad].map(([underlying, priceWad]) => {
    // As many digits as fit: a price is told exactly if it has no more than eighteen.
    let [price, expo] = [priceWad, -PRICE_DECIMALS];
    while (price > MAX_INT64) [price, expo] = [price / 10n, expo + 1];
    const publishTime = BigInt(time);
    return encodeAbiParameters(update, [
      testFeedId(underlyingSymbol(underlying)),
      { price, conf: 0n, expo, publishTime },
    ]);
  });
  return encodeAbiParameters(parseAbiParameters("bytes[]"), [updates]);
}

/** Has each test aggregator publish as such feeds do: when the price has moved by its threshold, or half its heartbeat is over. */
export async function publishTestAggregators(
  context: RelayerContext,
  { time, pricesWad }: PriceBatch,
): Promise<void> {
  const { chain, sources } = hubOf(context);
  const feeds = context.config.markets.flatMap(({ underlying, oracle }) => {
    const priceWad = pricesWad.get(underlyingId(underlying));
    return oracle.feeds.flatMap((terms, at) => {
      const record = sources[underlying]?.[at + 1];
      if (priceWad === undefined || !record?.isTest || terms.kind !== "aggregator") return [];
      return [{ underlying, priceWad, terms, feed: record.feed }];
    });
  });
  await Promise.all(
    feeds.map(async ({ underlying, priceWad, terms, feed }) => {
      const round = { address: feed, abi: testAggregatorAbi, functionName: "latestRoundData" } as const;
      const [, answer, , updatedAt] = await chain.client.readContract(round);
      const isNear = absolute(priceWad - answer) * BPS < answer * BigInt(terms.thresholdBps);
      if (isNear && BigInt(time) - updatedAt < BigInt(terms.heartbeatSeconds) / 2n) return;
      await chain.submitter.submit({
        label: `publish ${underlying} to the test aggregator`,
        to: feed,
        data: encodeFunctionData({ abi: testAggregatorAbi, functionName: "publish", args: [priceWad] }),
      });
    }),
  );
}
