import { encodeFunctionData } from "viem";
import { z } from "zod";
import { clearingHubAbi, signedPriceOracleAbi } from "../../chains/abi/index.ts";
import { readMany } from "../clearing/calls.ts";
import { hubOf, vaultsOf } from "../clearing/places.ts";
import type { RelayerContext } from "../context.ts";
import { forEachItem, type RelayerJob } from "../job.ts";
import type { SignedPriceProof } from "../price/createPriceProofs.ts";
import { toRelayerError } from "../toRelayerError.ts";
import { pushSoon } from "./push.ts";

const schema = z.object({});

/** Names nothing: it is all prices, always. */
export type PriceData = z.infer<typeof schema>;

/** Brings signed prices to the oracle, and from there, as reference prices, to every vault. */
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
  const { proof, time, pricesWad } = await signedPriceProof(context);
  const underlyings = [...pricesWad.keys()];
  const known = await readMany(
    chain,
    signedPriceOracleAbi,
    oracle,
    "latest",
    underlyings.map((underlying) => [underlying]),
  );
  // Another job, or another relayer, may have brought them along.
  if (known.some(([, knownTime]) => knownTime < BigInt(time))) {
    await chain.submitter.submit({
      label: `update ${underlyings.length} prices`,
      to: oracle,
      data: encodeFunctionData({ abi: signedPriceOracleAbi, functionName: "update", args: [proof] }),
    });
  }
  for (const { eid } of vaultsOf(context)) {
    for (const underlying of underlyings) pushSoon(context, eid, { kind: "referencePrice", underlying });
  }
}
