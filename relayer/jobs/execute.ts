import { decodeEventLog, isAddressEqual, type TransactionReceipt } from "viem";
import { z } from "zod";
import { decodeRevert } from "../../chains/decodeRevert.ts";
import { endpointAbi } from "../../chains/layerzero/abi.ts";
import { encodePacketHeader } from "../../chains/layerzero/packet.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { RelayerChain, RelayerContext } from "../context.ts";
import { estimateReceiveGas } from "../execute/estimateReceiveGas.ts";
import { commitAndExecuteRequest, commitRequest, executeRequest } from "../execute/requests.ts";
import type { ChainLog, JobOutcome, RelayerJob } from "../job.ts";
import type { TrackedPacket } from "../packets/packetBook.ts";
import { readInboundNonces, readStages, type Stage } from "../packets/readStages.ts";
import { unknownPacket } from "../packets/unknownPacket.ts";
import type { SubmitRequest } from "../submit/submitRequest.ts";
import { toRelayerError } from "../toRelayerError.ts";

const schema = z.object({ guid: z.templateLiteral(["0x", z.string()]), dstEid: z.int() });

/** Names one message. */
export type ExecuteData = z.infer<typeof schema>;

/**
 * Delivers verified messages. Done when `PacketDelivered` was seen, by whomever it was executed; a receipt says nothing, for the
 * executor turns a failing receive into `LzReceiveAlert`.
 */
export const execute: RelayerJob<ExecuteData> = {
  name: "execute",
  schema,
  id: ({ guid }) => guid,
  lane: ({ dstEid }) => String(dstEid),
  // One batch at a time: its messages are not committed yet, so a second one would find the later ones of their paths blocked.
  maxBatch: 60,
  attempts: 8,
  run: runExecute,
  subscriptions: (context) =>
    [...context.chains.values()].map((chain) => ({
      eid: chain.eid,
      when: "latest",
      address: chain.deployment.layerZero.endpoint,
      abi: endpointAbi,
      events: ["PacketDelivered", "LzReceiveAlert"],
      on: (log) => onEndpointLog(context, chain, log),
    })),
};

function onEndpointLog(
  context: RelayerContext,
  chain: RelayerChain,
  { eventName, args, seenAtMs }: ChainLog,
) {
  const packet = context.packets.findByHeader(
    encodePacketHeader({ ...args.origin, dstEid: chain.eid, receiver: args.receiver }),
  );
  if (!packet) return;
  if (eventName === "PacketDelivered") context.packets.markDelivered(packet.guid, seenAtMs);
  else {
    const { name, text } = decodeRevert(args.reason, context.errorAbi);
    packet.lastFailure = { error: name, gasLimit: args.gas };
    context.log.warn({ guid: packet.guid, eid: chain.eid, reason: text }, "receive failed");
    const data = { reason: text, gas: args.gas };
    context.journal.note({ kind: "packet.failed", eid: chain.eid, subject: packet.guid, data });
  }
}

async function runExecute(
  context: RelayerContext,
  items: readonly ExecuteData[],
): Promise<readonly JobOutcome[]> {
  const chain = context.chains.get(items[0]!.dstEid)!;
  const packets = items
    .flatMap(({ guid }) => context.packets.get(guid) ?? [])
    .sort((a, b) => Number(a.nonce - b.nonce)); // within a path nonces must go in order; paths do not care
  const outcomes = new Map<string, JobOutcome>();
  const ready = await selectReady(context, chain, packets, outcomes);
  // Submitted in one go, in order: the submitter gives them ascending nonces, so an earlier message is mined before a later one.
  await Promise.all(
    ready.map(async ({ packet, stage }) => {
      try {
        await deliver(context, chain, packet, stage);
      } catch (cause) {
        outcomes.set(packet.guid, toRelayerError(cause));
      }
    }),
  );
  return items.map(({ guid }) => outcomes.get(guid) ?? unknownPacket(context.packets, guid));
}

interface Ready {
  packet: TrackedPacket;
  stage: Stage;
}

/**
 * Picks what can be executed now. `lzReceive` needs every earlier nonce of the path committed: those that this batch commits count.
 * What still verifies is left: the last `PayloadVerified` asks for it again.
 */
