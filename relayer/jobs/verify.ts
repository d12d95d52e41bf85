import {
  type Address,
  decodeEventLog,
  encodeFunctionData,
  getAddress,
  type Hash,
  type Hex,
  isAddressEqual,
  keccak256,
  type TransactionReceipt,
} from "viem";
import { z } from "zod";
import { decodeRevert } from "../../chains/decodeRevert.ts";
import { dvnAbi, endpointAbi, receiveUln302Abi } from "../../chains/layerzero/abi.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { RelayerChain, RelayerContext } from "../context.ts";
import type { ChainLog, JobOutcome, RelayerJob } from "../job.ts";
import type { TrackedPacket } from "../packets/packetBook.ts";
import { readStages } from "../packets/readStages.ts";
import { trackPacket } from "../packets/trackPacket.ts";
import { unknownPacket } from "../packets/unknownPacket.ts";
import type { ExecuteParam } from "../sign/signVerification.ts";
import { execute } from "./execute.ts";

const schema = z.object({
  guid: z.templateLiteral(["0x", z.string()]),
  srcEid: z.int(),
  dstEid: z.int(),
  dvn: z.int(),
});

/** Names one message and the DVN (by its place in the deployments) that is to verify it. */
export type VerifyData = z.infer<typeof schema>;

/** Gas of one item in `DVN.execute`: measured 48 k with two signers; twice that, as the DVN swallows a failure for want of gas. */
const GAS_PER_ITEM = 100_000n;
const GAS_FIXED = 80_000n;

/**
 * The DVN's work: attests final messages at their destination, all that wait on a lane in one transaction.
 * Done when `PayloadVerified` was seen: `DVN.execute` succeeds without a trace for a wrong vid or an expired item.
 */
export const verify: RelayerJob<VerifyData> = {
  name: "verify",
  schema,
  id: ({ guid, dvn }) => `${dvn}:${guid}`,
  lane: ({ srcEid, dstEid, dvn }) => `${srcEid}>${dstEid}#${dvn}`,
  maxBatch: 40,
  run: runVerify,
  subscriptions: (context) =>
    [...context.chains.values()].flatMap((chain) => [
      {
        eid: chain.eid,
        when: "final",
        address: chain.deployment.layerZero.endpoint,
        abi: endpointAbi,
        events: ["PacketSent"],
        on: (log) => onPacketSent(context, chain, log),
      },
      {
        eid: chain.eid,
        when: "latest",
        address: chain.deployment.layerZero.endpoint,
        abi: endpointAbi,
        events: ["PacketSent"],
        on: (log) => onPacketSeen(context, chain, log),
      },
      {
        eid: chain.eid,
        when: "latest",
        address: chain.deployment.layerZero.receiveUln302,
        abi: receiveUln302Abi,
        events: ["PayloadVerified"],
        on: (log) => onPayloadVerified(context, log.args),
      },
    ]),
  periodic: {
    everyMs: (context) => context.settings.sweepMs,
    // Whatever has not arrived is looked at again: the views say what it waits for.
    due: async (context) => context.packets.pending().flatMap((packet) => verificationsOf(context, packet)),
  },
};

function verificationsOf(context: RelayerContext, { guid, srcEid, dstEid }: TrackedPacket): VerifyData[] {
  return context.dvns.map((_, dvn) => ({ guid, srcEid, dstEid, dvn }));
}

/** Not final yet: nothing is done about it, but whoever drains waits for it. */
function onPacketSeen(context: RelayerContext, chain: RelayerChain, log: ChainLog) {
  const packet = readServed(context, chain, log);
  if (packet) context.packets.announce(packet.guid);
}

function onPacketSent(context: RelayerContext, chain: RelayerChain, log: ChainLog) {
  const packet = readServed(context, chain, log);
  if (!packet || !context.packets.add(packet)) return;
  const { guid, srcEid, dstEid, nonce, live } = packet;
  // What was there before the start was noted then, by whoever ran.
  if (live)
    context.journal.note({ kind: "packet.seen", eid: srcEid, subject: guid, data: { dstEid, nonce } });
  for (const data of verificationsOf(context, packet)) context.enqueue(verify, data);
}

/** `undefined` for a message that is not ours to relay. */
function readServed(context: RelayerContext, chain: RelayerChain, log: ChainLog): TrackedPacket | undefined {
  // Another library does not pay our DVNs, and they would not attest its packets.
  if (!isAddressEqual(log.args.sendLibrary, chain.deployment.layerZero.sendUln302)) return undefined;
  const packet = trackPacket(log);
  return context.chains.has(packet.dstEid) ? packet : undefined;
}

/** Remembers who verified; when all have, the message can be executed. Also hears of other operators' DVNs. */
function onPayloadVerified(context: RelayerContext, args: { dvn: Address; header: Hex }) {
  const packet = context.packets.findByHeader(args.header);
  const dvn = getAddress(args.dvn);
  if (!packet || packet.verifiedBy.has(dvn)) return;
  packet.verifiedBy.add(dvn);
  context.journal.note({ kind: "packet.verified", eid: packet.dstEid, subject: packet.guid, data: { dvn } });
  const required = context.chains.get(packet.dstEid)!.deployment.layerZero.dvns;
  if (required.every(({ address }) => packet.verifiedBy.has(getAddress(address)))) {
    context.enqueue(execute, { guid: packet.guid, dstEid: packet.dstEid });
  }
}

