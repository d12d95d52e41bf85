import { expect, test } from "vitest";
import type { RelayerContext } from "../context.ts";
import { readPathways } from "./readPathways.ts";

const HUB = 30_001;
const SPOKE = 30_002;
const MAX_GAS = 10_000_000n;
const clearingHub = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const vault = "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512";

interface Facts {
  /** Nonces by function and reading chain, for example `outboundNonce 30002`. */
  nonces: Record<string, bigint>;
  pending?: { srcEid: number; dstEid: number; gasLimit?: bigint; failures?: number }[];
  queued?: number;
}

function read({ nonces, pending = [], queued = 0 }: Facts, eid = SPOKE) {
  const asked: string[] = [];
  const chain = (own: number, causeway: object) => ({
    eid: own,
    deployment: { causeway, layerZero: { endpoint: clearingHub } },
    client: {
      readContract: async ({ functionName }: { functionName: string }) => {
        asked.push(`${functionName} ${own}`);
        return nonces[`${functionName} ${own}`];
      },
    },
  });
  const context = {
    config: { hub: { eid: HUB, name: "hub" } },
    settings: { maxReceiveGas: MAX_GAS },
    chains: new Map([
      [HUB, chain(HUB, { vault, hub: { clearingHub } })],
      [SPOKE, chain(SPOKE, { vault })],
    ]),
    clearing: { loopback: new Map(Array.from({ length: queued }, (_, at) => [at, at])) },
    packets: { pending: () => pending.map((one) => ({ gasLimit: 1n, failures: 0, ...one })) },
  } as unknown as RelayerContext;
  return readPathways(context, eid).then(({ toHub, toVault }) => ({
    quiet: [toHub.isQuiet, toVault.isQuiet],
    asked,
  }));
}

const level = {
  [`outboundNonce ${SPOKE}`]: 7n,
  [`inboundNonce ${HUB}`]: 7n,
  [`outboundNonce ${HUB}`]: 3n,
  [`inboundNonce ${SPOKE}`]: 3n,
};

test("a direction is quiet when all that was sent was verified or skipped; sent is read first", async () => {
  const { quiet, asked } = await read({ nonces: level });
  expect(quiet).toEqual([true, true]);
  expect(asked.indexOf(`outboundNonce ${SPOKE}`)).toBeLessThan(asked.indexOf(`inboundNonce ${HUB}`));
  expect(asked.indexOf(`outboundNonce ${HUB}`)).toBeLessThan(asked.indexOf(`inboundNonce ${SPOKE}`));
});

test("what is not verified is on its way, in its own direction", async () => {
  expect((await read({ nonces: { ...level, [`inboundNonce ${HUB}`]: 6n } })).quiet).toEqual([false, true]);
  expect((await read({ nonces: { ...level, [`inboundNonce ${SPOKE}`]: 2n } })).quiet).toEqual([true, false]);
});

test("so is what is still to be executed", async () => {
  const pending = [{ srcEid: HUB, dstEid: SPOKE }];
  expect((await read({ nonces: level, pending })).quiet).toEqual([true, false]);
});

test("nobody waits for a receive that is too dear, or keeps failing", async () => {
  const path = { srcEid: SPOKE, dstEid: HUB };
  const pending = [
    { ...path, gasLimit: MAX_GAS + 1n },
    { ...path, failures: 3 },
  ];
  expect((await read({ nonces: level, pending })).quiet).toEqual([true, true]);
  expect((await read({ nonces: level, pending: [{ ...path, failures: 2 }] })).quiet).toEqual([false, true]);
});

test("the loopback is quiet when it is empty, whatever the nonces are", async () => {
  expect((await read({ nonces: {} }, HUB)).quiet).toEqual([true, true]);
  expect((await read({ nonces: {}, queued: 1 }, HUB)).quiet).toEqual([false, false]);
});
