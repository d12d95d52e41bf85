import { encodeFunctionData, type Hex } from "viem";
import { z } from "zod";
import { clearingHubAbi, fundingRatesAbi } from "../../chains/abi/index.ts";
import { perpetual, underlyingId } from "../../clearing/codec/instrumentId.ts";
import { readHub, readMany, revertedWith } from "../clearing/calls.ts";
import { hubOf } from "../clearing/places.ts";
import type { RelayerContext } from "../context.ts";
import type { BookSource } from "../funding/bookSource.ts";
import { signSamples } from "../funding/signSamples.ts";
import { forEachItem, type RelayerJob } from "../job.ts";
import type { SignedPriceProof } from "../price/createPriceProofs.ts";
import { relayerSigners } from "../price/signAscending.ts";
import { toRelayerError } from "../toRelayerError.ts";

const schema = z.object({});

const MINUTE = 60n;
const HOUR = 3_600n;
/** Lanes, two rates and the indices. */
const ACCRUE_GAS = 300_000n;

/** Names nothing: it is all markets, always. */
export type FundingData = z.infer<typeof schema>;

/**
 * Has each perpetual sampled once a minute, and its funding charged before an hour has passed since the last time: beyond, nothing is.
 *
 * @param books without it only pools are sampled
 */
export function createFunding(
  signedPriceProof: SignedPriceProof,
  books?: BookSource,
): RelayerJob<FundingData> {
  return {
    name: "funding",
    schema,
    id: () => "all",
    run: forEachItem(async (context) => {
      await sample(context, books);
      await accrue(context, signedPriceProof);
    }, toRelayerError),
    periodic: {
      everyMs: ({ config }) => config.timings.fundingIntervalMs,
      due: async () => [{}],
    },
  };
}

/** Posts what this minute lacks. */
async function sample(context: RelayerContext, books: BookSource | undefined): Promise<void> {
  const { chain, fundingRates } = hubOf(context);
  // Chain time: a sample is of the chain's current hour.
  const now = chain.heads.latest.timestamp;
  const underlyings = underlyingsOf(context);
  const [terms, hours] = await Promise.all([
    readMany(
      chain,
      fundingRatesAbi,
      fundingRates,
      "termsOf",
      underlyings.map((underlying) => [underlying]),
    ),
    readMany(
      chain,
      fundingRatesAbi,
      fundingRates,
      "samplesOf",
      underlyings.map((underlying) => [underlying, now / HOUR]),
    ),
  ]);
  const lacking = underlyings.map((underlying, at) => ({
    underlying,
    hasTerms: terms[at]![0].hourlyCap !== 0,
    hasPool: BigInt(terms[at]![1]) !== 0n,
    isSampled: hours[at]![2] >= now / MINUTE,
  }));
  const wanted = lacking.filter(({ hasTerms, isSampled }) => hasTerms && !isSampled);
  const pools = wanted.filter(({ hasPool }) => hasPool).map(({ underlying }) => underlying);
  if (pools.length > 0) await samplePools(context, pools);
  const booked = wanted.filter(({ hasPool }) => !hasPool).map(({ underlying }) => underlying);
  if (books && booked.length > 0) await postBooks(context, booked, books, Number(now));
}

function samplePools(context: RelayerContext, pools: readonly Hex[]) {
  const { chain, fundingRates } = hubOf(context);
  return chain.submitter.submit({
    label: `sample ${pools.length} pools`,
    to: fundingRates,
    data: encodeFunctionData({ abi: fundingRatesAbi, functionName: "samplePools", args: [pools] }),
  });
}

async function postBooks(
  context: RelayerContext,
  underlyings: readonly Hex[],
  books: BookSource,
  time: number,
): Promise<void> {
  const { chain, fundingRates } = hubOf(context);
  const latest = await books.latest();
  const samples = underlyings.flatMap((underlying) => {
    const book = latest.get(underlying);
    return book ? [{ underlying, ...book }] : [];
  });
  if (samples.length === 0) return;
  const place = { chainId: chain.definition.chainId, fundingRates };
  const data = await signSamples(place, { time, samples }, relayerSigners(context));
  await chain.submitter
    .submit({ label: `post ${samples.length} books`, to: fundingRates, data })
    .catch((cause) => {
      // The hour turned before it was mined: the next sample is of the new one.
      if (!revertedWith(cause, "Funding_HourOver")) throw cause;
    });
}

/** Charges what is due. Where no rate says anything there is nothing to charge, now or later. */
async function accrue(context: RelayerContext, signedPriceProof: SignedPriceProof): Promise<void> {
  const hub = hubOf(context);
  const { chain, fundingRates } = hub;
  const now = chain.heads.latest.timestamp;
  const underlyings = underlyingsOf(context);
  const hours = [now / HOUR - 1n, now / HOUR - 2n];
  const [states, rates] = await Promise.all([
    readHub(
      hub,
      "fundingOf",
      context.config.markets.map(({ underlying }) => [perpetual(underlying)]),
    ),
    readMany(
      chain,
      fundingRatesAbi,
      fundingRates,
      "rateOfHour",
      underlyings.flatMap((underlying) => hours.map((hour) => [underlying, hour] as const)),
    ),
  ]);
  const due = context.config.markets.filter((_, at) => {
    const { accruedAt } = states[at]!;
    const hasRate = rates.slice(2 * at, 2 * at + 2).some((rate) => rate !== 0n);
    return (
      hasRate && accruedAt > 0 && BigInt(accruedAt) + context.settings.clearing.accrueEverySeconds <= now
    );
  });
  for (const { underlying } of due) {
    const { proof, proofGas } = await signedPriceProof(context);
    await chain.submitter
      .submit({
        label: `accrue funding of ${underlying}`,
        to: hub.clearingHub,
        data: encodeFunctionData({
          abi: clearingHubAbi,
          functionName: "accrueFunding",
          args: [perpetual(underlying), proof],
        }),
        minGas: ACCRUE_GAS,
        extraGas: proofGas,
      })
      .catch((cause) => {
        // Somebody else was first, or the price got old meanwhile.
        if (!revertedWith(cause, "Hub_AlreadyAccrued", "Margin_StalePrice")) throw cause;
      });
  }
}

function underlyingsOf({ config }: RelayerContext): Hex[] {
  return config.markets.map(({ underlying }) => underlyingId(underlying));
}
