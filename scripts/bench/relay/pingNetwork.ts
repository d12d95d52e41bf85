import type { Address, Hash } from "viem";
import { createChainClient, createChainWallet } from "../../../chains/clients.ts";
import { deployLayerZero } from "../../../chains/deploy/layerzero.ts";
import { connectNetwork } from "../../../chains/deploy/network.ts";
import { wireLayerZero } from "../../../chains/deploy/wireLayerZero.ts";
import { layerZeroErrorAbi } from "../../../chains/layerzero/errorAbi.ts";
import { startLocalNetwork } from "../../../chains/local/startLocalNetwork.ts";
import { CausewayError } from "../../../errors/CausewayError.ts";
import {
  connectPings,
  deployPing,
  type PingChain,
  ping,
  timesReceived,
} from "../../../test/integration/pingOApp.ts";
import type { CarrierNetwork } from "./carrier.ts";
import { UNCOUNTED } from "./countRpc.ts";

/** Two fresh chains with the real LayerZero and an application on each that sends to the other. */
export interface PingNetwork extends CarrierNetwork {
  /** Sends so many messages from the first chain to the second, at most 100 in a transaction. */
  send(times: number): Promise<Hash[]>;
  /** @throws CausewayError `InternalInvariant` unless each took effect once */
  requireReceivedOnce(guids: readonly Hash[]): Promise<void>;
  /** Gas of all transactions that the relayer's key sent on the second chain. */
  relayerGas(): Promise<number>;
  stop(): Promise<void>;
}

const MOST_IN_ONE = 100;

export async function startPingNetwork(): Promise<PingNetwork> {
  const local = await startLocalNetwork({ chains: 2 });
  try {
    const { config } = local;
    const network = await connectNetwork(config, layerZeroErrorAbi());
    const records = await deployLayerZero(network);
    await wireLayerZero(network, records);
    const chains = await Promise.all(
      config.chains.map((definition) => {
        const mine = { ...definition, rpcUrls: definition.rpcUrls.map((url) => url + UNCOUNTED) };
        const { rpcTimeoutMs } = config.timings;
        return deployPing({
          eid: definition.eid,
          client: createChainClient(mine, rpcTimeoutMs),
          wallet: createChainWallet(mine, config.accounts.deployer, rpcTimeoutMs),
          endpoint: records.get(definition.name)!.layerZero.endpoint,
        });
      }),
    );
    await connectPings(chains);
    const [from, to] = chains as [PingChain, PingChain];
    return {
      config,
      deployments: [...records.values()],
      async send(times) {
        const guids: Hash[] = [];
        while (guids.length < times)
          guids.push(...(await ping(from, to, { times: Math.min(MOST_IN_ONE, times - guids.length) })));
        return guids;
      },
      async requireReceivedOnce(guids) {
        const times = await Promise.all(guids.map((guid) => timesReceived(to, guid)));
        const wrong = times.filter((one) => one !== 1n).length;
        if (wrong === 0) return;
        const what = `${wrong} of ${guids.length} messages did not take effect once`;
        throw new CausewayError("InternalInvariant", { details: { what } });
      },
      relayerGas: () => gasOf(to, config.accounts.relayer.address),
      stop: () => local.stop(),
    };
  } catch (cause) {
    await local.stop();
    throw cause;
  }
}

async function gasOf({ client }: PingChain, sender: Address): Promise<number> {
  const latest = await client.getBlockNumber();
  let gas = 0n;
  for (let blockNumber = 0n; blockNumber <= latest; blockNumber += 1n) {
    const receipts = (await client.request({
      method: "eth_getBlockReceipts",
      params: [`0x${blockNumber.toString(16)}`],
    } as never)) as readonly { from: Address; gasUsed: `0x${string}` }[];
    for (const { from, gasUsed } of receipts)
      if (from.toLowerCase() === sender.toLowerCase()) gas += BigInt(gasUsed);
  }
  return Number(gas);
}
