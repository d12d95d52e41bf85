import { encodeFunctionData, type Hex } from "viem";
import { z } from "zod";
import { clearingHubAbi } from "../../chains/abi/index.ts";
import { underlyingOf } from "../../clearing/codec/instrumentId.ts";
import { absolute } from "../../clearing/math.ts";
import { positionValue } from "../../clearing/positionValue.ts";
import { settlement } from "../../clearing/settlement.ts";
import { readHub, revertedWith } from "../clearing/calls.ts";
import { hubOf } from "../clearing/places.ts";
import { planSettlement, type SettleCandidate } from "../clearing/planSettlement.ts";
import type { RelayerContext } from "../context.ts";
import { type ChainLog, forEachItem, type RelayerJob } from "../job.ts";
import type { SignedPriceProof, SignedPrices } from "../price/createPriceProofs.ts";
import { toRelayerError } from "../toRelayerError.ts";

const schema = z.object({ instrument: z.templateLiteral(["0x", z.string()]) });

/** Lanes; and an account whose cash and quote are both written for the first time, and whose list changes. */
const SETTLE_GAS = 300_000n;
const SETTLE_ACCOUNT_GAS = 90_000n;

/** Names an instrument. */
export type SettleData = z.infer<typeof schema>;

interface Candidate extends SettleCandidate {
  base: bigint;
  quote: bigint;
}

/** Turns gains and losses into cash, instrument by instrument, as far as anything would move. */
export function createSettle(signedPriceProof: SignedPriceProof): RelayerJob<SettleData> {
  return {
    name: "settle",
    schema,
    id: ({ instrument }) => instrument,
    lane: ({ instrument }) => instrument,
    run: forEachItem(
      (context, { instrument }) => settleAll(context, instrument, signedPriceProof),
      toRelayerError,
    ),
    subscriptions: (context) => {
      const { eid, clearingHub } = hubOf(context);
      return (["latest", "final"] as const).map((when) => ({
        eid,
        when,
        address: clearingHub,
        abi: clearingHubAbi,
        events: ["PositionNetted"],
        on: ({ args }) => noteHolder(context, args),
      }));
    },
    periodic: {
      everyMs: ({ config }) => config.timings.settleIntervalMs,
      due: async ({ clearing }) => [...clearing.holders.keys()].map((instrument) => ({ instrument })),
    },
  };
}

function noteHolder({ clearing: { holders } }: RelayerContext, { account, instrument }: ChainLog["args"]) {
  const accounts = holders.get(instrument) ?? new Set();
  holders.set(instrument, accounts.add(account));
}

async function settleAll(
  context: RelayerContext,
  instrument: Hex,
  signedPriceProof: SignedPriceProof,
): Promise<void> {
  const prices = await signedPriceProof(context);
  const { pricesWad } = prices;
  const markWad = pricesWad.get(underlyingOf(instrument));
  if (markWad === undefined) return;
  const { settleMinimum: minimum, maxSettled: maxAccounts } = context.settings.clearing;
  const candidates = await readCandidates(context, instrument, markWad);
  for (const call of planSettlement({ candidates, minimum, maxAccounts })) {
    const moved = await predict(context, instrument, markWad, call);
    if (moved < minimum) continue;
    await submit(context, instrument, call, prices).catch((cause) => {
      // The price got old meanwhile: the next cycle has a newer one.
      if (!revertedWith(cause, "Margin_StalePrice")) throw cause;
    });
  }
}

async function readCandidates(
  context: RelayerContext,
  instrument: Hex,
  markWad: bigint,
): Promise<Candidate[]> {
  const hub = hubOf(context);
  const accounts = [...(context.clearing.holders.get(instrument) ?? [])];
  const [asset] = await readHub(hub, "settlementAsset", [[]]);
  const [positions, cash] = await Promise.all([
    readHub(
      hub,
      "positionOf",
      accounts.map((account) => [account, instrument]),
    ),
    readHub(
      hub,
      "balanceOf",
      accounts.map((account) => [account, asset!]),
    ),
  ]);
  return accounts.map((account, at) => {
    const { base, quote } = positions[at]!;
    return { account, base, quote, cash: cash[at]!, value: positionValue({ base, quote, markWad }) };
  });
}

/** What the call would move, 1e-6 dollar. A forecast: the hub's prices may be newer by the time it is mined. */
async function predict(
  context: RelayerContext,
  instrument: Hex,
  markWad: bigint,
  positions: readonly Candidate[],
): Promise<bigint> {
  const hub = hubOf(context);
  const eids = [...context.chains.keys()];
  const [pools, unmatched] = await Promise.all([
    readHub(hub, "variationPoolOf", [[instrument]]),
    readHub(
      hub,
      "unmatchedGainOf",
      eids.map((eid) => [eid, instrument]),
    ),
  ]);
  const { amounts } = settlement({
    markWad,
    variationPool: pools[0]!,
    spokeSums: unmatched.map((quote) => ({ base: 0n, quote })),
    positions,
  });
  return amounts.reduce((total, amount) => total + absolute(amount), 0n);
}

async function submit(
  context: RelayerContext,
  instrument: Hex,
  call: readonly Candidate[],
  prices: SignedPrices,
) {
  const { chain, clearingHub } = hubOf(context);
  return chain.submitter.submit({
    label: `settle ${call.length} in ${instrument}`,
    to: clearingHub,
    data: encodeFunctionData({
      abi: clearingHubAbi,
      functionName: "settle",
      args: [instrument, call.map(({ account }) => account), prices.proof],
    }),
    // Reports that arrive between estimate and inclusion make more accounts move cash than the estimate saw.
    minGas: SETTLE_GAS + BigInt(call.length) * SETTLE_ACCOUNT_GAS,
    extraGas: prices.proofGas,
  });
}
