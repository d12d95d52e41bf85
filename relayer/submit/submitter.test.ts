import { HttpRequestError, parseTransaction, RpcRequestError } from "viem";
import { expect, test } from "vitest";
import { scriptedNode, TO } from "./scriptedNode.ts";

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
  const { node, submit, broadcast, blocksUntil } = scriptedNode();
  node.dropAll = true;
  const sent = submit("0x0a");
  sent.catch(() => undefined);
  await broadcast(1);
  await blocksUntil(sent, { mine: false });
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

test("an answer that refuses leaves no gap: a transaction that does nothing has its nonce, before the next is sent", async () => {
  const { node, account, submit, broadcasts, broadcast, blocksUntil } = scriptedNode();
  node.failBroadcast.push(() => {
    throw new RpcRequestError({ body: {}, url: "", error: { code: -32_000, message: "insufficient funds" } });
  });
  await expect(submit("0x0a")).rejects.toMatchObject({ code: 4003 });
  const sent = submit("0x0b");
  await broadcast(2);
  await blocksUntil(sent);
  await sent;
  expect(broadcasts.map(({ nonce, label }) => [nonce, label])).toEqual([
    [0, "0x"],
    [1, "0x0b"],
  ]);
  expect(parseTransaction(broadcasts[0]!.raw)).toMatchObject({
    to: account.address.toLowerCase(),
    gas: 21_000n,
  });
});

test("claims no further nonce while the node refuses what would fill the last one", async () => {
  const { node, submit, broadcasts, blocksUntil } = scriptedNode();
  const refuse = () => {
    throw new RpcRequestError({ body: {}, url: "", error: { code: -32_000, message: "insufficient funds" } });
  };
  node.failBroadcast.push(refuse, refuse, refuse);
  for (const data of ["0x0a", "0x0b", "0x0c"] as const)
    await expect(submit(data)).rejects.toMatchObject({ code: 4003 });
  const sent = submit("0x0d");
  await blocksUntil(sent);
  expect(broadcasts.map(({ nonce, label }) => [nonce, label])).toEqual([
    [0, "0x"],
    [1, "0x0d"],
  ]);
});

test("sends once what is asked for twice while it is in flight", async () => {
  const { submitter, broadcasts, broadcast, blocksUntil } = scriptedNode();
  const request = { label: "deliver", to: TO, data: "0x0a", dedupeId: "deliver 1" } as const;
  const sent = [submitter.submit(request), submitter.submit(request)];
  await broadcast(1);
  sent.push(submitter.submit(request));
  await blocksUntil(Promise.all(sent));
  expect(new Set((await Promise.all(sent)).map(({ transactionHash }) => transactionHash)).size).toBe(1);
  expect(broadcasts.length).toBe(1);
  // It is done: whoever asks again wants it again.
  const again = submitter.submit(request);
  await blocksUntil(again);
  expect(broadcasts.length).toBe(2);
});

test("takes a transaction that is mined before the answer to its broadcast is here for mined", async () => {
  const { node, submit, broadcasts, broadcast, block, blocksUntil } = scriptedNode();
  const before = submit("0x0a");
  await broadcast(1);
  // Somebody looks at every head meanwhile, because of the one before.
  node.answer = async () => {
    await blocksUntil(before);
    for (let count = 0; count < 3; count += 1) await block();
  };
  const sent = submit("0x0b");
  await before;
  expect((await sent).status).toBe("success");
  expect(broadcasts.length).toBe(2);
});
