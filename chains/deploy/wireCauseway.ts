import { type Address, encodeFunctionData, pad, zeroAddress } from "viem";
import { instrumentName } from "../../clearing/codec/instrumentName.ts";
import { accessManagerAbi, clearingHubAbi, spokeVaultAbi } from "../abi/index.ts";
import { assets, getAsset } from "../assets.ts";
import { bytes16, type Listing, listingsOf } from "../markets.ts";
import type { ChainDefinition } from "../types.ts";
import { bindRoles } from "./bindRoles.ts";
import { type Ensure, ensureCall, findNeeded } from "./ensure.ts";
import { administers } from "./handOverRoles.ts";
import type { NetworkChain } from "./network.ts";
import { sendAsDeployer } from "./sendAsDeployer.ts";
import { setMarginParameters } from "./setMarginParameters.ts";
import type { WiredChain, WiredNetwork } from "./wiredNetwork.ts";
import { fundingSettings } from "./wireFunding.ts";
import { oracleSettings } from "./wireOracle.ts";

type HubContracts = WiredNetwork["hub"]["contracts"];

/**
 * Connects our contracts: roles, peers both ways, tokens, lanes, assets, markets, price signers. Reads first and sends only what
 * differs, so running it again sends nothing. The deployer acts, with every role that it needs and no delay, until `handOverRoles`.
 *
 * @throws CausewayError `RoleNeeded` if something differs on a chain whose roles were handed over, and as `ChainWriter.send`
 */
export async function wireCauseway(network: WiredNetwork, log: (line: string) => void): Promise<void> {
  await Promise.all(
    network.chains.map(async (chain) => {
      const isHub = chain.definition.eid === network.hub.definition.eid;
      // Instruments get their numbers when they are listed: the registry comes before, what the margin engine keeps by number after.
      const stages = isHub
        ? [[setInstrumentRegistry(network)], connect(network, chain), marginParameters(network)]
        : [connect(network, chain)];
      // Whoever holds the roles schedules all at once, and makes them in this order.
      for (const stage of (await administers(chain)) ? stages : [stages.flat()])
        await sendAsDeployer(chain, await findNeeded(bindRoles(chain)), await findNeeded(stage));
      log(`${chain.definition.name}: wired`);
    }),
  );
}

function connect(network: WiredNetwork, chain: WiredChain): Ensure[] {
  const { hub } = network;
  const { vault } = chain.record.causeway;
  const onVault = [
    ensurePeer(chain, vault, hub.definition.eid, hub.contracts.clearingHub),
    ...listTokens(chain),
  ];
  return chain.definition.eid === hub.definition.eid ? [...onVault, ...wireHub(network)] : onVault;
}

/** The AccessManager owns every OApp: peers are set through it, with the delay of whoever asks. */
function ensurePeer({ client, record }: WiredChain, oapp: Address, eid: number, peer: Address): Ensure {
  const wanted = pad(peer.toLowerCase() as Address);
  return ensureCall({
    what: "setPeer",
    to: record.causeway.accessManager,
    data: encodeFunctionData({
      abi: accessManagerAbi,
      functionName: "execute",
      args: [oapp, encodeFunctionData({ abi: spokeVaultAbi, functionName: "setPeer", args: [eid, wanted] })],
    }),
    isDone: async () => {
      const found = await client.readContract({
        address: oapp,
        abi: spokeVaultAbi,
        functionName: "peers",
        args: [eid],
      });
      return found === wanted;
    },
  });
}

function listTokens({ client, record }: WiredChain): Ensure[] {
  const { vault, tokens } = record.causeway;
  return Object.entries(tokens).map(([symbol, token]) => {
    const { id, sharedDecimals } = getAsset(symbol);
    return ensureCall({
      what: `listToken ${symbol}`,
      to: vault,
      data: encodeFunctionData({
        abi: spokeVaultAbi,
        functionName: "listToken",
        args: [id, token, sharedDecimals],
      }),
      isDone: async () => {
        const listed = await client.readContract({
          address: vault,
          abi: spokeVaultAbi,
          functionName: "tokenOf",
          args: [id],
        });
        return listed.token !== zeroAddress;
      },
    });
  });
}

function wireHub(network: WiredNetwork): Ensure[] {
  const { chains, hub } = network;
  const { clearingHub } = hub.contracts;
  return [
    ...chains.flatMap(({ definition, record }) => [
      ensurePeer(hub, clearingHub, definition.eid, record.causeway.vault),
      listLane(hub, clearingHub, definition),
    ]),
    ...settingsOfHub(network),
  ];
}

/** What the hub and its margin engine know of assets, markets and prices, as configured. */
export function hubSettings(network: WiredNetwork): Ensure[] {
  return [...settingsOfHub(network), ...marginParameters(network)];
}

function marginParameters({ config, hub }: WiredNetwork): Ensure[] {
  return config.markets.map((market) => setMarginParameters(hub, hub.contracts, market));
}

