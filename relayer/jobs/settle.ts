import { encodeFunctionData, type Hex, maxUint256 } from "viem";
import { z } from "zod";
import {
  clearingHubAbi,
  expiryPricesAbi,
  instrumentRegistryAbi,
  marginEngineAbi,
} from "../../chains/abi/index.ts";
import { orReverted } from "../../chains/deploy/orReverted.ts";
import { optionTerms, underlyingOf } from "../../clearing/codec/instrumentId.ts";
import { absolute, maximum, minimum } from "../../clearing/math.ts";
import { positionValue } from "../../clearing/positionValue.ts";
import { settlement } from "../../clearing/settlement.ts";
import { readHub, revertedWith } from "../clearing/calls.ts";
import { hubOf } from "../clearing/places.ts";
import { byAccount, planSettlement, type SettleCandidate } from "../clearing/planSettlement.ts";
import { PRICE_ERRORS } from "../clearing/priceErrors.ts";
import type { RelayerContext } from "../context.ts";
import { type ChainLog, forEachItem, type RelayerJob } from "../job.ts";
import type { SignedPriceProof, SignedPrices } from "../price/createPriceProofs.ts";
import { toRelayerError } from "../toRelayerError.ts";

const schema = z.object({ instrument: z.templateLiteral(["0x", z.string()]) });

/**
 * Lanes; and an account whose cash and quote are both written for the first time, and whose list changes. What looks at the margin of one that
 * is to be lent is in the estimate.
 */
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
  const settle: RelayerJob<SettleData> = {
    name: "settle",
    schema,
    id: ({ instrument }) => instrument,
    lane: ({ instrument }) => instrument,
    run: forEachItem(
      (context, { instrument }) => settleAll(context, instrument, signedPriceProof),
      toRelayerError,
    ),
    subscriptions: (context) => {
      const { eid, clearingHub, expiryPrices } = hubOf(context);
      return [
        ...(["latest", "final"] as const).map((when) => ({
          eid,
          when,
          address: clearingHub,
          abi: clearingHubAbi,
          events: ["PositionNetted"],
          on: ({ args }: ChainLog) => noteHolder(context, args),
        })),
        {
          eid,
          when: "latest",
          address: expiryPrices,
          abi: expiryPricesAbi,
          events: ["PriceFixed"],
          on: ({ args }) => {
            for (const instrument of context.clearing.holders.keys())
              if (isOfExpiry(instrument, args)) context.enqueue(settle, { instrument });
          },
        },
      ];
    },
    periodic: {
      everyMs: ({ config }) => config.timings.settleIntervalMs,
      due: async ({ clearing }) => [...clearing.holders.keys()].map((instrument) => ({ instrument })),
    },
  };
  return settle;
}

function isOfExpiry(instrument: Hex, { underlying, expiry }: ChainLog["args"]): boolean {
  return optionTerms(instrument)?.expiry === Number(expiry) && underlyingOf(instrument) === underlying;
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
  const markWad =
    optionTerms(instrument) === null
      ? prices.pricesWad.get(underlyingOf(instrument))
      : await readOptionMark(context, instrument);
  if (markWad === undefined) return;
  const isOver = await isFinal(context, instrument);
  const { settleMinimum, maxSettled: maxAccounts } = context.settings.clearing;
  // After this there is no better time.
  const minimum = isOver ? 1n : settleMinimum;
  const waiting = isOver ? await readWaiting(context, instrument) : new Set<Hex>();
  const all = await readCandidates(context, instrument, markWad);
  const candidates = all.filter(({ account, value }) => value < 0n || !waiting.has(account));
  for (const call of planSettlement({ candidates, minimum, maxAccounts })) {
    const moved = await predict(context, instrument, markWad, call);
    if (moved < minimum) continue;
    await submit(context, instrument, call, prices).catch((cause) => {
      // The price got old meanwhile: the next cycle has a newer one.
      if (!revertedWith(cause, ...PRICE_ERRORS)) throw cause;
    });
  }
  if (isOver) await rollOff(context, instrument, all, waiting, prices);
}

/** Accounts that may have closed an option where nobody has told: what they seem to have gained the hub does not pay, nor lets them drop. */
async function readWaiting(context: RelayerContext, option: Hex): Promise<Set<Hex>> {
  const given = [...context.clearing.closings.values()].filter(({ instrument }) => instrument === option);
  const lines = await readHub(
    hubOf(context),
    "closingOf",
    given.map(({ account, eid }) => [account, eid, option]),
  );
  const open = given.filter((_, at) => {
    const { unusedBuys, unusedSells, unusedCredit } = lines[at]!;
    return unusedBuys + unusedSells + unusedCredit > 0n;
  });
  return new Set(open.map(({ account }) => account));
}

/** What is worth nothing at the settlement price leaves its account's list; what is reported later comes back to it. */
async function rollOff(
  context: RelayerContext,
  instrument: Hex,
  candidates: readonly Candidate[],
  waiting: ReadonlySet<Hex>,
  prices: SignedPrices,
): Promise<void> {
  const lists = await readHub(
    hubOf(context),
    "instrumentsOf",
    candidates.map(({ account }) => [account]),
  );
  const listed = candidates.filter((_, at) => lists[at]!.includes(instrument));
  if (listed.length === 0) context.clearing.holders.delete(instrument);
  const over = listed
    .filter(({ account, value }) => value === 0n && !waiting.has(account))
    .toSorted(byAccount);
  const { maxSettled } = context.settings.clearing;
  for (let from = 0; from < over.length; from += maxSettled)
    await submit(context, instrument, over.slice(from, from + maxSettled), prices);
}

async function isFinal(context: RelayerContext, instrument: Hex): Promise<boolean> {
  if (optionTerms(instrument) === null) return false;
  const { chain, instrumentRegistry } = hubOf(context);
  return chain.client.readContract({
    address: instrumentRegistry,
    abi: instrumentRegistryAbi,
    functionName: "isFinal",
    args: [instrument],
  });
}

/** Undefined while nobody can say what it is worth. */
function readOptionMark(context: RelayerContext, instrument: Hex): Promise<bigint | undefined> {
  const { chain, marginEngine } = hubOf(context);
  const mark = chain.client.readContract({
    address: marginEngine,
    abi: marginEngineAbi,
    functionName: "markOf",
    args: [instrument, maxUint256],
  });
  return orReverted(mark, undefined);
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
  const candidates = accounts.map((account, at) => {
    const { base, quote } = positions[at]!;
    return { account, base, quote, cash: cash[at]!, value: positionValue({ base, quote, markWad }) };
  });
  const [pool] = await readHub(hub, "lendingState", [[]]);
  let { idle } = pool!;
  for (const candidate of candidates) {
    const { account, value, cash } = candidate;
    const lacking = -value - maximum(0n, cash);
    if (idle === 0n || value >= 0n || lacking <= 0n) continue;
    if (!(await mayBorrow(context, account, -value))) continue;
    const lent = minimum(lacking, idle);
    candidate.cash = maximum(0n, cash) + lent;
    idle -= lent;
  }
  return candidates;
}

/** Whether the hub lends an account what it lacks for a loss; not while it cannot tell. */
async function mayBorrow(context: RelayerContext, account: Hex, loss: bigint): Promise<boolean> {
  const { chain, clearingHub } = hubOf(context);
  const told = chain.client.readContract({
    address: clearingHub,
    abi: clearingHubAbi,
    functionName: "mayBorrow",
    args: [account, loss],
  });
  return orReverted(told, false);
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
