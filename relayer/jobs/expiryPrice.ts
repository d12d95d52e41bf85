import { encodeFunctionData, type Hex } from "viem";
import { z } from "zod";
import { clearingHubAbi, expiryPricesAbi, priceRouterAbi } from "../../chains/abi/index.ts";
import { optionTerms, underlyingId } from "../../clearing/codec/instrumentId.ts";
import { windowStart } from "../../clearing/oracle/expiryMean.ts";
import { expiryId } from "../clearing/clearingBook.ts";
import { decideSample, LATE_IN_MINUTE } from "../clearing/decideSample.ts";
import { hubOf } from "../clearing/places.ts";
import type { RelayerContext } from "../context.ts";
import { type ChainLog, forEachItem, type RelayerJob } from "../job.ts";
import type { SignedPriceProof } from "../price/createPriceProofs.ts";
import { toRelayerError } from "../toRelayerError.ts";

const schema = z.object({
  underlying: z.custom<Hex>((id) => /^0x[0-9a-f]{32}$/.test(String(id))),
  expiry: z.int(),
});

/** Names an expiry of an underlying. */
export type ExpiryPriceData = z.infer<typeof schema>;

/** Samples the prices of underlyings before options on them expire, once a minute, and fixes what the options settle at. */
export function createExpiryPrice(signedPriceProof: SignedPriceProof): RelayerJob<ExpiryPriceData> {
  const expiryPrice: RelayerJob<ExpiryPriceData> = {
    name: "expiryPrice",
    schema,
    id: expiryId,
    lane: expiryId,
    run: forEachItem((context, data) => samplePrice(context, data, signedPriceProof), toRelayerError),
    subscriptions: (context) => {
      const { eid, clearingHub: address, oracle } = hubOf(context);
      const listed = ({ args }: ChainLog) => noteExpiry(context, args.instrument);
      const accepted = ({ args }: ChainLog) => {
        for (const expiry of inWindow(context))
          if (expiry.underlying === args.underlying) context.enqueue(expiryPrice, expiry);
      };
      return [
        { eid, when: "final", address, abi: clearingHubAbi, events: ["InstrumentListed"], on: listed },
        {
          eid,
          when: "latest",
          address: oracle,
          abi: priceRouterAbi,
          events: ["PriceAccepted"],
          on: accepted,
        },
      ];
    },
    periodic: {
      everyMs: ({ settings }) => settings.clearing.sampleEveryMs,
      due: async (context) => inWindow(context),
    },
  };
  return expiryPrice;
}

/** Those whose window has begun, or is over without a settlement price. */
function inWindow(context: RelayerContext): ExpiryPriceData[] {
  const now = hubOf(context).chain.heads.latest.timestamp;
  return [...context.clearing.expiries.values()].filter(({ expiry }) => now >= windowStart(BigInt(expiry)));
}

function noteExpiry({ clearing: { expiries } }: RelayerContext, instrument: Hex): void {
  const terms = optionTerms(instrument);
  if (terms === null) return;
  const named = { underlying: underlyingId(terms.underlying), expiry: terms.expiry };
  expiries.set(expiryId(named), named);
}

async function samplePrice(
  context: RelayerContext,
  named: ExpiryPriceData,
  signedPriceProof: SignedPriceProof,
): Promise<void> {
  const { chain, oracle, expiryPrices } = hubOf(context);
  let step = await nextStep(context, named);
  if (step === "bring") {
    const { proof, proofGas } = await signedPriceProof(context, LATE_IN_MINUTE - 1n);
    if (proof === "0x") return;
    await chain.submitter.submit({
      label: "update prices before an expiry",
      to: oracle,
      data: encodeFunctionData({ abi: priceRouterAbi, functionName: "update", args: [proof] }),
      extraGas: proofGas,
    });
    step = await nextStep(context, named);
  }
  if (step === "done") context.clearing.expiries.delete(expiryId(named));
  if (step !== "sample" && step !== "fix") return;
  await chain.submitter.submit({
    label: `${step} ${expiryId(named)}`,
    to: expiryPrices,
    data: encodeFunctionData({
      abi: expiryPricesAbi,
      functionName: step,
      args: [named.underlying, named.expiry],
    }),
  });
}

async function nextStep(context: RelayerContext, { underlying, expiry }: ExpiryPriceData) {
  const { chain, oracle, expiryPrices } = hubOf(context);
  const [mean, [priceWad, time]] = await Promise.all([
    chain.client.readContract({
      address: expiryPrices,
      abi: expiryPricesAbi,
      functionName: "meanOf",
      args: [underlying, expiry],
    }),
    chain.client.readContract({
      address: oracle,
      abi: priceRouterAbi,
      functionName: "latest",
      args: [underlying],
    }),
  ]);
  return decideSample({
    now: chain.heads.latest.timestamp,
    expiry: BigInt(expiry),
    mean: { ...mean, nextMinute: BigInt(mean.nextMinute) },
    latest: { time, priceWad },
  });
}
