import { endpointAbi, endpointViewAbi, receiveUlnViewAbi } from "../../chains/layerzero/abi.ts";
import type { RelayerChain } from "../context.ts";
import type { TrackedPacket } from "./packetBook.ts";

/**
 * Where a message stands at its destination:
 * - `unready`: its receiver does not accept this path (yet)
 * - `verifying`: not all DVNs have verified it
 * - `committable`: all have; the endpoint has not been told
 * - `blocked`: committed, but an earlier nonce of its path is not
 * - `executable`
 * - `delivered`
 */
export type Stage = "unready" | "verifying" | "committable" | "blocked" | "executable" | "delivered";

const EXECUTION = { notExecutable: 0, blocked: 1, executable: 2, executed: 3 };
const VERIFICATION = { verifying: 0, verifiable: 1, verified: 2, notInitializable: 3 };

/** Messages per call: each is two views and some kilobytes of call data. */
const MESSAGES_PER_CALL = 60;

/**
 * Asks the views where messages stand, all in one call per 60. This comes first always: committing twice, for one, reverts with the same
 * `LZ_ULN_Verifying` as committing too early, so a revert says nothing.
 */
export async function readStages(chain: RelayerChain, packets: readonly TrackedPacket[]): Promise<Stage[]> {
  const { endpointView, receiveUlnView } = chain.deployment.layerZero;
  const stages: Stage[] = [];
  for (let start = 0; start < packets.length; start += MESSAGES_PER_CALL) {
    const page = packets.slice(start, start + MESSAGES_PER_CALL);
    const states = await chain.client.multicall({
      deployless: true,
      batchSize: 0,
      allowFailure: false,
      contracts: page.flatMap((packet) => [
        {
          address: endpointView,
          abi: endpointViewAbi,
          functionName: "executable",
          args: [{ srcEid: packet.srcEid, sender: packet.sender, nonce: packet.nonce }, packet.receiver],
        } as const,
        {
          address: receiveUlnView,
          abi: receiveUlnViewAbi,
          functionName: "verifiable",
          args: [packet.header, packet.payloadHash],
        } as const,
      ]),
    });
    for (let index = 0; index < page.length; index += 1) {
      stages.push(toStage(Number(states[2 * index]), Number(states[2 * index + 1])));
    }
  }
  return stages;
}

function toStage(execution: number, verification: number): Stage {
  if (execution === EXECUTION.executed) return "delivered";
  if (execution === EXECUTION.executable) return "executable";
  if (execution === EXECUTION.blocked) return "blocked";
  if (verification === VERIFICATION.verifiable) return "committable";
  return verification === VERIFICATION.notInitializable ? "unready" : "verifying";
}

/** Reads, for each path, the highest nonce up to which all messages are committed at the destination's endpoint. */
export async function readInboundNonces(
  chain: RelayerChain,
  paths: readonly Pick<TrackedPacket, "receiver" | "srcEid" | "sender">[],
): Promise<bigint[]> {
  if (paths.length === 0) return [];
  return chain.client.multicall({
    deployless: true,
    batchSize: 0,
    allowFailure: false,
    contracts: paths.map(
      ({ receiver, srcEid, sender }) =>
        ({
          address: chain.deployment.layerZero.endpoint,
          abi: endpointAbi,
          functionName: "inboundNonce",
          args: [receiver, srcEid, sender],
        }) as const,
    ),
  });
}
