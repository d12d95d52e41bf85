import { encodeFunctionData, type Hex } from "viem";
import { z } from "zod";
import {
  clearingHubAbi,
  instrumentRegistryAbi,
  priceRouterAbi,
  scenarioMarginEngineAbi,
  surfaceBookAbi,
} from "../../chains/abi/index.ts";
import { underlyingOf } from "../../clearing/codec/instrumentId.ts";
import { revertedWith } from "../clearing/calls.ts";
import { decideRefresh, type EpochInputs, type RefreshReason } from "../clearing/decideRefresh.ts";
import { liveOptions } from "../clearing/liveOptions.ts";
import { hubOf, vaultsOf } from "../clearing/places.ts";
import type { RelayerContext } from "../context.ts";
import { forEachItem, type LogSubscription, type RelayerJob } from "../job.ts";
import type { SignedPriceProof } from "../price/createPriceProofs.ts";
import { toRelayerError } from "../toRelayerError.ts";
import { pushSoon } from "./push.ts";

const schema = z.object({ underlying: z.custom<Hex>((id) => /^0x[0-9a-f]{32}$/.test(String(id))) });

/** Names an underlying. */
export type RefreshData = z.infer<typeof schema>;

/** `IRiskArrays.refresh` wants so much to be left before each option; what a call takes besides. */
const OPTION_GAS = 1_125_000n;
const CALL_GAS = 500_000n;
/** A draft that is not complete after so many calls has been begun anew: the price moved. The next look goes on. */
const MAX_CALLS = 64;

/**
 * Keeps risk arrays of options young and near the price, a chunk a transaction. Anyone may do it, and each caller has a draft of his own: what an
 * interrupted run began, the next one completes.
 */
export function createRefresh(signedPriceProof: SignedPriceProof): RelayerJob<RefreshData> {
  /** What the last live epoch of this relayer was made of, by underlying. */
  const refreshed = new Map<Hex, EpochInputs>();
  const refresh: RelayerJob<RefreshData> = {
    name: "refresh",
    schema,
    id: ({ underlying }) => underlying,
    lane: ({ underlying }) => underlying,
    run: forEachItem(async (context, { underlying }) => {
      const { reason, made } = await look(context, underlying, refreshed.get(underlying));
      if (reason === undefined) return;
      await bringPrice(context, signedPriceProof);
      if (!(await computeAll(context, underlying))) return;
      refreshed.set(underlying, made);
      context.log.info({ underlying, reason, options: made.numbers.length }, "risk arrays refreshed");
    }, toRelayerError),
    subscriptions: (context) => {
      const { eid, clearingHub, surfaceBook, oracle, marginEngine } = hubOf(context);
      const look = (underlying: Hex) => {
        if (underlyings(context).has(underlying)) context.enqueue(refresh, { underlying });
      };
      const latest = { eid, when: "latest" } as const;
      const subscriptions: LogSubscription[] = [
        {
          ...latest,
          address: clearingHub,
          abi: clearingHubAbi,
          events: ["InstrumentListed"],
          on: ({ args }) => look(underlyingOf(args.instrument)),
        },
        {
          ...latest,
          address: surfaceBook,
          abi: surfaceBookAbi,
          events: ["SlicePosted"],
          on: ({ args }) => look(args.underlying),
        },
        {
          ...latest,
          address: oracle,
          abi: priceRouterAbi,
          events: ["PriceAccepted"],
          on: ({ args }) => look(args.underlying),
        },
        {
          ...latest,
          address: marginEngine,
          abi: scenarioMarginEngineAbi,
          events: ["EpochRefreshed"],
          on: ({ args }) => pushReferences(context, args.underlying),
        },
      ];
      return subscriptions;
    },
    periodic: {
      everyMs: ({ settings }) => settings.clearing.refreshEveryMs,
      due: async (context) => [...underlyings(context)].map((underlying) => ({ underlying })),
    },
  };
  return refresh;
}

