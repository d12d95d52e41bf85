import { encodeFunctionData, type Hex, zeroHash } from "viem";
import type { InterestCurve } from "../../clearing/funding/utilisationCurve.ts";
import { clearingHubAbi, fundingRatesAbi } from "../abi/index.ts";
import { bytes16, DEFAULT_FUNDING, type MarketParameters } from "../markets.ts";
import { type Ensure, ensureCall } from "./ensure.ts";
import type { NetworkChain } from "./network.ts";
import type { WiredNetwork } from "./wiredNetwork.ts";

type HubContracts = WiredNetwork["hub"]["contracts"];

/** Where the hub's funding rates come from, how each market's is made, and what borrowing costs. */
export function fundingSettings({ config, hub }: WiredNetwork): Ensure[] {
  return [
    setFundingRates(hub, hub.contracts),
    ...config.markets.map((market) => setTerms(hub, hub.contracts, market)),
    ...(config.interest ? [setInterestCurve(hub, hub.contracts, config.interest)] : []),
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

function setInterestCurve(
  { client }: NetworkChain,
  { clearingHub }: HubContracts,
  { base, toKink, beyondKink, kink, reserve }: InterestCurve,
): Ensure {
  const curve = {
    base: Number(base),
    toKink: Number(toKink),
    beyondKink: Number(beyondKink),
    kink: Number(kink),
    reserve: Number(reserve),
  };
  const at = { address: clearingHub, abi: clearingHubAbi } as const;
  return ensureCall({
    what: "setInterestCurve",
    to: clearingHub,
    data: encodeFunctionData({ ...at, functionName: "setInterestCurve", args: [curve] }),
    isDone: async () => {
      const { curve: found } = await client.readContract({ ...at, functionName: "lendingState" });
      const names = Object.keys(curve) as (keyof typeof curve)[];
      return names.every((name) => found[name] === curve[name]);
    },
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
