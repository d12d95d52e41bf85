import type { Hex } from "viem";
import { z } from "zod";
import { clearingHubAbi, surfaceBookAbi } from "../../chains/abi/index.ts";
import type { MarketParameters } from "../../chains/markets.ts";
import { underlyingId, underlyingOf, underlyingSymbol } from "../../clearing/codec/instrumentId.ts";
import { encodeParameters, type Surface, surfaceYearsWad } from "../../clearing/oracle/surface.ts";
import { hubOf } from "../clearing/places.ts";
import type { RelayerContext } from "../context.ts";
import { type ChainLog, forEachItem, type RelayerJob } from "../job.ts";
import { relayerSigners } from "../price/signAscending.ts";
import { signSurface } from "../price/signSurface.ts";
import type { QuotedSlice, SurfaceSource } from "../price/surfaceSource.ts";
import { toRelayerError } from "../toRelayerError.ts";

const schema = z.object({ underlying: z.string() });

/** Names an underlying by its symbol. */
export type SurfaceData = z.infer<typeof schema>;

/** Of the greatest age of a slice, the share after which it is posted again though nothing changed. */
const FRESH_SHARE = 3;

/** Signs volatility surfaces and posts them: what changed at once, all of it again before it is too old. */
export function createSurface(source: SurfaceSource): RelayerJob<SurfaceData> {
  /** What this relayer posted last, by underlying: slices as quoted, and when. */
  const posted = new Map<string, { text: string; time: number }>();
  const surface: RelayerJob<SurfaceData> = {
    name: "surface",
    schema,
    id: ({ underlying }) => underlying,
    run: forEachItem(async (context, { underlying }) => {
      const market = context.config.markets.find((one) => one.underlying === underlying);
      const slices = (await source.latest()).get(underlying);
      if (!market?.surface || slices === undefined) return;
      const time = Number(hubOf(context).chain.heads.latest.timestamp);
      const text = JSON.stringify(slices, (_, value) => (typeof value === "bigint" ? String(value) : value));
      const last = posted.get(underlying);
      if (last?.text === text && time - last.time < market.surface.maxAgeSeconds / FRESH_SHARE) return;
      if (await post(context, market, slices, time)) posted.set(underlying, { text, time });
    }, toRelayerError),
    // At start, and at once for what is listed later.
    subscriptions: (context) => {
      const { eid, clearingHub: address } = hubOf(context);
      const on = ({ args }: ChainLog) =>
        context.enqueue(surface, { underlying: underlyingSymbol(underlyingOf(args.instrument)) });
      return [{ eid, when: "final", address, abi: clearingHubAbi, events: ["InstrumentListed"], on }];
    },
    periodic: {
      everyMs: ({ config }) => config.timings.surfaceIntervalMs,
      due: async () => [...(await source.latest()).keys()].map((underlying) => ({ underlying })),
    },
  };
  return surface;
}

/**
 * @returns whether it is there now; else there was one of this second, and the next look goes on
 * @throws CausewayError `SubmissionReverted` with the model's reason if a slice is refused; nothing is posted then
 */
async function post(
  context: RelayerContext,
  { underlying, surface: terms }: MarketParameters,
  slices: readonly QuotedSlice[],
  time: number,
): Promise<boolean> {
  const { chain, surfaceBook, models } = hubOf(context);
  const [, , postedAt, known] = await chain.client.readContract({
    address: surfaceBook,
    abi: surfaceBookAbi,
    functionName: "bookOf",
    args: [underlyingId(underlying)],
  });
  if (postedAt >= time) return false;
  const current = slices.filter(({ expiry }) => expiry > time);
  const gone = known.filter((expiry) => expiry > time && !current.some((slice) => slice.expiry === expiry));
  const surface: Surface = {
    underlying: underlyingId(underlying),
    model: models[terms!.model],
    time,
    slices: [
      ...current.map(({ expiry, forwardRatioWad, discountWad, parameters }) => ({
        expiry,
        forwardRatioWad,
        discountWad,
        parameters: encodeParameters(parameters, surfaceYearsWad(time, expiry)),
      })),
      ...gone.map((expiry) => ({ expiry, forwardRatioWad: 0n, discountWad: 0n, parameters: "0x" as Hex })),
    ],
  };
  if (surface.slices.length === 0) return true;
  const place = { chainId: chain.definition.chainId, surfaceBook };
  await chain.submitter.submit({
    label: `post ${current.length} slices of ${underlying}`,
    to: surfaceBook,
    data: await signSurface(place, surface, relayerSigners(context)),
  });
  return true;
}
