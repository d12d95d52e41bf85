import { setTimeout as sleep } from "node:timers/promises";
import {
  type Account,
  encodeFunctionData,
  getAbiItem,
  type Hash,
  type Hex,
  parseEventLogs,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
} from "viem";
import { type ChainClient, createChainClient } from "../../../chains/clients.ts";
import type { ConfiguredChain } from "../../../chains/config.ts";
import { dvnAbi, endpointAbi } from "../../../chains/layerzero/abi.ts";
import type { Deployment } from "../../../chains/types.ts";
import { CausewayError } from "../../../errors/CausewayError.ts";
import { commitRequest, executeRequest } from "../../../relayer/execute/requests.ts";
import type { TrackedPacket } from "../../../relayer/packets/packetBook.ts";
import { trackPacket } from "../../../relayer/packets/trackPacket.ts";
import { signVerification } from "../../../relayer/sign/signVerification.ts";
import type { Carrier, CarrierNetwork } from "./carrier.ts";

const VERIFY_GAS = 200_000n;
const EXPIRES_IN_SECONDS = 3_600n;
const FEES = { maxFeePerGas: 20_000_000_000n, maxPriorityFeePerGas: 1_000_000_000n };
/** A chain that mines at once has the receipt within milliseconds. */
const RECEIPT_POLL_MS = 5;
const RECEIPT_POLLS = 2_000;
const FINALITY_POLL_MS = 50;
const FINALITY_POLLS = 600;

interface Place {
  definition: ConfiguredChain;
  deployment: Deployment;
  client: ChainClient;
  /** Kept here; nobody else sends with the key. */
  nonce: number;
  /** Latest block known to be final. */
  final: bigint;
  /** Up to here logs were read. */
  read: bigint;
}

/**
 * The relayer that one writes in an afternoon, written well: message by message, a transaction for each DVN, one to commit, one to execute, each
 * awaited. Gas, fees and nonces are known to it, so that it asks for nothing but receipts. It waits for finality, as it must, but trusts one
 * node, keeps nothing, and does not notice a reorganisation.
 */
export async function startPlainLoop({ config, deployments }: CarrierNetwork): Promise<Carrier> {
  const { relayer, dvnSigners } = config.accounts;
  const places = new Map<number, Place>();
  for (const definition of config.chains) {
    const client = createChainClient(definition, config.timings.rpcTimeoutMs);
    const [nonce, read] = await Promise.all([
      client.getTransactionCount({ address: relayer.address }),
      client.getBlockNumber(),
    ]);
    const deployment = deployments.find(({ eid }) => eid === definition.eid)!;
    places.set(definition.eid, { definition, deployment, client, nonce, final: 0n, read });
  }

  return {
    async deliver(guids) {
      const wanted = new Set(guids);
      for (const place of places.values()) {
        const packets = await readPackets(place);
        for (const packet of packets.filter(({ guid }) => wanted.has(guid))) {
          await untilFinal(place, packet.location.blockNumber);
          await carry(places.get(packet.dstEid)!, packet, relayer, dvnSigners);
          wanted.delete(packet.guid);
        }
      }
      if (wanted.size > 0) throw failed(`${wanted.size} messages have no PacketSent`);
    },
    stop: async () => {},
  };
}

async function readPackets(place: Place): Promise<TrackedPacket[]> {
  const { client, deployment, read } = place;
  const latest = await client.getBlockNumber();
  const logs = await client.getLogs({
    address: deployment.layerZero.endpoint,
    event: getAbiItem({ abi: endpointAbi, name: "PacketSent" }),
    fromBlock: read + 1n,
    toBlock: latest,
    strict: true,
  });
  place.read = latest;
  return logs.map((log) => trackPacket({ ...log, eid: deployment.eid, seenAtMs: 0, live: true }));
}

async function untilFinal(place: Place, block: bigint): Promise<void> {
  for (let poll = 0; place.final < block; poll += 1) {
    if (poll === FINALITY_POLLS) throw failed(`block ${block} does not become final`);
    place.final = (await place.client.getBlock({ blockTag: "finalized" })).number;
    if (place.final < block) await sleep(FINALITY_POLL_MS);
  }
}

async function carry(place: Place, packet: TrackedPacket, from: Account, signers: readonly Account[]) {
  const { dvns, receiveUln302 } = place.deployment.layerZero;
  for (const [index, { address, vid }] of dvns.entries()) {
    const param = await signVerification({
      accounts: [signers[index]!],
      vid,
      target: receiveUln302,
      expiration: BigInt(Math.floor(Date.now() / 1_000)) + EXPIRES_IN_SECONDS,
      verification: { header: packet.header, payloadHash: packet.payloadHash, confirmations: 2n },
    });
    const data = encodeFunctionData({ abi: dvnAbi, functionName: "execute", args: [[param]] });
    await send(place, from, { to: address, data, gas: VERIFY_GAS });
  }
  await send(place, from, commitRequest(place.deployment, packet));
  const { logs } = await send(place, from, executeRequest(place.deployment, packet, packet.gasLimit));
  const delivered = parseEventLogs({ abi: endpointAbi, eventName: "PacketDelivered", logs });
  if (delivered.length !== 1) throw failed(`${packet.guid} was not delivered`);
}

async function send(
  place: Place,
  from: Account,
  { to, data, gas, value = 0n }: { to: Hex; data: Hex; gas?: bigint; value?: bigint },
): Promise<TransactionReceipt> {
  const { client, definition } = place;
  const serializedTransaction = await from.signTransaction!({
    type: "eip1559",
    chainId: definition.chainId,
    nonce: place.nonce,
    to,
    data,
    value,
    gas,
    ...FEES,
  });
  place.nonce += 1;
  return receiptOf(client, await client.sendRawTransaction({ serializedTransaction }));
}

async function receiptOf(client: ChainClient, hash: Hash): Promise<TransactionReceipt> {
  for (let poll = 0; poll < RECEIPT_POLLS; poll += 1) {
    try {
      return await client.getTransactionReceipt({ hash });
    } catch (cause) {
      if (!(cause instanceof TransactionReceiptNotFoundError)) throw cause;
      await sleep(RECEIPT_POLL_MS);
    }
  }
  throw failed(`${hash} is not mined`);
}

function failed(what: string): CausewayError {
  return new CausewayError("InternalInvariant", { details: { what: `plain loop: ${what}` } });
}
