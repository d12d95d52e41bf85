import { expect, test } from "vitest";
import { createPacketBook, type TrackedPacket } from "./packetBook.ts";

const packet = (overrides: Partial<TrackedPacket> = {}): TrackedPacket => ({
  guid: "0x01",
  srcEid: 30_001,
  dstEid: 30_002,
  nonce: 1n,
  sender: "0x02",
  receiver: "0x0000000000000000000000000000000000000003",
  header: "0x0a",
  payloadHash: "0x04",
  message: "0x",
  gasLimit: 100_000n,
  value: 0n,
  location: { blockNumber: 1n, blockHash: "0x05", logIndex: 0 },
  finalAtMs: 100,
  live: true,
  verifiedBy: new Set(),
  failures: 0,
  ...overrides,
});

test("counts a message once, and its latency from being final", async () => {
  const book = createPacketBook();
  book.announce("0x01");
  const waiting = book.whenDelivered("0x01");
  expect(book.outstanding()).toEqual(["0x01"]);
  expect(book.add(packet())).toBe(true);
  expect(book.add(packet())).toBe(false);
  expect(book.findByHeader("0x0a")?.guid).toBe("0x01");
  book.markDelivered("0x01", 350);
  book.markDelivered("0x01", 400);
  book.announce("0x01");
  expect(book.add(packet())).toBe(false);
  expect(await waiting).toEqual({ guid: "0x01", dstEid: 30_002, latencyMs: 250 });
  expect({ ...book, latencyMs: [...book.latencyMs] }).toMatchObject({
    sent: 1,
    delivered: 1,
    latencyMs: [250],
  });
  expect(book.outstanding()).toEqual([]);
});

test("takes no latency of a message that was sent before the start", () => {
  const book = createPacketBook();
  book.add(packet({ live: false }));
  book.markDelivered("0x01");
  expect(book.latencyMs).toEqual([]);
  expect(book.delivered).toBe(1);
});

test("closing fails who still waits, and who asks later", async () => {
  const book = createPacketBook();
  const waiting = book.whenDelivered("0x01");
  book.close();
  await expect(waiting).rejects.toMatchObject({ code: 4002 });
  await expect(book.whenDelivered("0x02")).rejects.toMatchObject({ code: 4002 });
});
