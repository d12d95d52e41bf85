import { type Address, encodeFunctionData, zeroAddress } from "viem";
import { CausewayError } from "../../errors/CausewayError.ts";
import { priceRouterAbi, signerQuorumAbi, surfaceBookAbi } from "../abi/index.ts";
import type { Config } from "../config.ts";
import { bytes16, type MarketParameters } from "../markets.ts";
import { type Ensure, ensureCall } from "./ensure.ts";
import type { NetworkChain } from "./network.ts";
import { orReverted } from "./orReverted.ts";
import type { WiredNetwork } from "./wiredNetwork.ts";

type HubContracts = WiredNetwork["hub"]["contracts"];

/** What router, signers and surface book are told, as configured. */
export function oracleSettings({ config, hub }: WiredNetwork): Ensure[] {
  const { contracts } = hub;
  const { sequencer } = hub.definition;
  return [
    setSigners(hub, contracts, config),
    ...config.markets.map((market) => setUnderlying(hub, contracts, market, config)),
    ...config.markets.flatMap((market) => (market.surface ? [setModel(hub, contracts, market)] : [])),
    ...(sequencer ? [setSequencer(hub, contracts, sequencer)] : []),
  ];
}

function setSigners({ client }: NetworkChain, { signers }: HubContracts, config: Config): Ensure {
  const wanted = config.accounts.oracleSigners
    .map(({ address }) => address)
    .sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  return ensureCall({
    what: "setSigners",
    to: signers,
    data: encodeFunctionData({
      abi: signerQuorumAbi,
      functionName: "setSigners",
      args: [wanted, BigInt(config.oracleQuorum)],
    }),
    isDone: async () => {
      const [found, quorum] = await Promise.all([
        client.readContract({ address: signers, abi: signerQuorumAbi, functionName: "signers" }),
        client.readContract({ address: signers, abi: signerQuorumAbi, functionName: "quorum" }),
      ]);
      return (
        quorum === BigInt(config.oracleQuorum) &&
        found.length === wanted.length &&
        found.every((signer, i) => signer === wanted[i])
      );
    },
  });
}

function setUnderlying(
  { client, definition }: NetworkChain,
  { oracle: router, sources }: HubContracts,
  { underlying, oracle }: MarketParameters,
  config: Config,
): Ensure {
  const records = sources[underlying]?.filter(({ kind }) => kind !== "trades");
  const trades = sources[underlying]?.find(({ kind }) => kind === "trades");
  const heartbeats = [oracle.signed, ...oracle.feeds].map(({ heartbeatSeconds }) => heartbeatSeconds);
  if (records?.length !== heartbeats.length || (oracle.trades && !trades)) {
    throw new CausewayError("DeploymentMissing", {
      message: `The deployment record of ${definition.name} has not the price sources of ${underlying}.`,
      details: { chain: definition.name, folder: config.deploymentsFolder },
    });
  }
  const parameters = {
    quorum: oracle.quorum,
    maxDeviationBps: oracle.maxDeviationBps,
    maxConfidenceBps: oracle.maxConfidenceBps,
    maxMoveBpsPerMinute: oracle.maxMoveBpsPerMinute,
    minPriceWad: oracle.minPriceWad,
    maxPriceWad: oracle.maxPriceWad,
  };
  const terms = records
    .map(({ source }, at) => ({ source, heartbeatSeconds: heartbeats[at]! }))
    .sort((a, b) => (BigInt(a.source) < BigInt(b.source) ? -1 : 1));
  // A price of our own trades breaks ties; it is none of the quorum.
  const internal =
    oracle.trades && trades
      ? { source: trades.source, heartbeatSeconds: oracle.trades.heartbeatSeconds }
      : { source: zeroAddress, heartbeatSeconds: 0 };
  const args = [bytes16(underlying), parameters, terms, internal] as const;
  return ensureCall({
    what: `setUnderlying ${underlying}`,
    to: router,
    data: encodeFunctionData({ abi: priceRouterAbi, functionName: "setUnderlying", args }),
    isDone: async () => {
      const found = await orReverted(
        client.readContract({
          address: router,
          abi: priceRouterAbi,
          functionName: "termsOf",
          args: [args[0]],
        }),
        undefined,
      );
      if (found === undefined) return false;
      const show = (value: unknown) =>
        JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner));
      return show(found) === show([parameters, terms, internal]);
    },
  });
}

function setModel(
  { client }: NetworkChain,
  { surfaceBook, models }: HubContracts,
  { underlying, surface }: MarketParameters,
): Ensure {
  const { model, maxAgeSeconds } = surface!;
  const args = [bytes16(underlying), models[model], maxAgeSeconds] as const;
  return ensureCall({
    what: `setModel ${underlying}`,
    to: surfaceBook,
    data: encodeFunctionData({ abi: surfaceBookAbi, functionName: "setModel", args }),
    isDone: async () => {
      const [foundModel, foundAge] = await client.readContract({
        address: surfaceBook,
        abi: surfaceBookAbi,
        functionName: "bookOf",
        args: [args[0]],
      });
      return foundModel === args[1] && foundAge === maxAgeSeconds;
    },
  });
}

function setSequencer(
  { client }: NetworkChain,
  { oracle }: HubContracts,
  { feed, graceSeconds }: { feed: Address; graceSeconds: number },
): Ensure {
  const read = <Name extends "sequencerFeed" | "sequencerGraceSeconds">(functionName: Name) =>
    client.readContract({ address: oracle, abi: priceRouterAbi, functionName });
  return ensureCall({
    what: "setSequencer",
    to: oracle,
    data: encodeFunctionData({
      abi: priceRouterAbi,
      functionName: "setSequencer",
      args: [feed, graceSeconds],
    }),
    isDone: async () => {
      const found = await Promise.all([read("sequencerFeed"), read("sequencerGraceSeconds")]);
      return found[0] === feed && found[1] === graceSeconds;
    },
  });
}
