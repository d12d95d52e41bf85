import { type Address, encodeFunctionData, isAddressEqual, zeroAddress } from "viem";
import { CausewayError } from "../../errors/CausewayError.ts";
import { dvnAbi, endpointAbi, executorAbi, priceFeedAbi, sendUln302Abi, ulnAbi } from "../layerzero/abi.ts";
import { LARGEST_MESSAGE } from "../layerzero/limits.ts";
import type { ChainDefinition, Deployment, LayerZeroDeployment } from "../types.ts";
import { type Ensure, ensure, ensureCall, ensureItems } from "./ensure.ts";
import type { Network, NetworkChain } from "./network.ts";

/** Denominator of prices and price ratios in `PriceFeed`. */
const PRICE_ONE = 10n ** 20n;

/** What a message's fee is computed from. One set for all: chains of one network here have the same native token. */
const FEES = {
  /** Of all chains alike, so every price ratio is one. */
  nativeTokenPriceUsd: 3_000n * PRICE_ONE,
  price: { priceRatio: PRICE_ONE, gasPriceInUnit: 1_000_000_000n, gasPerByte: 16 },
  executor: {
    /** For `commitVerification` and the frame around `lzReceive`; measured: 136 k with a small receive. */
    lzReceiveBaseGas: 150_000n,
    lzComposeBaseGas: 50_000n,
    multiplierBps: 12_000,
    floorMarginUSD: 0n,
    nativeCap: 10n ** 18n,
  },
  /** `gas` for one verification; measured: 77 k with two signatures. */
  dvn: { gas: 80_000n, multiplierBps: 12_000, floorMarginUSD: 0n },
} as const;

/** PriceFeed knows chains by the eids of V1. */
const V1_EIDS = 30_000;

/**
 * Connects every chain's LayerZero with every other's: prices, executor, DVNs (all of them required), default libraries. All chains at once;
 * running it again sends nothing. Chains with a LayerZero that existed already are left alone: their defaults are not ours to set.
 *
 * @throws CausewayError `TooFewDvns` if a pathway would have fewer than two distinct DVNs (CLR-24), and as `ChainWriter.send`
 */
export async function wireLayerZero(
  network: Network,
  deployments: ReadonlyMap<string, Deployment>,
): Promise<void> {
  for (const { definition } of network.chains)
    requireTwoDvns(definition.name, layerZeroOf(deployments, definition));
  await Promise.all(
    network.chains.map(async (chain) => {
      const { definition, writer } = chain;
      if (definition.layerZero) return;
      const before = writer.sent;
      const remotes = network.chains
        .map((other) => other.definition)
        .filter((other) => other.eid !== definition.eid);
      const layerZero = layerZeroOf(deployments, definition);
      await ensure(writer, [
        ...feeSettings(chain, layerZero, remotes),
        ...pathwaySettings(chain, layerZero, remotes),
      ]);
      // A library is accepted as a default only for an eid that it has a configuration for.
      await ensure(writer, defaultLibraries(chain, layerZero, remotes));
      network.log(`${definition.name}: LayerZero V2 wired (${writer.sent - before} transactions)`);
    }),
  );
}

function layerZeroOf(
  deployments: ReadonlyMap<string, Deployment>,
  { name }: ChainDefinition,
): LayerZeroDeployment {
  const deployment = deployments.get(name);
  if (deployment) return deployment.layerZero;
  throw new CausewayError("DeploymentMissing", { details: { chain: name, folder: "the given records" } });
}

function requireTwoDvns(chain: string, { dvns }: LayerZeroDeployment): void {
  const found = new Set(dvns.map((dvn) => dvn.address.toLowerCase())).size;
  if (found < 2)
    throw new CausewayError("TooFewDvns", { details: { chain, remote: "every other chain", found } });
}

function feeSettings(
  { client }: NetworkChain,
  layerZero: LayerZeroDeployment,
  remotes: readonly ChainDefinition[],
): Ensure[] {
  const { priceFeed, executor, dvns } = layerZero;
  const { price, nativeTokenPriceUsd } = FEES;
  return [
    ensureCall({
      what: "PriceFeed.setNativeTokenPriceUSD",
      to: priceFeed,
      data: encodeFunctionData({
        abi: priceFeedAbi,
        functionName: "setNativeTokenPriceUSD",
        args: [nativeTokenPriceUsd],
      }),
      isDone: async () =>
        (await client.readContract({
          address: priceFeed,
          abi: priceFeedAbi,
          functionName: "nativeTokenPriceUSD",
        })) === nativeTokenPriceUsd,
    }),
    ensureItems({
      what: "PriceFeed.setPrice",
      to: priceFeed,
      items: remotes.map(({ eid }) => eid % V1_EIDS),
      isDone: async (eid) => {
        const args = [eid] as const;
        const found = await client.readContract({
          address: priceFeed,
          abi: priceFeedAbi,
          functionName: "getPrice",
          args,
        });
        return (
          found.priceRatio === price.priceRatio &&
          found.gasPriceInUnit === price.gasPriceInUnit &&
          found.gasPerByte === price.gasPerByte
        );
      },
      encode: (eids) =>
        encodeFunctionData({
          abi: priceFeedAbi,
          functionName: "setPrice",
          args: [eids.map((eid) => ({ eid, price }))],
        }),
    }),
    ensureItems({
      what: "Executor.setDstConfig",
      to: executor,
      items: remotes,
      isDone: async ({ eid }) => {
        const [lzReceiveBaseGas, multiplierBps, floorMarginUSD, nativeCap, lzComposeBaseGas] =
          await client.readContract({
            address: executor,
            abi: executorAbi,
            functionName: "dstConfig",
            args: [eid],
          });
        const wanted = FEES.executor;
        return (
          lzReceiveBaseGas === wanted.lzReceiveBaseGas &&
          lzComposeBaseGas === wanted.lzComposeBaseGas &&
          multiplierBps === wanted.multiplierBps &&
          floorMarginUSD === wanted.floorMarginUSD &&
          nativeCap === wanted.nativeCap
        );
      },
      encode: (items) =>
        encodeFunctionData({
          abi: executorAbi,
          functionName: "setDstConfig",
          args: [items.map(({ eid }) => ({ dstEid: eid, ...FEES.executor }))],
        }),
    }),
    ...dvns.map(({ address }) =>
      ensureItems({
        what: "DVN.setDstConfig",
        to: address,
        items: remotes,
        isDone: async ({ eid }) => {
          const [gas, multiplierBps, floorMarginUSD] = await client.readContract({
            address,
            abi: dvnAbi,
            functionName: "dstConfig",
            args: [eid],
          });
          const wanted = FEES.dvn;
          return (
            gas === wanted.gas &&
            multiplierBps === wanted.multiplierBps &&
            floorMarginUSD === wanted.floorMarginUSD
          );
        },
        encode: (items) =>
          encodeFunctionData({
            abi: dvnAbi,
            functionName: "setDstConfig",
            args: [items.map(({ eid }) => ({ dstEid: eid, ...FEES.dvn }))],
          }),
      }),
    ),
  ];
}

