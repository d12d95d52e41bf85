import { BaseError, type PublicClient } from "viem";
import { CausewayError } from "../../../errors/CausewayError.ts";
import type { NetworkState } from "../state.ts";
import type { CheckedNetwork } from "../types.ts";
import { collectKeys } from "./collectKeys.ts";
import { readHubHistory } from "./hubHistory.ts";
import { readHub } from "./readHub.ts";
import { readNames } from "./readNames.ts";
import { readSpoke } from "./readSpoke.ts";
import { readSpokeHistory } from "./spokeHistory.ts";

export interface ReadNetworkOptions {
  /** Whether to read the margins after each grant and payout too, on old states. Default true. */
  margins?: boolean;
}

/**
 * Reads the whole network from contract views and logs, each chain at a block of its own. The blocks are chosen in an
 * order (hub, vaults, hub, vaults) that lets requirements which hold at all times be checked while messages are under way.
 *
 * @throws CausewayError `CallFailed` if a node does not answer, or not from the block that was chosen.
 */
export async function readNetwork(
  network: CheckedNetwork,
  { margins = true }: ReadNetworkOptions = {},
): Promise<NetworkState> {
  try {
    return await read(network, margins);
  } catch (cause) {
    if (!(cause instanceof BaseError)) throw cause;
    const chain = [network.hub, ...network.spokes].map(({ name }) => name).join(", ");
    throw new CausewayError("CallFailed", {
      details: { what: "Reading the ledgers", chain, reason: cause.shortMessage },
      cause,
    });
  }
}

async function read(network: CheckedNetwork, margins: boolean): Promise<NetworkState> {
  const { hub, spokes } = network;
  const block = (await latest(hub.client)).number;
  const spokeBlocks = await Promise.all(spokes.map(({ client }) => latest(client)));
  const laterBlock = (await latest(hub.client)).number;
  const laterBlocks = await Promise.all(spokes.map(({ client }) => latest(client)));

  const [history, spokeKeys] = await Promise.all([
    readHubHistory(hub, laterBlock),
    Promise.all(
      spokes.map(async (spoke, i) => {
        const at = spokeBlocks[i]!.number;
        const [history, names] = await Promise.all([readSpokeHistory(spoke, at), readNames(spoke, at)]);
        return { eid: spoke.eid, history, names };
      }),
    ),
  ]);
  const keys = collectKeys(history, spokeKeys);

  const [hubState, spokeStates] = await Promise.all([
    readHub({ network, block, laterBlock, history, keys, spokeKeys, margins }),
    Promise.all(
      spokes.map((spoke, i) =>
        readSpoke({
          network,
          spoke,
          block: spokeBlocks[i]!.number,
          laterTime: laterBlocks[i]!.timestamp,
          keys,
          spokeKeys: spokeKeys[i]!,
        }),
      ),
    ),
  ]);
  return { hub: hubState, spokes: spokeStates };
}

async function latest(client: PublicClient): Promise<{ number: bigint; timestamp: bigint }> {
  const { number, timestamp } = await client.getBlock({ blockTag: "latest" });
  return { number, timestamp };
}
