import { encodeFunctionData } from "viem";
import type { UnderlyingParameters } from "../../clearing/margin/marginParameters.ts";
import { scenarioMarginEngineAbi } from "../abi/index.ts";
import { marginSettings } from "../marginTerms.ts";
import { bytes16, type MarketParameters } from "../markets.ts";
import { type Ensure, ensureCall } from "./ensure.ts";
import type { NetworkChain } from "./network.ts";
import type { WiredNetwork } from "./wiredNetwork.ts";

/** Sets what the margin engine goes by for an underlying. Something of it must be listed before. */
export function setMarginParameters(
  { client }: NetworkChain,
  { marginEngine }: WiredNetwork["hub"]["contracts"],
  market: MarketParameters,
): Ensure {
  const settings = marginSettings(market);
  const parameters = numbers(settings.parameters);
  const limits = numbers(settings.limits);
  const underlying = bytes16(market.underlying);
  return ensureCall({
    what: `setUnderlyingParameters ${market.underlying}`,
    to: marginEngine,
    data: encodeFunctionData({
      abi: scenarioMarginEngineAbi,
      functionName: "setUnderlyingParameters",
      args: [underlying, parameters, limits],
    }),
    isDone: async () => {
      const found = await client.readContract({
        address: marginEngine,
        abi: scenarioMarginEngineAbi,
        functionName: "underlyingParametersOf",
        args: [underlying],
      });
      const names = Object.keys(parameters) as (keyof UnderlyingParameters)[];
      const limitNames = Object.keys(limits) as (keyof typeof limits)[];
      return (
        names.every((name) => found.parameters[name] === parameters[name]) &&
        limitNames.every((name) => found[name] === limits[name])
      );
    },
  });
}

/** None is wider than 48 bits. */
function numbers<T extends Record<keyof T, bigint>>(values: T): { [Name in keyof T]: number } {
  const entries = Object.entries<bigint>(values).map(([name, value]) => [name, Number(value)]);
  return Object.fromEntries(entries);
}
