import { pino } from "pino";
import type { Hash } from "viem";
import { expect, test } from "vitest";
import type { RelayerChain, RelayerContext } from "../context.ts";
import { createPacketBook, type TrackedPacket } from "../packets/packetBook.ts";
import type { SubmitRequest } from "../submit/submitRequest.ts";
import { execute } from "./execute.ts";

const MAX_GAS = 10_000_000n;
const ADDRESS = "0x00000000000000000000000000000000000000aa";
const GUID: Hash = `0x${"11".repeat(32)}`;

/** A verified message that asks for `gasLimit`, and a destination that takes everything. */
async function executeOne(gasLimit: bigint) {
  const sent: SubmitRequest[] = [];
  const packets = createPacketBook();
  packets.add({
    guid: GUID,
    srcEid: 1,
    dstEid: 2,
    nonce: 1n,
    sender: `0x${"00".repeat(32)}`,
    receiver: ADDRESS,
    header: `0x${"22".repeat(81)}`,
    payloadHash: GUID,
    message: "0x01",
    gasLimit,
    value: 0n,
    location: { blockNumber: 1n, blockHash: GUID, logIndex: 0 },
    finalAtMs: 0,
    live: true,
    verifiedBy: new Set(),
    failures: 0,
  } satisfies TrackedPacket);
  const chain = {
    eid: 2,
    deployment: { layerZero: { receiveUln302: ADDRESS, endpoint: ADDRESS } },
    client: {
      // Two views of a message: not executable yet, and verified by all; or the one of a path's nonce.
      multicall: async ({ contracts }: { contracts: { functionName: string }[] }) =>
        contracts.map(
          ({ functionName }) => ({ executable: 0, verifiable: 1, inboundNonce: 0n })[functionName],
        ),
    },
    submitter: { submit: async (request: SubmitRequest) => sent.push(request) },
  } as unknown as RelayerChain;
  const context = {
    chains: new Map([[2, chain]]),
    packets,
    settings: { maxReceiveGas: MAX_GAS },
    log: pino({ level: "silent" }),
  } as unknown as RelayerContext;
  const outcomes = await execute.run(context, [{ guid: GUID, dstEid: 2 }]);
  return { outcomes, sent };
}

test("a receive that is too expensive is refused, but committed: later messages of its path wait for no more", async () => {
  const { outcomes, sent } = await executeOne(MAX_GAS + 1n);
  expect(outcomes).toMatchObject([{ kind: "ReceiveTooExpensive", retryable: false }]);
  expect(sent.map(({ label }) => label)).toEqual([`commit ${GUID}`]);
});
