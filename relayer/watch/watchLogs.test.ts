import { HttpRequestError } from "viem";
import { expect, test } from "vitest";
import type { CausewayError } from "../../errors/CausewayError.ts";
import { scriptedChain, TICKER, tickAbi } from "./scriptedChain.ts";
import { type WatchLogsParameters, type WatchStep, watchLogs } from "./watchLogs.ts";

type Chain = ReturnType<typeof scriptedChain>;

function watch(chain: Chain, options: Partial<WatchLogsParameters> = {}) {
  const errors: CausewayError[] = [];
  const steps = watchLogs({
    client: chain.client,
    eid: 30_001,
    heads: chain.heads,
    when: "latest",
    addresses: [TICKER],
    events: tickAbi,
    fromBlock: 1n,
    signal: new AbortController().signal,
    onError: (error) => errors.push(error),
    ...options,
  });
  const next = async (): Promise<WatchStep> => (await steps.next()).value as WatchStep;
  return { next, errors };
}

const values = (step: WatchStep) => (step.kind === "logs" ? step.logs.map(({ args }) => args.value) : step);

test("hands out logs in order, and asks for a single new block by its hash", async () => {
  const chain = scriptedChain();
  chain.mine([1, 2]);
  chain.mine([3]);
  const { next } = watch(chain);
  expect(values(await next())).toEqual([1, 2, 3]);
  const following = next();
  chain.mine([4]);
  chain.announce();
  expect(values(await following)).toEqual([4]);
  expect(chain.calls.getLogs.at(-1)).toMatchObject({ blockHash: chain.heads.latest.hash });
});

test("bounds the range of a request while it catches up, and checks the newest blocks one by one", async () => {
  const chain = scriptedChain();
  for (let value = 1; value <= 500; value += 1) chain.mine([value]);
  const { next } = watch(chain, { maxRange: 100 });
  const seen: unknown[] = [];
  while (seen.length < 500) seen.push(...(values(await next()) as unknown[]));
  expect(seen).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
  const lengths = chain.calls.getLogs.map(({ fromBlock, toBlock }) => Number(toBlock! - fromBlock!) + 1);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(100);
});

test("finds a reorg by hash, tells the common ancestor, and reads the new branch", async () => {
  const chain = scriptedChain();
  chain.mine([1]);
  chain.mine([2]);
  chain.mine([3]);
  const { next } = watch(chain);
  await next();
  chain.forkAt(1);
  chain.mine([20], "b");
  chain.mine([], "b");
  chain.mine([40], "b");
  chain.announce();
  expect(await next()).toEqual({ kind: "reorg", ancestor: 1n });
  expect(values(await next())).toEqual([20, 40]);
});

test("finds a reorg to a branch of the same height", async () => {
  const chain = scriptedChain();
  chain.mine([1]);
  const { next } = watch(chain);
  await next();
  chain.forkAt(0);
  chain.mine([10], "b");
  expect(await next()).toEqual({ kind: "reorg", ancestor: 0n });
  expect(values(await next())).toEqual([10]);
});

test("does not believe logs of another branch than the headers", async () => {
  const chain = scriptedChain();
  chain.mine([1]);
  chain.mine([2]);
  const { next } = watch(chain);
  chain.forgeNextLogs((logs) =>
    logs.map((log) => ({ ...(log as object), blockHash: `0x${"ee".repeat(32)}` })),
  );
  const step = next();
  await Promise.resolve();
  chain.mine([3]);
  const poll = setInterval(() => chain.announce(), 1);
  expect(values(await step)).toEqual([1, 2, 3]);
  clearInterval(poll);
});

test("reads the same range again after the node failed", async () => {
  const chain = scriptedChain();
  chain.mine([1]);
  chain.failNext(new HttpRequestError({ url: "http://node", status: 429 }));
  const { next, errors } = watch(chain);
  const poll = setInterval(() => chain.announce(), 1);
  expect(values(await next())).toEqual([1]);
  clearInterval(poll);
  expect(errors.map(({ kind }) => kind)).toEqual(["NodeFailed"]);
});

test("in final mode waits for finality, and stops for good if a final block is reorganised", async () => {
  const chain = scriptedChain();
  chain.mine([1]);
  chain.mine([2]);
  chain.finalise(1);
  const { next } = watch(chain, { when: "final" });
  expect(values(await next())).toEqual([1]);
  chain.forkAt(0);
  chain.mine([10], "b");
  chain.mine([20], "b");
  chain.finalise(2);
  await expect(next()).rejects.toMatchObject({ code: 4101, retryable: false });
});
