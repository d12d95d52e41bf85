import { pino } from "pino";
import {
  type Hash,
  HttpRequestError,
  keccak256,
  type PublicClient,
  parseTransaction,
  RpcRequestError,
  TransactionNotFoundError,
} from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { expect, test } from "vitest";
import type { BlockRef, HeadTracker } from "../watch/trackHeads.ts";
import { createSubmitter } from "./submitter.ts";

const TO = "0x00000000000000000000000000000000000000aa";

/** A node with a mempool; the test mines. */
function scriptedNode() {
  const account = privateKeyToAccount(generatePrivateKey());
  const mempool = new Map<number, { hash: Hash; raw: Hash; fee: bigint }>();
  const receipts = new Map<Hash, { status: string; transactionHash: Hash }>();
  const broadcasts: { nonce: number; fee: bigint; label: string }[] = [];
  let used = 0;
  let number = 0n;
  let waiters: (() => void)[] = [];
  const node = { failBroadcast: [] as ((taken: () => void) => never)[], dropAll: false };

  const client = {
    getTransactionCount: async ({ blockTag }: { blockTag: string }) =>
      used + (blockTag === "pending" ? mempool.size : 0),
    estimateMaxPriorityFeePerGas: async () => 1n,
    estimateGas: async () => 100_000n,
    async sendRawTransaction({ serializedTransaction: raw }: { serializedTransaction: Hash }) {
      const { nonce = 0, maxFeePerGas = 0n, data = "0x" } = parseTransaction(raw);
      const take = () => {
        broadcasts.push({ nonce, fee: maxFeePerGas, label: data });
        if (!node.dropAll) mempool.set(nonce, { hash: keccak256(raw), raw, fee: maxFeePerGas });
      };
      node.failBroadcast.shift()?.(take);
      if (nonce < used) {
        throw new RpcRequestError({ body: {}, url: "", error: { code: -32_000, message: "nonce too low" } });
      }
      take();
      return keccak256(raw);
    },
    async getTransactionReceipt({ hash }: { hash: Hash }) {
      const receipt = receipts.get(hash);
      if (!receipt) throw new HttpRequestError({ url: "" });
      return receipt;
    },
    async getTransaction({ hash }: { hash: Hash }) {
      if (receipts.has(hash) || [...mempool.values()].some((one) => one.hash === hash)) return { hash };
      throw new TransactionNotFoundError({ hash });
    },
    call: async () => ({}),
  } as unknown as PublicClient;
  const ended = Promise.withResolvers<void>();
  let hasEnded = false;
  const heads: HeadTracker = {
    get latest() {
      return { number, baseFeePerGas: 10n } as BlockRef;
    },
    final: undefined,
    changed: () => (hasEnded ? Promise.resolve() : new Promise((resolve) => waiters.push(resolve))),
    ended: ended.promise,
  };

  /** As `trackHeads` when its signal is aborted. */
  function endHeads() {
    hasEnded = true;
    for (const resolve of waiters) resolve();
    ended.resolve();
  }

  /** Lets a block pass; mines what may be mined, in order of nonces. */
  async function block({ mine = true, status = "success" } = {}) {
    number += 1n;
    while (mine && mempool.has(used)) {
      receipts.set(mempool.get(used)!.hash, { status, transactionHash: mempool.get(used)!.hash });
      mempool.delete(used);
      used += 1;
    }
    const all = waiters;
    waiters = [];
    for (const resolve of all) resolve();
    await new Promise((resolve) => setImmediate(resolve));
  }

  const submitter = createSubmitter({
    client,
    chainId: 1,
    account,
    heads,
    errorAbi: [],
    log: pino({ level: "silent" }),
    stallBlocks: 2n,
    blockTimeMs: 0,
    maxBumps: 2,
  });
  const submit = (data: Hash, gas?: bigint) =>
    submitter.submit({ label: data, to: TO, data, ...(gas ? { gas } : {}) });
  /** Waits until so many broadcasts were made. */
  async function broadcast(count: number) {
    while (broadcasts.length < count) await new Promise((resolve) => setImmediate(resolve));
  }
  return {
    node,
    submitter,
    submit,
    broadcasts,
    broadcast,
    block,
    endHeads,
    useNonceElsewhere: () => (used += 1),
  };
}