function pathwaySettings(
  { client, definition }: NetworkChain,
  layerZero: LayerZeroDeployment,
  remotes: readonly ChainDefinition[],
): Ensure[] {
  const { sendUln302, receiveUln302, executor, dvns } = layerZero;
  const requiredDVNs = dvns.map((dvn) => dvn.address).sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  /** Both ends of a pathway count its source's confirmations. */
  const ulnSettings = (
    library: Address,
    what: string,
    sourceOf: (remote: ChainDefinition) => ChainDefinition,
  ) =>
    ensureItems({
      what,
      to: library,
      items: remotes.map((remote) => ({ eid: remote.eid, confirmations: confirmationsOf(sourceOf(remote)) })),
      isDone: async ({ eid, confirmations }) => {
        const found = await client.readContract({
          address: library,
          abi: ulnAbi,
          functionName: "getAppUlnConfig",
          args: [zeroAddress, eid],
        });
        return (
          found.confirmations === confirmations &&
          found.optionalDVNCount === 0 &&
          found.requiredDVNs.length === requiredDVNs.length &&
          found.requiredDVNs.every((dvn, index) => isAddressEqual(dvn, requiredDVNs[index]!))
        );
      },
      encode: (items) =>
        encodeFunctionData({
          abi: ulnAbi,
          functionName: "setDefaultUlnConfigs",
          args: [
            items.map(({ eid, confirmations }) => ({
              eid,
              config: {
                confirmations,
                requiredDVNCount: requiredDVNs.length,
                optionalDVNCount: 0,
                optionalDVNThreshold: 0,
                requiredDVNs,
                optionalDVNs: [],
              },
            })),
          ],
        }),
    });
  return [
    ensureItems({
      what: "SendUln302.setDefaultExecutorConfigs",
      to: sendUln302,
      items: remotes,
      isDone: async ({ eid }) => {
        const [maxMessageSize, found] = await client.readContract({
          address: sendUln302,
          abi: sendUln302Abi,
          functionName: "executorConfigs",
          args: [zeroAddress, eid],
        });
        return maxMessageSize === LARGEST_MESSAGE.bytes && isAddressEqual(found, executor);
      },
      encode: (items) =>
        encodeFunctionData({
          abi: sendUln302Abi,
          functionName: "setDefaultExecutorConfigs",
          args: [
            items.map(({ eid }) => ({ eid, config: { maxMessageSize: LARGEST_MESSAGE.bytes, executor } })),
          ],
        }),
    }),
    ulnSettings(sendUln302, "SendUln302.setDefaultUlnConfigs", () => definition),
    ulnSettings(receiveUln302, "ReceiveUln302.setDefaultUlnConfigs", (remote) => remote),
  ];
}

function defaultLibraries(
  { client }: NetworkChain,
  { endpoint, sendUln302, receiveUln302 }: LayerZeroDeployment,
  remotes: readonly ChainDefinition[],
): Ensure[] {
  return remotes.flatMap(({ eid }) => {
    const args = [eid] as const;
    return [
      ensureCall({
        what: "EndpointV2.setDefaultSendLibrary",
        to: endpoint,
        data: encodeFunctionData({
          abi: endpointAbi,
          functionName: "setDefaultSendLibrary",
          args: [eid, sendUln302],
        }),
        isDone: async () =>
          isAddressEqual(
            await client.readContract({
              address: endpoint,
              abi: endpointAbi,
              functionName: "defaultSendLibrary",
              args,
            }),
            sendUln302,
          ),
      }),
      ensureCall({
        what: "EndpointV2.setDefaultReceiveLibrary",
        to: endpoint,
        data: encodeFunctionData({
          abi: endpointAbi,
          functionName: "setDefaultReceiveLibrary",
          args: [eid, receiveUln302, 0n],
        }),
        isDone: async () =>
          isAddressEqual(
            await client.readContract({
              address: endpoint,
              abi: endpointAbi,
              functionName: "defaultReceiveLibrary",
              args,
            }),
            receiveUln302,
          ),
      }),
    ];
  });
}

/** Finality by the chain's own tag is checked by the signers; the library then wants any number of blocks but none. */
export function confirmationsOf({ finality }: ChainDefinition): bigint {
  return finality.kind === "confirmations" ? BigInt(finality.blocks) : 1n;
}
