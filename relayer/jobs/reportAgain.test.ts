import { pino } from "pino";
import { stringToHex, toHex } from "viem";
import { expect, test } from "vitest";
import type { RelayerContext } from "../context.ts";
import type { ChainLog } from "../job.ts";
import { reportAgain } from "./reportAgain.ts";

const PAIR = 4;
const CREDIT_STATE = 5;
const WITHDRAWAL = 6;

/** What is enqueued when the hub skips an item. */
function onSkipped(kind: number, key: bigint, reason: string): unknown[] {
  const enqueued: unknown[] = [];
  const hub = { clearingHub: "0x5FbDB2315678afecb367f032d93F642f64180aa3" };
  const context = {
    config: { hub: { eid: 39_001, name: "local-hub" } },
    chains: new Map([[39_001, { deployment: { causeway: { hub } } }]]),
    log: pino({ level: "silent" }),
    journal: { note: () => undefined },
    enqueue: (_: unknown, data: unknown) => enqueued.push(data),
  } as unknown as RelayerContext;
  const [subscription] = reportAgain.subscriptions!(context);
  const args = {
    eid: 39_002,
    guid: toHex(1, { size: 32 }),
    kind,
    key: toHex(key, { size: 32 }),
    reason: stringToHex(reason, { size: 32 }),
  };
  subscription!.on({ args } as unknown as ChainLog);
  return enqueued;
}

test("a pair whose names the hub lacks is reported again, by both indices", () => {
  expect(onSkipped(PAIR, (70_000n << 16n) | 8n, "UnknownName")).toEqual([
    { eid: 39_002, account: 70_000, instrument: 8 },
  ]);
});

test("so is a credit state, by its account's index", () => {
  expect(onSkipped(CREDIT_STATE, 7n, "UnknownName")).toEqual([{ eid: 39_002, account: 7 }]);
});

test("what sending again does not heal is left", () => {
  expect(onSkipped(PAIR, 1n, "BeyondCeiling")).toEqual([]);
  expect(onSkipped(WITHDRAWAL, 1n, "NotHome")).toEqual([]);
});
