import {
  type Address,
  bytesToHex,
  bytesToNumber,
  concatHex,
  encodePacked,
  getAddress,
  type Hex,
  hexToBigInt,
  hexToBytes,
  hexToNumber,
  keccak256,
  pad,
  size,
  slice,
} from "viem";
import { CausewayError } from "../../errors/CausewayError.ts";

/** A LayerZero V2 packet for an EVM chain. */
export interface Packet {
  nonce: bigint;
  srcEid: number;
  /** As in the header and in `Origin`: 32 bytes. */
  sender: Hex;
  dstEid: number;
  receiver: Address;
  guid: Hex;
  message: Hex;
}

/** A packet with what DVNs attest to. */
export interface DecodedPacket extends Packet {
  /** The first 81 bytes. */
  header: Hex;
  /** keccak256(guid ‖ message). */
  payloadHash: Hex;
}

const PACKET_VERSION = 1;
const HEADER_SIZE = 81;
const MESSAGE_AT = HEADER_SIZE + 32;

/** The 81-byte header: version, nonce, source eid, sender, destination eid, receiver. */
export function encodePacketHeader(packet: Omit<Packet, "guid" | "message">): Hex {
  return encodePacked(
    ["uint8", "uint64", "uint32", "bytes32", "uint32", "bytes32"],
    [
      PACKET_VERSION,
      packet.nonce,
      packet.srcEid,
      packet.sender,
      packet.dstEid,
      addressToBytes32(packet.receiver),
    ],
  );
}

/** Header, guid and message, as in `PacketSent.encodedPayload`. */
export function encodePacket(packet: Packet): Hex {
  return concatHex([encodePacketHeader(packet), packet.guid, packet.message]);
}

/**
 * Reads `PacketSent.encodedPayload`.
 *
 * @throws CausewayError `PacketMalformed` if it is too short, of another version, or for a chain that is not an EVM chain.
 */
export function decodePacket(encoded: Hex): DecodedPacket {
  const length = size(encoded);
  if (length < MESSAGE_AT) throw malformed("length", `${length} bytes`, `at least ${MESSAGE_AT}`);
  const version = hexToNumber(slice(encoded, 0, 1));
  if (version !== PACKET_VERSION) throw malformed("version", version, PACKET_VERSION);
  const guid = slice(encoded, HEADER_SIZE, MESSAGE_AT);
  const message = length === MESSAGE_AT ? "0x" : slice(encoded, MESSAGE_AT);
  return {
    nonce: hexToBigInt(slice(encoded, 1, 9)),
    srcEid: hexToNumber(slice(encoded, 9, 13)),
    sender: slice(encoded, 13, 45),
    dstEid: hexToNumber(slice(encoded, 45, 49)),
    receiver: bytes32ToAddress(slice(encoded, 49, HEADER_SIZE)),
    guid,
    message,
    header: slice(encoded, 0, HEADER_SIZE),
    payloadHash: payloadHash({ guid, message }),
  };
}

/** What DVNs attest to, besides the header: keccak256(guid ‖ message). */
export function payloadHash(packet: Pick<Packet, "guid" | "message">): Hex {
  return keccak256(concatHex([packet.guid, packet.message]));
}

/** The guid an endpoint gives: keccak256(nonce, source eid, sender, destination eid, receiver). */
export function packetGuid(packet: Omit<Packet, "guid" | "message">): Hex {
  return keccak256(
    encodePacked(
      ["uint64", "uint32", "bytes32", "uint32", "bytes32"],
      [packet.nonce, packet.srcEid, packet.sender, packet.dstEid, addressToBytes32(packet.receiver)],
    ),
  );
}

/** An address as LayerZero's 32 bytes. */
export function addressToBytes32(address: Address): Hex {
  return pad(address, { size: 32 }).toLowerCase() as Hex;
}

/**
 * LayerZero's 32 bytes as an address.
 *
 * @throws CausewayError `PacketMalformed` if the upper 12 bytes are not zero: it is not an EVM address.
 */
