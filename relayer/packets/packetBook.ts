import type { Address, Hash, Hex } from "viem";
import { CausewayError } from "../../errors/CausewayError.ts";

/** A message on its way: what its `PacketSent` said, and what this relayer learned since. */
export interface TrackedPacket {
  guid: Hash;
  srcEid: number;
  dstEid: number;
  nonce: bigint;
  /** As in the header: 32 bytes. */
  sender: Hex;
  receiver: Address;
  header: Hex;
  payloadHash: Hash;
  message: Hex;
  /** Of `lzReceive`, as the sender's options ask. */
  gasLimit: bigint;
  /** Native value for `lzReceive`, in wei. */
  value: bigint;
  location: { blockNumber: bigint; blockHash: Hash; logIndex: number };
  /** `performance.now()` when its source block was first seen final. */
  finalAtMs: number;
  /** Whether it was sent while this relayer ran; only then its latency says something. */
  live: boolean;
  /** DVNs whose verification was seen. */
  verifiedBy: Set<Address>;
  /** Executions that failed, and with what. */
  failures: number;
  /** Name of the Solidity error (`empty` without data), and the gas that `lzReceive` had. */
  lastFailure?: { error: string; gasLimit: bigint };
}

/** How a message arrived. */
export interface Delivery {
  guid: Hash;
  dstEid: number;
  /** From the source block being final to `PacketDelivered` seen; `undefined` if it was sent before this relayer started. */
  latencyMs: number | undefined;
}

/** Where all messages stand. A cache: it is refilled from the chains at start. */
export interface PacketBook {
  readonly sent: number;
  readonly delivered: number;
  readonly latencyMs: readonly number[];
  /** Notes a message that is in a block, but not final: it counts as outstanding, and no more. */
  announce(guid: Hash): void;
  /** @returns whether it is new */
  add(packet: TrackedPacket): boolean;
  get(guid: Hash): TrackedPacket | undefined;
  isDelivered(guid: Hash): boolean;
  /** By its 81-byte header: nonce and path, which is all that most events carry. */
  findByHeader(header: Hex): TrackedPacket | undefined;
  markDelivered(guid: Hash, seenAtMs?: number): void;
  /** Final, and not delivered yet. */
  pending(): readonly TrackedPacket[];
  /** Final or not, all that were seen and not delivered yet. */
  outstanding(): readonly Hash[];
  whenDelivered(guid: Hash): Promise<Delivery>;
  /** Fails whoever still waits, and whoever asks later for what did not arrive. */
  close(): void;
}

/** @param onDelivered told of each message once, unless it was delivered before it was seen */
export function createPacketBook(onDelivered?: (packet: TrackedPacket) => void): PacketBook {
  const byGuid = new Map<Hash, TrackedPacket>();
  const byHeader = new Map<string, TrackedPacket>();
  const deliveries = new Map<Hash, Delivery>();
  const waiters = new Map<Hash, PromiseWithResolvers<Delivery>>();
  const announced = new Set<Hash>();
  const latencyMs: number[] = [];
  let sent = 0;
  let isClosed = false;

  const stopped = (guid: Hash) =>
    new CausewayError("RelayerStopped", {
      message: "The relayer stopped before the message arrived.",
      details: { guid },
    });

  return {
    get sent() {
      return sent;
    },
    get delivered() {
      return deliveries.size;
    },
    latencyMs,
    announce(guid) {
      if (!byGuid.has(guid) && !deliveries.has(guid)) announced.add(guid);
    },
    add(packet) {
      announced.delete(packet.guid);
      if (byGuid.has(packet.guid) || deliveries.has(packet.guid)) return false;
      byGuid.set(packet.guid, packet);
      byHeader.set(packet.header, packet);
      sent += 1;
      return true;
    },
    get: (guid) => byGuid.get(guid),
    isDelivered: (guid) => deliveries.has(guid),
    findByHeader: (header) => byHeader.get(header),
    markDelivered(guid, seenAtMs = performance.now()) {
      const packet = byGuid.get(guid);
      if (!packet) return;
      byGuid.delete(guid);
      byHeader.delete(packet.header);
      const latency = packet.live ? Math.max(0, seenAtMs - packet.finalAtMs) : undefined;
      if (latency !== undefined) latencyMs.push(latency);
      const delivery = { guid, dstEid: packet.dstEid, latencyMs: latency };
      deliveries.set(guid, delivery);
      waiters.get(guid)?.resolve(delivery);
      waiters.delete(guid);
      onDelivered?.(packet);
    },
    pending: () => [...byGuid.values()],
    outstanding: () => [...byGuid.keys(), ...announced],
    whenDelivered(guid) {
      const delivery = deliveries.get(guid);
      if (delivery) return Promise.resolve(delivery);
      if (isClosed) return Promise.reject(stopped(guid));
      const waiter = waiters.get(guid) ?? Promise.withResolvers<Delivery>();
      waiters.set(guid, waiter);
      return waiter.promise;
    },
    close() {
      isClosed = true;
      for (const [guid, waiter] of waiters) waiter.reject(stopped(guid));
      waiters.clear();
    },
  };
}
