import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { pino } from "pino";
import { type Hex, keccak256, parseTransaction } from "viem";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase, type RelayerDatabase } from "../database/connect.ts";
import type { Lease } from "../database/leases.ts";
import type { IntentStore, SignedTransaction } from "./intentStore.ts";
import { createPostgresIntents } from "./postgresIntents.ts";
import { scriptedNode, TO } from "./scriptedNode.ts";
import type { SubmitRequest } from "./submitRequest.ts";

const log = pino({ level: "silent" });
const dataFolder = mkdtempSync(join(tmpdir(), "causeway-intents-"));
let database: RelayerDatabase;
beforeAll(async () => {
  database = await openDatabase({ databaseUrl: undefined, dataFolder, log });
}, 60_000);
afterAll(async () => {
  await database.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

/** A key that nobody used yet, with a lease on chain 1. */
async function newSender() {
  const account = privateKeyToAccount(generatePrivateKey());
  const lease: Lease = { chainId: 1, key: account.address, fence: 1 };
  await database.db
    .insertInto("leases")
    .values({
      chain_id: 1,
      key: lease.key,
      fence: 1,
      holder: "test",
      expires_at: sql`now() + interval '1 hour'`,
    })
    .execute();
  return { account, lease, intents: createPostgresIntents({ db: database.db, lease, log }) };
}

const takeOver = ({ key, fence }: Lease) =>
  database.db
    .updateTable("leases")
    .set({ fence: fence + 1 })
    .where("key", "=", key)
    .execute();

const rowsOf = ({ key }: Lease) =>
  database.db.selectFrom("intents").selectAll().where("key", "=", key).orderBy("nonce").execute();

async function signed(account: PrivateKeyAccount, nonce: number, data: Hex) {
  const fees = { maxFeePerGas: 21n, maxPriorityFeePerGas: 1n };
  const raw = await account.signTransaction({
    type: "eip1559",
    chainId: 1,
    nonce,
    to: TO,
    data,
    gas: 100_000n,
    ...fees,
  });
  return { raw, hash: keccak256(raw), fees, cancels: false };
}

const claimOne = async (intents: IntentStore, nonce: number, asked: SubmitRequest) =>
  (await intents.claim(nonce, [{ request: asked, gas: 100_000n }]))[0]!;

const storeOne = (intents: IntentStore, intentId: number, transaction: SignedTransaction) =>
  intents.store([{ intentId, transaction }]);

const request = (data: Hex, dedupeId?: string) => ({
  label: data,
  to: TO,
  data,
  value: 0n,
  ...(dedupeId !== undefined && { dedupeId }),
});

test("a stale leader can neither claim a nonce nor store a transaction", async () => {
  const { account, lease, intents } = await newSender();
  const id = await claimOne(intents, 0, request("0x0a"));
  await takeOver(lease);
  await expect(claimOne(intents, 1, request("0x0b"))).rejects.toMatchObject({ kind: "LeaseLost" });
  await expect(storeOne(intents, id, await signed(account, 0, "0x0a"))).rejects.toMatchObject({
    kind: "LeaseLost",
  });
  intents.note(id, { state: "replaced", reason: "of no account" });
  await intents.flush();
  expect(await rowsOf(lease)).toMatchObject([{ nonce: 0, state: "claimed", fence: 1 }]);
  // Its successor goes on where it stopped.
  const next = createPostgresIntents({ db: database.db, lease: { ...lease, fence: 2 }, log });
  expect(await next.pending()).toMatchObject([{ id, nonce: 0, transactions: [] }]);
  await storeOne(next, id, await signed(account, 0, "0x0a"));
});

test("neither a nonce nor, while it is in flight, what an intent does is claimed twice", async () => {
  const { intents } = await newSender();
  const id = await claimOne(intents, 0, request("0x0a", "once"));
  await expect(claimOne(intents, 0, request("0x0b"))).rejects.toMatchObject({ kind: "DatabaseFailed" });
  await expect(claimOne(intents, 1, request("0x0a", "once"))).rejects.toMatchObject({
    kind: "DatabaseFailed",
  });
  intents.note(id, { state: "mined", transaction: "0x01", block: 1n });
  await intents.flush();
  await claimOne(intents, 1, request("0x0a", "once"));
  expect(await intents.lastNonce()).toBe(1);
});

test("a transaction is stored before the node gets it, and how it ended is stored after", async () => {
  const { account, lease, intents } = await newSender();
  const { node, startSubmitter, broadcasts, blocksUntil } = scriptedNode(account);
  const storedAtBroadcast: Promise<unknown>[] = [];
  node.beforeBroadcast = (hash) =>
    storedAtBroadcast.push(
      database.db.selectFrom("transactions").select("hash").where("hash", "=", hash).executeTakeFirst(),
    );
  const submitter = startSubmitter({ intents });
  const sent = Promise.all([submitter.submit(request("0x0a")), submitter.submit(request("0x0b"))]);
  await blocksUntil(sent);
  await submitter.idle();
  expect((await Promise.all(storedAtBroadcast)).every((row) => row !== undefined)).toBe(true);
  expect(broadcasts.map(({ nonce }) => nonce)).toEqual([0, 1]);
  const [first, second] = await sent;
  expect(await rowsOf(lease)).toMatchObject([
    { nonce: 0, state: "mined", label: "0x0a", transaction_hash: first.transactionHash, reason: null },
    { nonce: 1, state: "mined", label: "0x0b", transaction_hash: second.transactionHash, reason: null },
  ]);
});

/** What a process left that was killed at that point. */
async function crashed(point: "claimed" | "signed" | "broadcast" | "mined") {
  const sender = await newSender();
  const { account, intents } = sender;
  const scripted = scriptedNode(account);
  const id = await claimOne(intents, 0, request("0x0a", "once"));
  const transaction = await signed(account, 0, "0x0a");
  if (point !== "claimed") await storeOne(intents, id, transaction);
  if (point === "broadcast" || point === "mined") await scripted.sendRaw(transaction.raw);
  if (point === "mined") await scripted.block();
  const before = scripted.broadcasts.length;
  return { ...sender, ...scripted, before, transaction, restart: () => scripted.startSubmitter({ intents }) };
}

test("killed after claiming a nonce: it is used by a transaction that does nothing", async () => {
  const { lease, account, broadcasts, blocksUntil, restart } = await crashed("claimed");
  const submitter = restart();
  await blocksUntil(submitter.recover());
  await submitter.idle();
  expect(parseTransaction(broadcasts[0]!.raw)).toMatchObject({
    to: account.address.toLowerCase(),
    gas: 21_000n,
  });
  expect(await rowsOf(lease)).toMatchObject([{ nonce: 0, state: "cancelled", reason: expect.any(String) }]);
  const again = submitter.submit(request("0x0a", "once"));
  await blocksUntil(again);
  expect(broadcasts.map(({ nonce, label }) => [nonce, label])).toEqual([
    [0, "0x"],
    [1, "0x0a"],
  ]);
});

test.each(["signed", "broadcast"] as const)(
  "killed after it was %s: the same bytes are sent",
  async (point) => {
    const { lease, broadcasts, before, blocksUntil, restart, transaction } = await crashed(point);
    const submitter = restart();
    const recovered = submitter.recover();
    // A job that does it again meanwhile gets the first one's receipt.
    while (submitter.inFlight === 0) await new Promise((resolve) => setImmediate(resolve));
    const again = submitter.submit(request("0x0a", "once"));
    await blocksUntil(Promise.all([recovered, again]));
    await submitter.idle();
    expect(new Set(broadcasts.map(({ raw }) => raw))).toEqual(new Set([transaction.raw]));
    expect(broadcasts.length).toBe(before + 1);
    expect((await again).transactionHash).toBe(transaction.hash);
    expect(await rowsOf(lease)).toMatchObject([
      { nonce: 0, state: "mined", transaction_hash: transaction.hash },
    ]);
  },
);

test("killed before its receipt was read: nothing is sent, and how it ended is found", async () => {
  const { lease, broadcasts, before, blocksUntil, restart, transaction } = await crashed("mined");
  const submitter = restart();
  await blocksUntil(submitter.recover());
  await submitter.idle();
  expect(broadcasts.length).toBe(before);
  expect(await rowsOf(lease)).toMatchObject([
    { nonce: 0, state: "mined", transaction_hash: transaction.hash },
  ]);
});

test("what a reorganisation took back is sent again, when a later nonce waits for it", async () => {
  const { account, intents, lease } = await newSender();
  const { startSubmitter, broadcasts, blocksUntil, reorg, block, broadcast } = scriptedNode(account);
  const submitter = startSubmitter({ intents });
  const first = submitter.submit(request("0x0a"));
  await blocksUntil(first);
  await submitter.idle();
  reorg(1);
  const second = submitter.submit(request("0x0b"));
  await broadcast(2);
  while (broadcasts.length < 3) await block({ mine: false });
  await blocksUntil(second);
  await submitter.idle();
  expect(broadcasts.slice(0, 3).map(({ nonce, label }) => [nonce, label])).toEqual([
    [0, "0x0a"],
    [1, "0x0b"],
    [0, "0x0a"],
  ]);
  expect(broadcasts[2]!.raw).toBe(broadcasts[0]!.raw);
  expect((await rowsOf(lease)).map(({ nonce, state }) => [nonce, state])).toEqual([
    [0, "mined"],
    [1, "mined"],
  ]);
});

test("a claim whose answer was lost is found again, and leaves no gap", async () => {
  const { account, intents, lease } = await newSender();
  const { startSubmitter, broadcasts, blocksUntil } = scriptedNode(account);
  let isLost = false;
  const forgetful: IntentStore = {
    ...intents,
    async claim(...parameters) {
      const id = await intents.claim(...parameters);
      if (isLost) return id;
      isLost = true;
      throw new Error("the connection broke");
    },
  };
  const submitter = startSubmitter({ intents: forgetful });
  await expect(submitter.submit(request("0x0a"))).rejects.toThrow();
  const second = submitter.submit(request("0x0b"));
  await blocksUntil(second);
  await blocksUntil(submitter.idle());
  expect(broadcasts.map(({ nonce, label }) => [nonce, label])).toEqual([
    [0, "0x"],
    [1, "0x0b"],
  ]);
  expect((await rowsOf(lease)).map(({ state }) => state)).toEqual(["cancelled", "mined"]);
});
