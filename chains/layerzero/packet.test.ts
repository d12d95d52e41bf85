import { encodePacked, type Hex, keccak256, zeroHash } from "viem";
import { describe, expect, test } from "vitest";
import {
  addressToBytes32,
  bytes32ToAddress,
  decodeOptions,
  decodePacket,
  encodeLzReceiveOptions,
  encodePacket,
  type Packet,
  packetGuid,
  payloadHash,
} from "./packet.ts";

const sender = addressToBytes32("0x00000000000000000000000000000000000000aA");
const receiver = "0xcd3B766CCDd6AE721141F452C550Ca635964ce71";
const path = { nonce: 7n, srcEid: 39_001, sender, dstEid: 39_002, receiver } as const;
const packet: Packet = { ...path, guid: packetGuid(path), message: "0xc0ffee" };

describe("packet", () => {
  test("is laid out as PacketV1Codec lays it out", () => {
    expect(encodePacket(packet)).toBe(
      `0x01${"0000000000000007"}${"00009859"}${sender.slice(2)}${"0000985a"}${"0".repeat(24)}${receiver.slice(2).toLowerCase()}${packet.guid.slice(2)}c0ffee`,
    );
  });

  test("decodes what was encoded, with header and payload hash", () => {
    const encoded = encodePacket(packet);
    const decoded = decodePacket(encoded);
    expect(decoded).toEqual({
      ...packet,
      header: encoded.slice(0, 2 + 2 * 81),
      payloadHash: keccak256(encodePacked(["bytes32", "bytes"], [packet.guid, "0xc0ffee"])),
    });
    expect(decodePacket(encodePacket({ ...packet, message: "0x" })).message).toBe("0x");
    expect(payloadHash({ guid: packet.guid, message: "0x" })).toBe(keccak256(packet.guid));
  });

  test("refuses a short packet, another version, and a receiver that is not an EVM address", () => {
    const encoded = encodePacket(packet);
    expect(() => decodePacket(encoded.slice(0, 2 + 2 * 112) as Hex)).toThrow(
      "found 112 bytes, expected at least 113",
    );
    expect(() => decodePacket(`0x02${encoded.slice(4)}`)).toThrow("version: found 2, expected 1");
    const at = 2 + 2 * 49;
    expect(() => decodePacket(`${encoded.slice(0, at)}01${encoded.slice(at + 2)}` as Hex)).toThrow(
      "12 zero bytes",
    );
  });

  test("turns addresses into 32 bytes and back", () => {
    expect(bytes32ToAddress(addressToBytes32(receiver))).toBe(receiver);
    expect(() => bytes32ToAddress(`0x01${zeroHash.slice(4)}`)).toThrow("12 zero bytes");
  });
});

describe("executor options", () => {
  test("round-trip gas and value", () => {
    expect(encodeLzReceiveOptions({ gas: 200_000n })).toBe("0x00030100110100000000000000000000000000030d40");
    expect(decodeOptions(encodeLzReceiveOptions({ gas: 200_000n }))).toEqual({
      gas: 200_000n,
      value: 0n,
      nativeDrops: [],
      ordered: false,
    });
    expect(decodeOptions(encodeLzReceiveOptions({ gas: 1n, value: 2n }))).toMatchObject({
      gas: 1n,
      value: 2n,
    });
  });

  test("add up, and pass over other workers' options", () => {
    const one = encodeLzReceiveOptions({ gas: 5n, value: 6n });
    const drop = encodePacked(["uint8", "uint16", "uint8", "uint128", "bytes32"], [1, 49, 2, 9n, sender]);
    const dvn = "0x02000401aabbcc";
    const ordered = "0x01000104";
    expect(
      decodeOptions(
        `${one}${[one.replace("0x0003", "0x"), drop, dvn, ordered].map((o) => o.slice(2)).join("")}` as Hex,
      ),
    ).toEqual({
      gas: 10n,
      value: 12n,
      nativeDrops: [{ amount: 9n, receiver: sender }],
      ordered: true,
    });
  });

  test.each([
    ["0x", "two bytes"],
    ["0x0001aa", "options type"],
    ["0x000301", "an option at byte 2"],
    ["0x0003010000", "an option at byte 2"],
    ["0x000301001101ff", "an option at byte 2"],
    ["0x00030100020101", "16 or 32"],
  ] as const)("refuse %s", (options, expected) => {
    expect(() => decodeOptions(options)).toThrow(expected);
  });
});
