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
import type { BlockRef, HeadTracker } from "../watch/trackHeads.ts";
import { type CreateSubmitterParameters, createSubmitter } from "./submitter.ts";

export const TO = "0x00000000000000000000000000000000000000aa" as const;

const waitForTurn = () => new Promise((resolve) => setImmediate(resolve));

/** For tests: a node with a mempool, on which the test mines. Submitters may come and go. */
export function scriptedNode(account = privateKeyToAccount(generatePrivateKey())) {
  const mempool = new Map<number, { hash: Hash; raw: Hash; fee: bigint }>();
  const receipts = new Map<Hash, { status: string; transactionHash: Hash; blockNumber: bigint }>();
  const broadcasts: { nonce: number; fee: bigint; label: string; raw: Hash }[] = [];
  let used = 0;
  let number = 0n;
  let waiters: (() => void)[] = [];
  const node = {
    failBroadcast: [] as ((taken: () => void) => never)[],
    dropAll: false,
    beforeBroadcast: (_hash: Hash): unknown => undefined,
    /** Between taking a transaction and saying so. */
    answer: async (): Promise<void> => undefined,
  };

  const client = {
    getTransactionCount: async ({ blockTag }: { blockTag: string }) =>
      used + (blockTag === "pending" ? mempool.size : 0),
    estimateMaxPriorityFeePerGas: async () => 1n,
    estimateGas: async () => 100_000n,
    async sendRawTransaction({ serializedTransaction: raw }: { serializedTransaction: Hash }) {
      const { nonce = 0, maxFeePerGas = 0n, data = "0x" } = parseTransaction(raw);
      const take = () => {
        broadcasts.push({ nonce, fee: maxFeePerGas, label: data, raw });
        if (!node.dropAll) mempool.set(nonce, { hash: keccak256(raw), raw, fee: maxFeePerGas });
      };
      node.beforeBroadcast(keccak256(raw));
      node.failBroadcast.shift()?.(take);
      if (nonce < used) {
        throw new RpcRequestError({ body: {}, url: "", error: { code: -32_000, message: "nonce too low" } });
      }
      take();
      await node.answer();
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
    next() {
      return this.changed();
    },
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
      receipts.set(mempool.get(used)!.hash, {
        status,
        transactionHash: mempool.get(used)!.hash,
        blockNumber: number,
      });
      mempool.delete(used);
      used += 1;
    }
    const all = waiters;
    waiters = [];
    for (const resolve of all) resolve();
    await waitForTurn();
  }

  /** Lets blocks pass until `done`. */
  async function blocksUntil(done: Promise<unknown>, options?: { mine?: boolean; status?: string }) {
    let isDone = false;
    const mark = () => {
      isDone = true;
    };
    done.then(mark, mark);
    while (!isDone) await block(options);
  }

  const startSubmitter = (more: Partial<CreateSubmitterParameters> = {}) =>
    createSubmitter({
      client,
      chainId: 1,
      account,
      heads,
      errorAbi: [],
      log: pino({ level: "silent" }),
      stallBlocks: 2n,
      blockTimeMs: 0,
      maxBumps: 2,
      ...more,
    });
  const submitter = startSubmitter();
  const submit = (data: Hash, gas?: bigint) =>
    submitter.submit({ label: data, to: TO, data, ...(gas ? { gas } : {}) });
  /** Waits until so many broadcasts were made. */
  async function broadcast(count: number) {
    while (broadcasts.length < count) await waitForTurn();
  }
  return {
    node,
    account,
    startSubmitter,
    submitter,
    submit,
    broadcasts,
    broadcast,
    block,
    blocksUntil,
    sendRaw: (raw: Hash) => client.sendRawTransaction({ serializedTransaction: raw }),
    /** Takes back the newest transactions, which the mempool forgets. */
    reorg(transactions: number) {
      used -= transactions;
      receipts.clear();
    },
    endHeads,
    useNonceElsewhere: () => (used += 1),
  };
}