function settingsOfHub(network: WiredNetwork): Ensure[] {
  const { config, hub } = network;
  const { contracts } = hub;
  return [
    setInstrumentRegistry(network),
    ...assets.map((asset) => listAsset(hub, contracts.clearingHub, asset)),
    ...config.markets.flatMap((market) =>
      listingsOf(market).map((listing) => listInstrument(hub.client, contracts.clearingHub, listing)),
    ),
    setRiskModules(hub, contracts, config.maxPriceAgeSeconds),
    ...oracleSettings(network),
    ...fundingSettings(network),
  ];
}

function listLane(
  { client }: NetworkChain,
  clearingHub: Address,
  { eid, leaseSeconds, maxLagSeconds }: ChainDefinition,
): Ensure {
  return ensureCall({
    what: `listLane ${eid}`,
    to: clearingHub,
    data: encodeFunctionData({
      abi: clearingHubAbi,
      functionName: "listLane",
      args: [eid, leaseSeconds, maxLagSeconds],
    }),
    isDone: async () => {
      const lane = await client.readContract({
        address: clearingHub,
        abi: clearingHubAbi,
        functionName: "laneOf",
        args: [eid],
      });
      return lane.listed && lane.leaseSeconds === leaseSeconds && lane.maxLagSeconds === maxLagSeconds;
    },
  });
}

function listAsset({ client }: NetworkChain, clearingHub: Address, asset: (typeof assets)[number]): Ensure {
  const parameters = {
    underlying: bytes16(asset.underlying ?? ""),
    haircutInitialBps: asset.initialHaircutBps,
    haircutMaintenanceBps: asset.maintenanceHaircutBps,
    sharedDecimals: asset.sharedDecimals,
    listed: true,
  };
  return ensureCall({
    what: `listAsset ${asset.symbol}`,
    to: clearingHub,
    data: encodeFunctionData({
      abi: clearingHubAbi,
      functionName: "listAsset",
      args: [asset.id, parameters],
    }),
    isDone: async () => {
      const found = await client.readContract({
        address: clearingHub,
        abi: clearingHubAbi,
        functionName: "assetOf",
        args: [asset.id],
      });
      return (
        found.listed &&
        found.haircutInitialBps === asset.initialHaircutBps &&
        found.haircutMaintenanceBps === asset.maintenanceHaircutBps
      );
    },
  });
}

function listInstrument(
  client: NetworkChain["client"],
  clearingHub: Address,
  { instrument, expiry, ratePpm, feePpm, maxBase }: Listing,
): Ensure {
  const terms = [Number(ratePpm), Number(feePpm), maxBase] as const;
  return ensureCall({
    what: `listInstrument ${instrumentName(instrument)}`,
    to: clearingHub,
    data: encodeFunctionData({
      abi: clearingHubAbi,
      functionName: "listInstrument",
      args: [instrument, ...terms],
    }),
    isDone: async () => {
      const [found, { timestamp }] = await Promise.all([
        client.readContract({
          address: clearingHub,
          abi: clearingHubAbi,
          functionName: "termsOf",
          args: [instrument],
        }),
        client.getBlock(),
      ]);
      // The registry takes no option that is over.
      if (expiry !== undefined && timestamp >= expiry) return true;
      return (
        found.version > 0 &&
        found.ratePpm === terms[0] &&
        found.feePpm === terms[1] &&
        found.maxBase === terms[2]
      );
    },
  });
}

function setInstrumentRegistry({ hub }: WiredNetwork): Ensure {
  const { clearingHub, instrumentRegistry } = hub.contracts;
  return ensureCall({
    what: "setInstrumentRegistry",
    to: clearingHub,
    data: encodeFunctionData({
      abi: clearingHubAbi,
      functionName: "setInstrumentRegistry",
      args: [instrumentRegistry],
    }),
    isDone: async () =>
      (await hub.client.readContract({
        address: clearingHub,
        abi: clearingHubAbi,
        functionName: "instrumentRegistry",
      })) === instrumentRegistry,
  });
}

function setRiskModules(
  { client }: NetworkChain,
  { clearingHub, oracle, marginEngine }: HubContracts,
  maxPriceAgeSeconds: number,
): Ensure {
  const read = <Name extends "oracle" | "marginEngine" | "maxPriceAge">(functionName: Name) =>
    client.readContract({ address: clearingHub, abi: clearingHubAbi, functionName });
  return ensureCall({
    what: "setRiskModules",
    to: clearingHub,
    data: encodeFunctionData({
      abi: clearingHubAbi,
      functionName: "setRiskModules",
      args: [oracle, marginEngine, maxPriceAgeSeconds],
    }),
    isDone: async () => {
      const found = await Promise.all([read("oracle"), read("marginEngine"), read("maxPriceAge")]);
      return found[0] === oracle && found[1] === marginEngine && found[2] === maxPriceAgeSeconds;
    },
  });
}
