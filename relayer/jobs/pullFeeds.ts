import { type Address, encodeAbiParameters, encodeFunctionData, type Hex, parseAbiParameters } from "viem";
import { z } from "zod";
import { pythAbi, pythSourceAbi } from "../../chains/abi/index.ts";
import type { PullFeedSettings } from "../../chains/config.ts";
import { orReverted } from "../../chains/deploy/orReverted.ts";
import { absolute } from "../../clearing/math.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import { hubOf } from "../clearing/places.ts";
import type { RelayerContext } from "../context.ts";
import { forEachItem, type RelayerJob } from "../job.ts";
import { type FeedPrice, fetchUpdates } from "../price/fetchUpdates.ts";
import { toRelayerError } from "../toRelayerError.ts";

const schema = z.object({ feed: z.custom<Address>((feed) => /^0x[0-9a-fA-F]{40}$/.test(String(feed))) });

/** Names the contract of pull feeds. */
export type PullFeedsData = z.infer<typeof schema>;

const BPS = 10_000n;
/** Of a feed's heartbeat, the share after which its price is brought anew: two more tries are left. */
const FRESH_SHARE = 3n;

/**
 * Brings updates of pull feeds, and pays what they cost: when a price has moved, or before it is too old. For a source whose price a paid update did not
 * bring, as of a service that says one thing and gives another, less and less is paid; the others do not wait with it.
 */
export const pullFeeds: RelayerJob<PullFeedsData> = {
  name: "pullFeeds",
  schema,
  id: ({ feed }) => feed,
  run: forEachItem(async (context, { feed }) => {
    if (context.config.pullFeeds) await pull(context, feed, context.config.pullFeeds);
  }, toRelayerError),
  periodic: {
    everyMs: ({ config }) => config.pullFeeds?.intervalMs ?? config.timings.priceIntervalMs,
    due: async (context) =>
      context.config.pullFeeds
        ? [...new Set(pulledOf(context).map(({ feed }) => feed))].map((feed) => ({ feed }))
        : [],
  },
};

/** A price at a contract of pull feeds, which a source of the router reads. */
interface Pulled {
  feed: Address;
  source: Address;
  feedId: Hex;
  heartbeatSeconds: number;
}

/** Those that are real: what local chains deploy the relayer tells its own prices. */
function pulledOf(context: RelayerContext): Pulled[] {
  const { sources } = hubOf(context);
  return context.config.markets.flatMap(({ underlying, oracle }) =>
    oracle.feeds.flatMap((terms, at): Pulled[] => {
      const record = sources[underlying]?.[at + 1];
      if (terms.kind !== "pyth" || terms.feedId === undefined || !record) return [];
      const { feedId, heartbeatSeconds } = terms;
      return [{ feed: record.feed, source: record.source, feedId, heartbeatSeconds }];
    }),
  );
}

async function pull(context: RelayerContext, feed: Address, settings: PullFeedSettings): Promise<void> {
  const { chain } = hubOf(context);
  const { empty } = context.clearing;
  const pulled = pulledOf(context).filter((one) => one.feed === feed);
  const feedIds = [...new Set(pulled.map(({ feedId }) => feedId))];
  const { updateData, prices } = await fetchUpdates(settings, feedIds);
  const neededOf = async (some: readonly Pulled[]) => {
    const needed = await Promise.all(some.map((one) => isNeeded(context, one, prices.get(one.feedId)!)));
    return some.filter((_, at) => needed[at]);
  };
  const wanted = await neededOf(pulled.filter(({ source }) => !empty.isHeld(source)));
  if (wanted.length === 0) return;

  const fee = await chain.client.readContract({
    address: feed,
    abi: pythAbi,
    functionName: "getUpdateFee",
    args: [updateData],
  });
  if (fee > settings.maxFee) {
    const details = { feed, found: fee, maximum: settings.maxFee };
    throw new CausewayError("PullFeedFeeTooHigh", { details });
  }
  const data = encodeAbiParameters(parseAbiParameters("bytes[]"), [updateData]);
  await chain.submitter.submit({
    label: `pull ${feedIds.length} prices`,
    // Any source of a contract of feeds takes what is for all of it.
    to: pulled[0]!.source,
    data: encodeFunctionData({ abi: pythSourceAbi, functionName: "push", args: [data] }),
    value: fee,
  });
  const left = await neededOf(wanted);
  for (const one of wanted) {
    const { source } = one;
    if (!left.includes(one)) empty.release(source);
    else {
      empty.noteFailure(source);
      context.log.warn({ source, fee }, "an update was paid for and did not bring what its service said");
    }
  }
}

/** Whether what the service has is newer than what the source has, and that is old or another price. */
async function isNeeded(
  context: RelayerContext,
  { source, heartbeatSeconds }: Pulled,
  { priceWad, publishTime }: FeedPrice,
): Promise<boolean> {
  const { chain } = hubOf(context);
  const read = { address: source, abi: pythSourceAbi, functionName: "read" } as const;
  // A feed that never had a price reverts.
  const none = [0n, 0n, 0n, 0] as const;
  const [knownWad, , knownTime] = await orReverted(chain.client.readContract(read), none);
  if (publishTime <= knownTime) return false;
  const isOld = chain.heads.latest.timestamp - knownTime > BigInt(heartbeatSeconds) / FRESH_SHARE;
  const moved = absolute(priceWad - knownWad) * BPS > knownWad * context.settings.clearing.priceMoveBps;
  return isOld || moved;
}
