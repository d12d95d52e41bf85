import type { Address, Hash, Hex, PublicClient } from "viem";
import { endpointAbi } from "../../chains/layerzero/abi.ts";
import type { Finality } from "../../chains/types.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import { readFinalBlock } from "../watch/trackHeads.ts";

/** Where a packet was said to have been sent. */
export interface PacketLocation {
  blockNumber: bigint;
  blockHash: Hash;
  logIndex: number;
}

/** A `PacketSent` that is final on its source chain. */
export interface ObservedPacket {
  encodedPacket: Hex;
  sendLibrary: Address;
  /** Blocks on top of its block at the moment it was read. */
  confirmations: bigint;
}

export interface ObservePacketsParameters {
  client: PublicClient;
  endpoint: Address;
  finality: Finality;
  locations: readonly PacketLocation[];
}

/**
 * Reads `PacketSent` logs at the given places, and proves each final: its block is at or below the final one, and the block at
 * that height has that very hash. Nothing is taken from the caller but the place to look.
 * @returns per location, in order, the packet, or `BlockNotFinal` (retryable), or `PacketNotCanonical`: never to be signed
 */
export async function observePackets(
  parameters: ObservePacketsParameters,
): Promise<(ObservedPacket | CausewayError)[]> {
  const { client, endpoint, finality, locations } = parameters;
  const blocks = new Map(locations.map((location) => [location.blockHash, location.blockNumber]));
  const event = endpointAbi.find((item) => item.type === "event" && item.name === "PacketSent");
  const [latest, final, ...found] = await Promise.all([
    client.getBlockNumber({ cacheTime: 0 }),
    finality.kind === "finalized" ? readFinalBlock(client, finality) : undefined,
    ...[...blocks].map(async ([blockHash, blockNumber]) => {
      const [canonical, logs] = await Promise.all([
        client.getBlock({ blockNumber }),
        // A node may answer an error, not an empty list, for a block that it no longer knows.
        client
          .getLogs({ address: endpoint, event: event as PacketSentEvent, blockHash, strict: true })
          .catch((cause: Error) => cause),
      ]);
      if (canonical.hash !== blockHash) return { blockHash, canonical: false, logs: [] };
      if (logs instanceof Error) throw logs;
      return { blockHash, canonical: true, logs };
    }),
  ]);
  const finalNumber = finality.kind === "finalized" ? final!.number : latest - BigInt(finality.blocks);
  const byHash = new Map(found.map((block) => [block.blockHash, block]));

  return locations.map(({ blockHash, blockNumber, logIndex }) => {
    if (blockNumber > finalNumber) {
      return new CausewayError("BlockNotFinal", {
        message: `Block ${blockNumber} is not final yet.`,
        details: { blockHash, finalNumber: String(finalNumber) },
      });
    }
    const block = byHash.get(blockHash)!;
    const log = block.logs.find((entry) => entry.logIndex === logIndex && entry.blockHash === blockHash);
    if (!block.canonical || !log) {
      return new CausewayError("PacketNotCanonical", {
        message: block.canonical
          ? "There is no such packet in that block."
          : "The packet's block is not canonical.",
        details: { blockHash, blockNumber: String(blockNumber), logIndex },
      });
    }
    return {
      encodedPacket: log.args.encodedPayload,
      sendLibrary: log.args.sendLibrary,
      confirmations: latest - blockNumber,
    };
  });
}

type PacketSentEvent = Extract<(typeof endpointAbi)[number], { type: "event"; name: "PacketSent" }>;