async function runVerify(
  context: RelayerContext,
  items: readonly VerifyData[],
): Promise<readonly JobOutcome[]> {
  const { srcEid, dstEid, dvn: index } = items[0]!;
  const chain = context.chains.get(dstEid)!;
  const outcomes = new Map<string, JobOutcome>();
  const packets = items.flatMap(({ guid }) => context.packets.get(guid) ?? []);
  const stages = await readStages(chain, packets);
  const open: TrackedPacket[] = [];
  packets.forEach((packet, at) => {
    const stage = stages[at]!;
    if (stage === "delivered") context.packets.markDelivered(packet.guid);
    else if (stage === "unready") outcomes.set(packet.guid, unready(packet));
    else if (stage === "verifying") open.push(packet);
    else context.enqueue(execute, { guid: packet.guid, dstEid });
  });

  const waiting = await withoutVerified(chain, index, open);
  if (waiting.length > 0) {
    const signed = await sign(context, chain, { srcEid, index, packets: waiting });
    waiting.forEach((packet, at) => {
      const answer = signed[at]!;
      if (answer instanceof CausewayError) outcomes.set(packet.guid, answer);
    });
    const params = signed.filter((answer): answer is ExecuteParam => !(answer instanceof CausewayError));
    if (params.length > 0) {
      const receipt = await submit(chain, index, params);
      const { seen, failure } = readVerified(context, chain, index, receipt);
      for (const { guid, header } of waiting) {
        if (!outcomes.has(guid) && !seen.has(keccak256(header)))
          outcomes.set(guid, failure ?? unseen(guid, receipt));
      }
    }
  }
  return items.map(({ guid }) => outcomes.get(guid) ?? unknownPacket(context.packets, guid));
}

/** Leaves out what this DVN verified already (another relayer, or we before a restart). */
async function withoutVerified(chain: RelayerChain, index: number, packets: readonly TrackedPacket[]) {
  if (packets.length === 0) return [];
  const { receiveUln302, dvns } = chain.deployment.layerZero;
  const known = await chain.client.multicall({
    deployless: true,
    batchSize: 0,
    allowFailure: false,
    contracts: packets.map(
      (packet) =>
        ({
          address: receiveUln302,
          abi: receiveUln302Abi,
          functionName: "hashLookup",
          args: [keccak256(packet.header), packet.payloadHash, dvns[index]!.address],
        }) as const,
    ),
  });
  return packets.filter((_, at) => !known[at]![0]);
}

function sign(
  context: RelayerContext,
  chain: RelayerChain,
  { srcEid, index, packets }: { srcEid: number; index: number; packets: readonly TrackedPacket[] },
) {
  const { receiveUln302, dvns } = chain.deployment.layerZero;
  return context.dvns[index]!.attest({
    srcEid,
    dstEid: chain.eid,
    locations: packets.map((packet) => packet.location),
    vid: dvns[index]!.vid,
    target: receiveUln302,
    // Chain time: the DVN compares it with its block's, and a clock that is off would make it skip the item in silence.
    expiration: chain.heads.latest.timestamp + context.settings.expirationMarginSeconds,
  });
}

function submit(
  chain: RelayerChain,
  index: number,
  params: readonly ExecuteParam[],
): Promise<TransactionReceipt> {
  return chain.submitter.submit({
    label: `verify ${params.length} by DVN ${index}`,
    to: chain.deployment.layerZero.dvns[index]!.address,
    data: encodeFunctionData({ abi: dvnAbi, functionName: "execute", args: [params] }),
    minGas: GAS_FIXED + GAS_PER_ITEM * BigInt(params.length),
  });
}

/** Reads which headers this DVN verified in a transaction, and why others failed. */
function readVerified(
  context: RelayerContext,
  chain: RelayerChain,
  index: number,
  receipt: TransactionReceipt,
) {
  const { receiveUln302, dvns } = chain.deployment.layerZero;
  const seen = new Set<string>();
  let failure: CausewayError | undefined;
  for (const log of receipt.logs) {
    if (isAddressEqual(log.address, receiveUln302)) {
      const event = decodeEventLog({ abi: receiveUln302Abi, ...log });
      if (event.eventName !== "PayloadVerified") continue;
      seen.add(keccak256(event.args.header));
      onPayloadVerified(context, event.args);
    } else if (isAddressEqual(log.address, dvns[index]!.address)) {
      const event = decodeEventLog({ abi: dvnAbi, ...log });
      failure = new CausewayError("DvnCallFailed", {
        message:
          event.eventName === "ExecuteFailed"
            ? `The DVN's call failed: ${decodeRevert(event.args._data, context.errorAbi).text}.`
            : "The DVN refused the signatures.",
        hint: "Compare the DVN's signers and quorum on that chain with the configured keys.",
        details: { dvn: dvns[index]!.address, transaction: receipt.transactionHash },
      });
    }
  }
  return { seen, failure };
}

function unready(packet: TrackedPacket) {
  return new CausewayError("PathNotAccepted", {
    message: "The receiver does not accept this path.",
    hint: "Set the peer at the destination.",
    details: { guid: packet.guid, receiver: packet.receiver, srcEid: packet.srcEid, sender: packet.sender },
    retryable: true,
  });
}

function unseen(guid: Hash, receipt: TransactionReceipt) {
  return new CausewayError("VerificationSkipped", {
    message: "The DVN skipped the message: its vid is another, or the signature expired before it was mined.",
    details: { guid, transaction: receipt.transactionHash },
    retryable: true,
  });
}
