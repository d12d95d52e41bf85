import { encodeFunctionData, type Hex, zeroHash } from "viem";
import { clearingHubAbi, fundingRatesAbi } from "../abi/index.ts";
import { bytes16, DEFAULT_FUNDING, type MarketParameters } from "../markets.ts";
import { type Ensure, ensureCall } from "./ensure.ts";
import type { NetworkChain } from "./network.ts";
import type { WiredNetwork } from "./wiredNetwork.ts";

type HubContracts = WiredNetwork["hub"]["contracts"];

/** Where the hub's funding rates come from, and how each market's is made. */
export function fundingSettings({ config, hub }: WiredNetwork): Ensure[] {
  return [
    setFundingRates(hub, hub.contracts),
    ...config.markets.map((market) => setTerms(hub, hub.contracts, market)),
  ];
}

function setFundingRates({ client }: NetworkChain, { clearingHub, fundingRates }: HubContracts): Ensure {
  const at = { address: clearingHub, abi: clearingHubAbi } as const;
  return ensureCall({
    what: "setFundingRates",
    to: clearingHub,
    data: encodeFunctionData({ ...at, functionName: "setFundingRates", args: [fundingRates] }),
    isDone: async () => (await client.readContract({ ...at, functionName: "fundingRates" })) === fundingRates,
  });
}

function setTerms(
  { client }: NetworkChain,
  { fundingRates }: HubContracts,
  { underlying, funding = DEFAULT_FUNDING }: MarketParameters,
): Ensure {
  const parameters = {
    interest: Number(funding.interestPpb),
    band: Number(funding.bandPpb),
    hourlyCap: Number(funding.hourlyCapPpb),
    minSamples: funding.minSamples,
    poolRate: Number(funding.pool?.ratePpb ?? 0n),
    poolScale: funding.pool?.scale ?? 0n,
  };
  const pool: Hex = funding.pool?.account ?? zeroHash;
  const at = { address: fundingRates, abi: fundingRatesAbi } as const;
  const args = [bytes16(underlying)] as const;
  return ensureCall({
    what: `setTerms ${underlying}`,
    to: fundingRates,
    data: encodeFunctionData({
      abi: fundingRatesAbi,
      functionName: "setTerms",
      args: [...args, parameters, pool],
    }),
    isDone: async () => {
      const [found, foundPool] = await client.readContract({ ...at, functionName: "termsOf", args });
      const names = Object.keys(parameters) as (keyof typeof parameters)[];
      return foundPool === pool && names.every((name) => found[name] === parameters[name]);
    },
  });
}