export function bytes32ToAddress(value: Hex): Address {
  if (size(value) !== 32 || hexToBigInt(slice(value, 0, 12)) !== 0n) {
    throw malformed("address", value, "12 zero bytes and an address");
  }
  return getAddress(slice(value, 12, 32));
}

/** What the sender paid the executor for. */
export interface ExecutorOptions {
  /** Gas of the `lzReceive` call; several options add up. */
  gas: bigint;
  /** Wei to send with the `lzReceive` call. */
  value: bigint;
  nativeDrops: readonly { amount: bigint; receiver: Hex }[];
  /** Whether the executor was asked to keep the order of nonces. */
  ordered: boolean;
}

const OPTIONS_TYPE_3 = 3;
const EXECUTOR_WORKER = 1;
const LZ_RECEIVE = 1;
const NATIVE_DROP = 2;
const ORDERED_EXECUTION = 4;

/**
 * Reads the executor's part of type-3 options, as in `PacketSent.options`; other workers' and compose options are passed over.
 *
 * @throws CausewayError `PacketMalformed` for another options type, or a wrong length.
 */
export function decodeOptions(options: Hex): ExecutorOptions {
  const bytes = hexToBytes(options);
  if (bytes.length < 2) throw malformed("options", options, "two bytes of options type first");
  const type = bytesToNumber(bytes.subarray(0, 2));
  if (type !== OPTIONS_TYPE_3) throw malformed("options type", type, OPTIONS_TYPE_3);

  const decoded = {
    gas: 0n,
    value: 0n,
    nativeDrops: [] as { amount: bigint; receiver: Hex }[],
    ordered: false,
  };
  let at = 2;
  while (at < bytes.length) {
    // worker (1 byte), size of what follows (2), kind (1), data (size - 1)
    const end = at + 3 + (at + 3 <= bytes.length ? bytesToNumber(bytes.subarray(at + 1, at + 3)) : 0);
    if (end < at + 4 || end > bytes.length) throw malformed("options", options, `an option at byte ${at}`);
    const data = bytesToHex(bytes.subarray(at + 4, end));
    if (bytes[at] === EXECUTOR_WORKER) readOption(bytes[at + 3]!, data, decoded);
    at = end;
  }
  return decoded;
}

/** Type-3 options for an `lzReceive` of `gas`, and `value` wei with it. */
export function encodeLzReceiveOptions(parameters: { gas: bigint; value?: bigint }): Hex {
  const { gas, value = 0n } = parameters;
  const data =
    value === 0n ? encodePacked(["uint128"], [gas]) : encodePacked(["uint128", "uint128"], [gas, value]);
  return encodePacked(
    ["uint16", "uint8", "uint16", "uint8", "bytes"],
    [OPTIONS_TYPE_3, EXECUTOR_WORKER, size(data) + 1, LZ_RECEIVE, data],
  );
}

function readOption(
  kind: number,
  data: Hex,
  into: { gas: bigint; value: bigint; nativeDrops: { amount: bigint; receiver: Hex }[]; ordered: boolean },
): void {
  const length = size(data);
  if (kind === LZ_RECEIVE) {
    if (length !== 16 && length !== 32) throw malformed("lzReceive option", `${length} bytes`, "16 or 32");
    into.gas += hexToBigInt(slice(data, 0, 16));
    if (length === 32) into.value += hexToBigInt(slice(data, 16, 32));
  } else if (kind === NATIVE_DROP) {
    if (length !== 48) throw malformed("native drop option", `${length} bytes`, "48");
    into.nativeDrops.push({ amount: hexToBigInt(slice(data, 0, 16)), receiver: slice(data, 16, 48) });
  } else if (kind === ORDERED_EXECUTION) {
    into.ordered = true;
  }
}

function malformed(key: string, found: unknown, expected: unknown): CausewayError {
  return new CausewayError("PacketMalformed", { details: { key, found, expected } });
}
