import type { Hex } from "viem";
import { clearingHubAbi } from "../../../chains/abi/index.ts";
import { getAsset } from "../../../chains/assets.ts";
import type { AssetState, FundingState, HubState, PayoutState, RequestState } from "../state.ts";
import type { CheckedHub, CheckedNetwork } from "../types.ts";
import type { NetworkKeys, SpokeKeys } from "./collectKeys.ts";
import type { HubHistory } from "./hubHistory.ts";
import { combine, inBatches } from "./inBatches.ts";
import { readLane } from "./readLane.ts";
import { readMargins } from "./readMargins.ts";

export interface ReadHubParameters {
  network: CheckedNetwork;
  block: bigint;
  laterBlock: bigint;
  history: HubHistory;
  keys: NetworkKeys;
  spokeKeys: readonly SpokeKeys[];
  margins: boolean;
}

/** Reads everything that the hub holds under `keys` at `block`, and the little that must be newer at `laterBlock`. */
export async function readHub(parameters: ReadHubParameters): Promise<HubState> {
  const { network, block, laterBlock, history, keys, spokeKeys } = parameters;
  const { hub } = network;
  const { client } = hub;
  const at = { address: hub.clearingHub, abi: clearingHubAbi, blockNumber: block } as const;

  const eids = [...(await client.readContract({ ...at, functionName: "eids" }))];
  const [
    settlementAsset,
    loopback,
    assets,
    peers,
    balances,
    positions,
    pools,
    funding,
    lanes,
    payouts,
    requests,
    margins,
  ] = await Promise.all([
    client.readContract({ ...at, functionName: "settlementAsset" }),
    client.readContract({ ...at, functionName: "loopback" }),
    readAssets(network, block, keys.assets),
    inBatches(
      [...new Set([...eids, ...network.spokes.map(({ eid }) => eid)])],
      async (eid) => [eid, await client.readContract({ ...at, functionName: "peers", args: [eid] })] as const,
    ),
    inBatches(combine(keys.accounts, keys.assets), async ([account, asset]) => ({
      account,
      asset,
      amount: await client.readContract({ ...at, functionName: "balanceOf", args: [account, asset] }),
    })),
    inBatches(combine(keys.accounts, keys.instruments), async ([account, instrument]) => ({
      account,
      instrument,
      ...(await client.readContract({ ...at, functionName: "positionOf", args: [account, instrument] })),
    })),
    inBatches(
      keys.instruments,
      async (instrument): Promise<[Hex, bigint]> => [
        instrument,
        await client.readContract({ ...at, functionName: "variationPoolOf", args: [instrument] }),
      ],
    ),
    inBatches(keys.instruments, async (instrument): Promise<[Hex, FundingState]> => {
      const found = await client.readContract({ ...at, functionName: "fundingOf", args: [instrument] });
      return [instrument, { long: found.longIndexWad, short: found.shortIndexWad, kept: found.kept }];
    }),
    inBatches(spokeKeys, (spoke) => readLane({ hub, block, laterBlock, history, keys, spoke })),
    readPayouts(hub, history, block),
    readRequests(hub, history, block),
    parameters.margins ? readMargins(hub, history) : [],
  ]);

  return {
    eid: hub.eid,
    address: hub.clearingHub,
    block,
    laterBlock,
    loopback,
    recordedLoopback: hub.loopback,
    settlementAsset,
    assets,
    instruments: keys.instruments,
    eids,
    peers: new Map(peers),
    balances,
    positions: positions.filter(({ place, base, quote }) => place !== 0 || base !== 0n || quote !== 0n),
    pools: new Map(pools),
    funding: new Map(funding),
    lanes,
    payouts,
    requests,
    wallets: history.wallets,
    margins,
  };
}

/** Assets under the symbols of `chains/assets.ts`, as far as a deployment record names them. */
async function readAssets(
  { hub, spokes }: CheckedNetwork,
  blockNumber: bigint,
  ids: number[],
): Promise<AssetState[]> {
  const symbols = new Set(spokes.flatMap(({ tokens }) => Object.keys(tokens)));
  const known = [...symbols].map(getAsset);
  return inBatches(ids, async (id) => {
    const { sharedDecimals } = await hub.client.readContract({
      address: hub.clearingHub,
      abi: clearingHubAbi,
      functionName: "assetOf",
      args: [id],
      blockNumber,
    });
    return { id, symbol: known.find((asset) => asset.id === id)?.symbol ?? `asset ${id}`, sharedDecimals };
  });
}

async function readPayouts(
  hub: CheckedHub,
  history: HubHistory,
  blockNumber: bigint,
): Promise<PayoutState[]> {
  return inBatches(history.issued, async ({ payoutId, requestId, dstEid, pay, block }) => {
    const { rank } = await hub.client.readContract({
      address: hub.clearingHub,
      abi: clearingHubAbi,
      functionName: "payoutOf",
      args: [payoutId],
      blockNumber,
    });
    return { id: payoutId, requestId, dstEid, pay, rank, later: block > blockNumber };
  });
}

async function readRequests(
  hub: CheckedHub,
  history: HubHistory,
  blockNumber: bigint,
): Promise<RequestState[]> {
  const queued = history.queued.filter(({ block }) => block <= blockNumber);
  return inBatches(queued, async ({ requestId, amount }) => ({
    id: requestId,
    amount,
    ...(await hub.client.readContract({
      address: hub.clearingHub,
      abi: clearingHubAbi,
      functionName: "withdrawalOf",
      args: [requestId],
      blockNumber,
    })),
  }));
}