async function selectReady(
  context: RelayerContext,
  chain: RelayerChain,
  packets: readonly TrackedPacket[],
  outcomes: Map<string, JobOutcome>,
): Promise<Ready[]> {
  const paths = new Map(packets.map((packet) => [pathOf(packet), packet]));
  const [stages, nonces] = await Promise.all([
    readStages(chain, packets),
    readInboundNonces(chain, [...paths.values()]),
  ]);
  const committed = new Map([...paths.keys()].map((path, index) => [path, nonces[index]!]));
  const ready: Ready[] = [];
  packets.forEach((packet, index) => {
    const stage = stages[index]!;
    const path = pathOf(packet);
    const upTo = committed.get(path)!;
    if (stage === "delivered") context.packets.markDelivered(packet.guid);
    if (stage === "delivered" || stage === "verifying" || stage === "unready") return;
    if (packet.nonce > upTo + 1n) {
      outcomes.set(packet.guid, blocked(packet, upTo));
      return;
    }
    if (packet.nonce === upTo + 1n) committed.set(path, packet.nonce);
    ready.push({ packet, stage });
  });
  return ready;
}

const pathOf = (packet: TrackedPacket) => `${packet.srcEid}:${packet.sender}:${packet.receiver}`;

async function deliver(context: RelayerContext, chain: RelayerChain, packet: TrackedPacket, stage: Stage) {
  const { submitter, deployment } = chain;
  if (packet.gasLimit > context.settings.maxReceiveGas) {
    // Anyone can have a vault send such a message: it must not keep the path's later ones waiting.
    if (stage === "committable") await submitter.submit(commitRequest(deployment, packet));
    throw new CausewayError("ReceiveTooExpensive", {
      details: { guid: packet.guid, asked: packet.gasLimit },
    });
  }
  const isFirst = packet.failures === 0;
  try {
    if (stage === "committable" && isFirst) {
      // One transaction; if the receive fails it reverts as a whole, and the next attempt commits apart.
      await run(commitAndExecuteRequest(deployment, packet));
      return;
    }
    // The commit must stand whatever the receive does: later messages of the path wait for it.
    const commit = stage === "committable" ? submitter.submit(commitRequest(deployment, packet)) : undefined;
    if (packet.failures <= 1) {
      await Promise.all([commit, run(executeRequest(deployment, packet, packet.gasLimit))]);
      return;
    }
    // By now the reason is on chain for all to see: send again only what a simulation passes, with the gas that it takes.
    await commit;
    const gasLimit = await estimateReceiveGas(context, chain, packet);
    await run(executeRequest(deployment, packet, gasLimit));
  } catch (cause) {
    packet.failures += 1;
    throw retryable(packet, cause);
  }

  async function run(request: SubmitRequest) {
    const receipt = await submitter.submit(request);
    readDelivery(context, chain, packet, receipt);
  }
}

/** @throws CausewayError `ReceiveFailed` if the receipt has no `PacketDelivered` of this message */
function readDelivery(
  context: RelayerContext,
  chain: RelayerChain,
  packet: TrackedPacket,
  receipt: TransactionReceipt,
) {
  for (const log of receipt.logs) {
    if (!isAddressEqual(log.address, chain.deployment.layerZero.endpoint)) continue;
    const event = decodeEventLog({ abi: endpointAbi, ...log });
    if (event.eventName !== "PacketDelivered" && event.eventName !== "LzReceiveAlert") continue;
    const { origin, receiver } = event.args;
    if (encodePacketHeader({ ...origin, dstEid: chain.eid, receiver }) !== packet.header) continue;
    if (event.eventName === "PacketDelivered") return context.packets.markDelivered(packet.guid);
    const { reason, gas } = event.args;
    const { name, text } = decodeRevert(reason, context.errorAbi);
    packet.lastFailure = { error: name, gasLimit: gas };
    throw new CausewayError("ReceiveFailed", {
      message: `The receive failed: ${text}.`,
      details: { guid: packet.guid, receiver, gasLimit: String(gas), transaction: receipt.transactionHash },
      retryable: true,
    });
  }
  throw new CausewayError("ReceiveFailed", {
    message: "The transaction neither delivered the message nor said why not.",
    details: { guid: packet.guid, transaction: receipt.transactionHash },
    retryable: true,
  });
}

/** A delivery may be asked for again always: the views decide, and an attempt changes nothing unless it succeeds. */
function retryable(packet: TrackedPacket, cause: unknown): CausewayError {
  const error = toRelayerError(cause);
  if (error.retryable || error.kind === "ReceiveTooExpensive") return error;
  return new CausewayError("ReceiveFailed", {
    message: error.message,
    details: { guid: packet.guid, ...error.details },
    cause: error,
    retryable: true,
  });
}

function blocked(packet: TrackedPacket, committedUpTo: bigint) {
  return new CausewayError("EarlierNonceMissing", {
    message: `Nonce ${packet.nonce} waits for nonce ${committedUpTo + 1n} to be verified.`,
    details: { guid: packet.guid, srcEid: packet.srcEid, sender: packet.sender, receiver: packet.receiver },
    retryable: true,
  });
}
