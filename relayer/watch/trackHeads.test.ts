import { numberToHex, type PublicClient } from "viem";
import { expect, test } from "vitest";
import { trackHeads } from "./trackHeads.ts";

/** A chain that has one block more each time it is asked for the newest. */
function growing(): PublicClient {
  let head = 1n;
  return {
    getBlock({ blockNumber }: { blockNumber?: bigint }) {
      if (blockNumber === undefined) head += 1n;
      const number = blockNumber ?? head;
      return Promise.resolve({
        number,
        hash: numberToHex(number, { size: 32 }),
        parentHash: numberToHex(number - 1n, { size: 32 }),
        timestamp: number,
      });
    },
  } as unknown as PublicClient;
}

async function tracking(pollMs: number) {
  const stopping = new AbortController();
  const heads = await trackHeads({
    client: growing(),
    finality: { kind: "confirmations", blocks: 1 },
    pollMs,
    signal: stopping.signal,
    onError: (error) => expect.unreachable(error.message),
  });
  return { heads, stopping };
}

test("tells of every new head", async () => {
  const { heads, stopping } = await tracking(1);
  const first = heads.latest.number;
  await heads.next();
  expect(heads.latest.number).toBe(first + 1n);
  expect(heads.final?.number).toBe(first);
  stopping.abort();
});

test("nobody waits for the heads of a stopped relayer, neither asleep nor in a loop that never ends", async () => {
  const { heads, stopping } = await tracking(3_600_000);
  const waiting = [expect(heads.next()).rejects, heads.changed()] as const;
  stopping.abort();
  await waiting[0].toMatchObject({ kind: "RelayerStopped" });
  await waiting[1];
  await heads.ended;
  await expect(heads.next()).rejects.toMatchObject({ kind: "RelayerStopped" });
  await heads.changed();
});
