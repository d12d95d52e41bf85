import { pino } from "pino";
import { expect, test } from "vitest";
import type { RelayerChain } from "../context.ts";
import { runSubscriptions } from "./runSubscriptions.ts";
import { scriptedChain, TICKER, tickAbi } from "./scriptedChain.ts";

/** Watches the final ticks of a chain. */
function watchFinal(chain: ReturnType<typeof scriptedChain>, signal = new AbortController().signal) {
  const seen: unknown[] = [];
  const watch = runSubscriptions({
    chain: {
      eid: 1,
      client: chain.client,
      heads: chain.heads,
      deployment: { fromBlock: 1 },
    } as unknown as RelayerChain,
    when: "final",
    subscriptions: [
      { eid: 1, when: "final", address: TICKER, abi: tickAbi, on: ({ args }) => seen.push(args.value) },
    ],
    log: pino({ level: "silent" }),
    signal,
  });
  return { watch, seen };
}

test("whoever waits for a block goes on when its logs were handed out", async () => {
  const chain = scriptedChain();
  chain.mine([1]);
  chain.mine([2]);
  chain.finalise(2);
  const { watch, seen } = watchFinal(chain);
  await watch.reached(2n);
  expect(seen).toEqual([1, 2]);
});

test("when watching fails, whoever waits or asks later is told, and does not take the logs for seen", async () => {
  const chain = scriptedChain();
  chain.mine([1]);
  chain.finalise(1);
  const { watch } = watchFinal(chain);
  await watch.reached(1n);
  const waits = watch.reached(2n);
  waits.catch(() => undefined);
  chain.forkAt(0);
  chain.mine([9], "b");
  chain.announce();
  await expect(waits).rejects.toMatchObject({ kind: "FinalBlockReorganised" });
  expect(await watch.ended).toMatchObject({ kind: "FinalBlockReorganised" });
  await expect(watch.reached(1n)).rejects.toMatchObject({ kind: "FinalBlockReorganised" });
});

test("when watching is stopped, nobody waits any longer", async () => {
  const chain = scriptedChain();
  const stop = new AbortController();
  const { watch } = watchFinal(chain, stop.signal);
  const waits = watch.reached(5n);
  stop.abort();
  chain.announce();
  await waits;
  await watch.ended;
});