/** Those with options that have not settled. */
function underlyings({ clearing }: RelayerContext): Set<Hex> {
  return new Set([...clearing.expiries.values()].map(({ underlying }) => underlying));
}

async function look(
  context: RelayerContext,
  underlying: Hex,
  before: EpochInputs | undefined,
): Promise<{ reason: RefreshReason | undefined; made: EpochInputs }> {
  const { chain, marginEngine, instrumentRegistry, surfaceBook, oracle } = hubOf(context);
  const engine = { address: marginEngine, abi: scenarioMarginEngineAbi } as const;
  const args = [underlying] as const;
  const [[epoch], { maxEpochAge, maxMove, parameters }, all, [, , surfaceTime], [priceWad]] =
    await Promise.all([
      chain.client.readContract({ ...engine, functionName: "epochOf", args }),
      chain.client.readContract({ ...engine, functionName: "underlyingParametersOf", args }),
      chain.client.readContract({
        address: instrumentRegistry,
        abi: instrumentRegistryAbi,
        functionName: "numbersOf",
        args,
      }),
      chain.client.readContract({ address: surfaceBook, abi: surfaceBookAbi, functionName: "bookOf", args }),
      chain.client.readContract({ address: oracle, abi: priceRouterAbi, functionName: "latest", args }),
    ]);
  // The first is the perpetual's.
  const made: EpochInputs = { numbers: all.slice(1), surfaceTime };
  const reason = decideRefresh({
    now: Number(chain.heads.latest.timestamp),
    priceWad,
    epoch,
    limits: { scanRange: parameters.scanRange, maxEpochAge, maxMove },
    made,
    before,
  });
  return { reason, made };
}

/** So that the epoch is as young as can be, and newer than the surfaces that it is made with. */
async function bringPrice(context: RelayerContext, signedPriceProof: SignedPriceProof): Promise<void> {
  const { chain, oracle } = hubOf(context);
  const { proof, proofGas } = await signedPriceProof(context, 0n);
  if (proof === "0x") return;
  await chain.submitter.submit({
    label: "update prices for risk arrays",
    to: oracle,
    data: encodeFunctionData({ abi: priceRouterAbi, functionName: "update", args: [proof] }),
    extraGas: proofGas,
  });
}

/** @returns whether the arrays are live; if not, somebody else's are as new, or the price went away meanwhile */
async function computeAll(context: RelayerContext, underlying: Hex): Promise<boolean> {
  const { chain, marginEngine } = hubOf(context);
  const maxOptions = BigInt(context.settings.clearing.maxRefreshed);
  const call = {
    abi: scenarioMarginEngineAbi,
    functionName: "refresh",
    args: [underlying, maxOptions],
  } as const;
  for (let calls = 0; calls < MAX_CALLS; calls += 1) {
    try {
      await chain.submitter.submit({
        label: `refresh ${maxOptions} options`,
        to: marginEngine,
        data: encodeFunctionData(call),
        minGas: CALL_GAS + OPTION_GAS,
        extraGas: OPTION_GAS,
      });
    } catch (cause) {
      if (revertedWith(cause, "RiskArrays_NotNewer", "RiskArrays_PriceTooOld")) return false;
      throw cause;
    }
    const [draft] = await chain.client.readContract({
      address: marginEngine,
      abi: scenarioMarginEngineAbi,
      functionName: "draftOf",
      args: [chain.submitter.address, underlying],
    });
    if (draft.places === 0) return true;
  }
  return false;
}

/** What vaults measure trades at has changed for all of an underlying's options. */
function pushReferences(context: RelayerContext, underlying: Hex): void {
  const now = hubOf(context).chain.heads.latest.timestamp;
  for (const { eid } of vaultsOf(context)) {
    for (const instrument of liveOptions(context.clearing.commands.known(eid), now)) {
      if (underlyingOf(instrument) === underlying)
        pushSoon(context, eid, { kind: "optionReference", instrument });
    }
  }
}