test("gives nonces in the order of the calls, and does not wait for receipts in between", async () => {
  const { submit, broadcasts, broadcast, block, submitter } = scriptedNode();
  const sent = [submit("0x0a"), submit("0x0b", 21_000n), submit("0x0c")];
  await broadcast(3);
  expect(broadcasts.map(({ nonce, label }) => [nonce, label])).toEqual([
    [0, "0x0a"],
    [1, "0x0b"],
    [2, "0x0c"],
  ]);
  expect(submitter.inFlight).toBe(3);
  await block();
  expect((await Promise.all(sent)).map(({ status }) => status)).toEqual(["success", "success", "success"]);
});

test("sends a stalled transaction again with the same nonce and higher fees", async () => {
  const { node, submit, broadcasts, broadcast, block } = scriptedNode();
  node.dropAll = true;
  const sent = submit("0x0a");
  await broadcast(1);
  await block({ mine: false });
  node.dropAll = false;
  await block({ mine: false });
  await broadcast(2);
  await block();
  expect((await sent).status).toBe("success");
  expect(broadcasts.map(({ nonce }) => nonce)).toEqual([0, 0]);
  expect(broadcasts[1]!.fee * 10n).toBeGreaterThanOrEqual(broadcasts[0]!.fee * 11n);
});

test("gives up after a bounded number of replacements", async () => {
  const { node, submit, broadcast, block } = scriptedNode();
  node.dropAll = true;
  const sent = submit("0x0a");
  sent.catch(() => undefined);
  await broadcast(1);
  for (let count = 0; count < 12; count += 1) await block({ mine: false });
  await expect(sent).rejects.toMatchObject({ code: 4303, retryable: true });
});

test("takes a lost answer for what it may be: sent", async () => {
  const { node, submit, broadcasts, broadcast, block } = scriptedNode();
  node.failBroadcast.push((taken) => {
    taken();
    throw new HttpRequestError({ url: "" });
  });
  const sent = [submit("0x0a"), submit("0x0b")];
  await broadcast(2);
  await block();
  await Promise.all(sent);
  expect(broadcasts.map(({ nonce }) => nonce)).toEqual([0, 1]);
});

test("does not send twice what the node has already, whatever it says of the nonce", async () => {
  const { node, submit, broadcasts, broadcast, block } = scriptedNode();
  // The answer was lost, the transport asked again.
  node.failBroadcast.push((taken) => {
    taken();
    throw new RpcRequestError({ body: {}, url: "", error: { code: -32_000, message: "nonce too low" } });
  });
  const sent = [submit("0x0a"), submit("0x0b")];
  await broadcast(2);
  await block();
  await Promise.all(sent);
  expect(broadcasts.map(({ nonce, label }) => [nonce, label])).toEqual([
    [0, "0x0a"],
    [1, "0x0b"],
  ]);
});

test("gives up what is in flight when the heads end, instead of asking for ever", async () => {
  const { submit, broadcast, endHeads, submitter } = scriptedNode();
  const sent = submit("0x0a");
  sent.catch(() => undefined);
  await broadcast(1);
  endHeads();
  await expect(sent).rejects.toMatchObject({ code: 4303 });
  expect(submitter.inFlight).toBe(0);
});

test("reads the nonce again if somebody else used it", async () => {
  const { submit, broadcasts, broadcast, block, useNonceElsewhere } = scriptedNode();
  const first = submit("0x0a");
  await broadcast(1);
  await block();
  await first;
  useNonceElsewhere();
  const second = submit("0x0b");
  await broadcast(2);
  await block();
  await second;
  expect(broadcasts.at(-1)!.nonce).toBe(2);
});

test("a revert is an error, and not a retryable one", async () => {
  const { submit, broadcast, block } = scriptedNode();
  const sent = submit("0x0a");
  sent.catch(() => undefined);
  await broadcast(1);
  await block({ status: "reverted" });
  await expect(sent).rejects.toMatchObject({ code: 4302, retryable: false });
});

test("an answer that refuses frees the nonce", async () => {
  const { node, submit, broadcasts, broadcast, block } = scriptedNode();
  node.failBroadcast.push(() => {
    throw new RpcRequestError({ body: {}, url: "", error: { code: -32_000, message: "insufficient funds" } });
  });
  await expect(submit("0x0a")).rejects.toMatchObject({ code: 4003 });
  const sent = submit("0x0b");
  await broadcast(1);
  await block();
  await sent;
  expect(broadcasts.map(({ nonce }) => nonce)).toEqual([0]);
});
