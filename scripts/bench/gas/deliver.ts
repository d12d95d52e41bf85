import { encodeFunctionData, parseEventLogs, type TransactionReceipt, toFunctionSelector } from "viem";
import { clearingHubAbi, spokeVaultAbi } from "../../../chains/abi/index.ts";
import { dvnAbi, endpointAbi } from "../../../chains/layerzero/abi.ts";
import { CausewayError } from "../../../errors/CausewayError.ts";
import { commitAndExecuteRequest } from "../../../relayer/execute/requests.ts";
import type { TrackedPacket } from "../../../relayer/packets/packetBook.ts";
import { trackPacket } from "../../../relayer/packets/trackPacket.ts";
import { signVerification } from "../../../relayer/sign/signVerification.ts";
import type { BenchChain } from "./benchChain.ts";
import type { BenchNetwork } from "./benchNetwork.ts";

/** A message that arrived. */
export interface Arrival {
  /** The transaction that committed and executed it. */
  receipt: TransactionReceipt;
  /** Gas of the receiver's `lzReceive` call alone. Its transaction touches the receiver's storage for nothing else: cold. */
  frameGas: number;
  /** Gas of the whole transaction. */
  transactionGas: number;
  messageBytes: number;
}

const LZ_RECEIVE = toFunctionSelector(
  "function lzReceive((uint32 srcEid, bytes32 sender, uint64 nonce), bytes32, bytes, address, bytes)",
);
const EXPIRES_IN_SECONDS = 3_600n;

/** Brings the one message that a transaction sent to its receiver, as the relayer does: both DVNs, then commit and execute. */
export async function deliver(
  network: BenchNetwork,
  source: BenchChain,
  sent: TransactionReceipt,
): Promise<Arrival> {
  const packet = packetOf(source, sent);
  const destination = source === network.spoke ? network.hubChain : network.spoke;
  await verify(network, destination, packet);
  const request = commitAndExecuteRequest(destination.deployment, packet);
  const receipt = await destination.send({ from: network.courier, to: request.to, data: request.data });
  requireNothingSkipped(receipt);
  return {
    receipt,
    frameGas: await destination.frameGas(receipt.transactionHash, packet.receiver, LZ_RECEIVE),
    transactionGas: Number(receipt.gasUsed),
    messageBytes: (packet.message.length - 2) / 2,
  };
}

/** What was skipped cost little, and its figure would be worth nothing. */
function requireNothingSkipped({ logs, transactionHash }: TransactionReceipt): void {
  const [bad] = parseEventLogs({ abi: [...clearingHubAbi, ...spokeVaultAbi], logs }).filter(({ eventName }) =>
    /Skipped|Rejected|Alarm/.test(eventName),
  );
  if (bad === undefined) return;
  throw new CausewayError("InternalInvariant", {
    details: { what: `${bad.eventName} in ${transactionHash}` },
  });
}

function packetOf({ definition }: BenchChain, { logs }: TransactionReceipt): TrackedPacket {
  const sent = parseEventLogs({ abi: endpointAbi, eventName: "PacketSent", logs });
  if (sent.length !== 1)
    throw new CausewayError("InternalInvariant", { details: { what: `${sent.length} messages sent` } });
  return trackPacket({ ...sent[0]!, eid: definition.eid, seenAtMs: 0, live: false });
}

async function verify(
  { config }: BenchNetwork,
  destination: BenchChain,
  packet: TrackedPacket,
): Promise<void> {
  const { dvns, receiveUln302 } = destination.deployment.layerZero;
  const { timestamp } = await destination.client.getBlock();
  for (const [index, { address, vid }] of dvns.entries()) {
    const param = await signVerification({
      accounts: [config.accounts.dvnSigners[index]!],
      vid,
      target: receiveUln302,
      expiration: timestamp + EXPIRES_IN_SECONDS,
      verification: { header: packet.header, payloadHash: packet.payloadHash, confirmations: 1n },
    });
    const data = encodeFunctionData({ abi: dvnAbi, functionName: "execute", args: [[param]] });
    await destination.send({ from: config.accounts.relayer, to: address, data });
  }
}
