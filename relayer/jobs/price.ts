import { encodeFunctionData, parseEventLogs, type TransactionReceipt } from "viem";
import { z } from "zod";
import { clearingHubAbi, priceRouterAbi } from "../../chains/abi/index.ts";
import { underlyingSymbol } from "../../clearing/codec/instrumentId.ts";
import { NO_PRICE } from "../../clearing/oracle/decidePrice.ts";
import { liveOptions } from "../clearing/liveOptions.ts";
import { hubOf, vaultsOf } from "../clearing/places.ts";
import type { RelayerContext } from "../context.ts";
import { forEachItem, type RelayerJob } from "../job.ts";
import type { SignedPriceProof } from "../price/createPriceProofs.ts";
import { publishTestAggregators } from "../price/testFeeds.ts";
import { toRelayerError } from "../toRelayerError.ts";
import { pushSoon } from "./push.ts";

const schema = z.object({});

/** Names nothing: it is all prices, always. */
export type PriceData = z.infer<typeof schema>;

/** Brings signed prices to the oracle, and from there, as reference prices, to every vault; and what options are worth at them. */
export function createPrice(signedPriceProof: SignedPriceProof): RelayerJob<PriceData> {
  const price: RelayerJob<PriceData> = {
    name: "price",
    schema,
    id: () => "all",
    run: forEachItem((context) => updatePrices(context, signedPriceProof), toRelayerError),
    // At start, and at once for what is listed later.
    subscriptions: (context) => {
      const { eid, clearingHub: address } = hubOf(context);
      const on = () => context.enqueue(price, {});
      const common = { eid, address, abi: clearingHubAbi, events: ["InstrumentListed"], on };
      return [
        { ...common, when: "latest" },
        { ...common, when: "final" },
      ];
    },
    periodic: {
      everyMs: ({ config }) => config.timings.priceIntervalMs,
      due: async () => [{}],
    },
  };
  return price;
}

async function updatePrices(context: RelayerContext, signedPriceProof: SignedPriceProof): Promise<void> {
  const { chain, oracle } = hubOf(context);
  const prices = await signedPriceProof(context);
  const { proof, proofGas } = prices;
  await publishTestAggregators(context, prices);
  // Another job, or another relayer, may have brought them along.
  if (proof !== "0x") {
    const receipt = await chain.submitter.submit({
      label: "update prices",
      to: oracle,
      data: encodeFunctionData({ abi: priceRouterAbi, functionName: "update", args: [proof] }),
      extraGas: proofGas,
    });
    warnOfRefused(context, receipt);
  }
  for (const { eid } of vaultsOf(context)) {
    for (const underlying of prices.pricesWad.keys())
      pushSoon(context, eid, { kind: "referencePrice", underlying });
    for (const instrument of liveOptions(context.clearing.commands.known(eid), chain.heads.latest.timestamp))
      pushSoon(context, eid, { kind: "optionReference", instrument });
  }
}

/** The router's sources disagree, are silent, or move too fast: nobody else would tell the operator. */
function warnOfRefused({ log }: RelayerContext, { logs }: TransactionReceipt): void {
  for (const { args } of parseEventLogs({ abi: priceRouterAbi, eventName: "PriceRefused", logs })) {
    const reason = NO_PRICE[args.reason];
    // Somebody else brought a newer one in between.
    if (reason !== "notNewer")
      log.warn({ underlying: underlyingSymbol(args.underlying), reason }, "price refused");
  }
}
