import { encodeFunctionData, type Hex } from "viem";
import { z } from "zod";
import { priceRouterAbi, scenarioMarginEngineAbi } from "../../chains/abi/index.ts";
import { underlyingId, underlyingSymbol } from "../../clearing/codec/instrumentId.ts";
import { readHub, readMany, revertedWith } from "../clearing/calls.ts";
import { isRampDue } from "../clearing/isRampDue.ts";
import { hubOf } from "../clearing/places.ts";
import type { RelayerContext } from "../context.ts";
import { forEachItem, type RelayerJob } from "../job.ts";
import { toRelayerError } from "../toRelayerError.ts";

const schema = z.object({});

/** Names nothing: it is all markets, always. */
export type OpenInterestData = z.infer<typeof schema>;

/** Tells the margin engine the open interest of each market, as often as its ramp would charge another share. Anyone may do it. */
export const openInterest: RelayerJob<OpenInterestData> = {
  name: "openInterest",
  schema,
  id: () => "all",
  run: forEachItem(async (context) => {
    for (const underlying of await dueUnderlyings(context)) await update(context, underlying);
  }, toRelayerError),
  subscriptions: (context) => {
    const { eid, marginEngine: address } = hubOf(context);
    return [
      {
        eid,
        when: "latest",
        address,
        abi: scenarioMarginEngineAbi,
        events: ["OpenInterestUpdated"],
        on: ({ args }) => warnOfRise(context, args),
      },
    ];
  },
  periodic: {
    everyMs: ({ settings }) => settings.clearing.refreshEveryMs,
    due: async () => [{}],
  },
};

async function dueUnderlyings(context: RelayerContext): Promise<Hex[]> {
  const hub = hubOf(context);
  const { chain, marginEngine, oracle } = hub;
  const underlyings = context.config.markets.map(({ underlying }) => underlyingId(underlying));
  const ids = underlyings.map((underlying): [Hex] => [underlying]);
  const [open, settings, prices] = await Promise.all([
    readHub(hub, "openInterestOf", ids),
    readMany(chain, scenarioMarginEngineAbi, marginEngine, "underlyingParametersOf", ids),
    readMany(chain, priceRouterAbi, oracle, "read", ids),
  ]);
  return underlyings.filter((_, at) => {
    const { underlying, rampPpm, rampPerDay, toldPpm, rampCeiling, rampTime, maxEpochAge, parameters } =
      settings[at]!;
    const [priceWad, , ageSeconds] = prices[at]!;
    // Not set up yet.
    if (BigInt(underlying) === 0n) return false;
    return isRampDue({
      rampPpm: BigInt(rampPpm),
      state: {
        rampPerDay: BigInt(rampPerDay),
        toldPpm: BigInt(toldPpm),
        rampCeiling: BigInt(rampCeiling),
        rampTime: BigInt(rampTime),
      },
      time: chain.heads.latest.timestamp,
      openInterest: open[at]!,
      priceWad,
      ageSeconds,
      maxEpochAge: BigInt(maxEpochAge),
      caps: {
        openInterestFrom: BigInt(parameters.openInterestFrom),
        openInterestTo: BigInt(parameters.openInterestTo),
      },
    });
  });
}

/** Whoever told it: the risk role may want to set other caps before it is charged. */
function warnOfRise(
  { log }: RelayerContext,
  { underlying, sharePpm, rampPpm }: { underlying: Hex; sharePpm: bigint; rampPpm: bigint },
): void {
  if (sharePpm <= rampPpm) return;
  log.warn(
    { underlying: underlyingSymbol(underlying), sharePpm: String(sharePpm), rampPpm: String(rampPpm) },
    "open interest is above its lower cap: initial margin rises",
  );
}

async function update(context: RelayerContext, underlying: Hex): Promise<void> {
  const { chain, marginEngine } = hubOf(context);
  await chain.submitter
    .submit({
      label: `tell open interest of ${underlyingSymbol(underlying)}`,
      to: marginEngine,
      data: encodeFunctionData({
        abi: scenarioMarginEngineAbi,
        functionName: "updateOpenInterest",
        args: [underlying],
      }),
    })
    .catch((cause) => {
      // The price got old meanwhile: the next look finds another.
      if (!revertedWith(cause, "Margin_StalePrice")) throw cause;
    });
}
