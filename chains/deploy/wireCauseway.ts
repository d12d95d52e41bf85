import { type Address, encodeFunctionData, type Hex, pad, stringToHex, zeroAddress } from "viem";
import { CausewayError } from "../../errors/CausewayError.ts";
import {
  accessManagerAbi,
  clearingHubAbi,
  scanMarginEngineAbi,
  signedPriceOracleAbi,
  spokeVaultAbi,
} from "../abi/index.ts";
import { assets, getAsset } from "../assets.ts";
import { readDeployment } from "../deployments.ts";
import type { MarketParameters } from "../markets.ts";
import type { CausewayDeployment, Deployment } from "../types.ts";
import { type Ensure, ensure, ensureCall } from "./ensure.ts";
import type { Network, NetworkChain } from "./network.ts";
import { ensureRoles } from "./roles.ts";

type Wired = Deployment & { causeway: CausewayDeployment };

/**
 * Connects our contracts: roles, peers both ways, tokens, lanes, assets, markets, price signers. Reads first and sends only what
 * differs, so running it again sends nothing.
 *
 * @throws CausewayError `DeploymentMissing`, and as `ChainWriter.send`
 */
export async function wireCauseway(network: Network): Promise<void> {
  const records = new Map(
    network.chains.map(({ definition }) => [definition.eid, wired(network, definition.name)]),
  );
  const hub = records.get(network.config.hub.eid)!.causeway.hub!;
  await Promise.all(
    network.chains.map(async (chain) => {
      const { causeway, eid } = records.get(chain.definition.eid)!;
      await ensure(chain.writer, ensureRoles(chain.writer, causeway, chain.writer.account.address));
      const wanted = [
        ensurePeer(chain, causeway, causeway.vault, network.config.hub.eid, hub.clearingHub),
        ...listTokens(chain, causeway),
      ];
      if (eid === network.config.hub.eid) wanted.push(...wireHub(network, chain, causeway, hub, records));
      await ensure(chain.writer, wanted);
      network.log(`${chain.definition.name}: wired`);
    }),
  );
}

function wired({ config }: Network, chain: string): Wired {
  const { causeway, ...record } = readDeployment(config.deploymentsFolder, chain);
  if (causeway) return { ...record, causeway };
  throw new CausewayError("DeploymentMissing", { details: { chain, folder: config.deploymentsFolder } });
}

/** The AccessManager owns every OApp: peers are set through it, with the delay of whoever asks. */
function ensurePeer(
  { client }: NetworkChain,
  { accessManager }: CausewayDeployment,
  oapp: Address,
  eid: number,
  peer: Address,
): Ensure {
  const wanted = pad(peer.toLowerCase() as Address);
  return ensureCall({
    what: "setPeer",
    to: accessManager,
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

function listTokens({ client }: NetworkChain, { vault, tokens }: CausewayDeployment): Ensure[] {
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

function wireHub(
  network: Network,
  chain: NetworkChain,
  causeway: CausewayDeployment,
  hub: NonNullable<CausewayDeployment["hub"]>,
  records: ReadonlyMap<number, Wired>,
): Ensure[] {
  return [
    ...network.chains.flatMap(({ definition }) => [
      ensurePeer(
        chain,
        causeway,
        hub.clearingHub,
        definition.eid,
        records.get(definition.eid)!.causeway.vault,
      ),
      listLane(chain, hub.clearingHub, definition.eid, definition.leaseSeconds),
    ]),
    ...assets.map((asset) => listAsset(chain, hub.clearingHub, asset)),
    ...network.config.markets.flatMap((market) => listMarket(chain, hub, market)),
    setRiskModules(chain, hub, network.config.maxPriceAgeSeconds),
    setSigners(chain, hub, network),
  ];
}

function listLane({ client }: NetworkChain, clearingHub: Address, eid: number, leaseSeconds: number): Ensure {
  return ensureCall({
    what: `listLane ${eid}`,
    to: clearingHub,
    data: encodeFunctionData({ abi: clearingHubAbi, functionName: "listLane", args: [eid, leaseSeconds] }),
    isDone: async () => {
      const lane = await client.readContract({
        address: clearingHub,
        abi: clearingHubAbi,
        functionName: "laneOf",
        args: [eid],
      });
      return lane.listed && lane.leaseSeconds === leaseSeconds;
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

function listMarket(
  { client }: NetworkChain,
  hub: NonNullable<CausewayDeployment["hub"]>,
  market: MarketParameters,
): Ensure[] {
  const underlying = bytes16(market.underlying);
  // Kind 1, a perpetual, then fifteen zero bytes: see `contracts/types/InstrumentId.sol`.
  const instrument: Hex = `0x01${"00".repeat(15)}${underlying.slice(2)}`;
  const terms = [Number(market.ratePpm), Number(market.feePpm), market.maxBase] as const;
  return [
    ensureCall({
      what: `setParameters ${market.underlying}`,
      to: hub.marginEngine,
      data: encodeFunctionData({
        abi: scanMarginEngineAbi,
        functionName: "setParameters",
        args: [underlying, market.priceScanRangeWad, market.venueRateWad],
      }),
      isDone: async () => {
        const found = await client.readContract({
          address: hub.marginEngine,
          abi: scanMarginEngineAbi,
          functionName: "parametersOf",
          args: [underlying],
        });
        return (
          found.priceScanRangeWad === market.priceScanRangeWad && found.venueRateWad === market.venueRateWad
        );
      },
    }),
    ensureCall({
      what: `listInstrument ${market.underlying}`,
      to: hub.clearingHub,
      data: encodeFunctionData({
        abi: clearingHubAbi,
        functionName: "listInstrument",
        args: [instrument, ...terms],
      }),
      isDone: async () => {
        const found = await client.readContract({
          address: hub.clearingHub,
          abi: clearingHubAbi,
          functionName: "termsOf",
          args: [instrument],
        });
        return (
          found.version > 0 &&
          found.ratePpm === terms[0] &&
          found.feePpm === terms[1] &&
          found.maxBase === terms[2]
        );
      },
    }),
  ];
}

function setRiskModules(
  { client }: NetworkChain,
  { clearingHub, oracle, marginEngine }: NonNullable<CausewayDeployment["hub"]>,
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

function setSigners(
  { client }: NetworkChain,
  { oracle }: NonNullable<CausewayDeployment["hub"]>,
  { config }: Network,
): Ensure {
  const wanted = config.accounts.oracleSigners
    .map(({ address }) => address)
    .sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  return ensureCall({
    what: "setSigners",
    to: oracle,
    data: encodeFunctionData({
      abi: signedPriceOracleAbi,
      functionName: "setSigners",
      args: [wanted, BigInt(config.oracleQuorum)],
    }),
    isDone: async () => {
      const [signers, quorum] = await Promise.all([
        client.readContract({ address: oracle, abi: signedPriceOracleAbi, functionName: "signers" }),
        client.readContract({ address: oracle, abi: signedPriceOracleAbi, functionName: "quorum" }),
      ]);
      return (
        quorum === BigInt(config.oracleQuorum) &&
        signers.length === wanted.length &&
        signers.every((signer, i) => signer === wanted[i])
      );
    },
  });
}

/** A symbol as the contracts have it: ASCII, left-aligned; nothing for the settlement asset. */
function bytes16(symbol: string): Hex {
  return symbol === "" ? pad("0x", { size: 16 }) : stringToHex(symbol, { size: 16 });
}
