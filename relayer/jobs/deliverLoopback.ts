import { encodeFunctionData } from "viem";
import { z } from "zod";
import { loopbackAbi } from "../../chains/abi/index.ts";
import { readMany, revertedWith } from "../clearing/calls.ts";
import { type HubPlace, hubOf } from "../clearing/places.ts";
import type { RelayerContext } from "../context.ts";
import { executionGas } from "../execute/requests.ts";
import type { ChainLog, JobOutcome, RelayerJob } from "../job.ts";
import { toRelayerError } from "../toRelayerError.ts";

const schema = z.object({ nonce: z.string(), block: z.string() });

/** Names a message that was queued in the block `block`. */
export type DeliverLoopbackData = z.infer<typeof schema>;

/** As `Loopback.RECEIVE_OVERHEAD`. */
const RECEIVE_OVERHEAD = 50_000n;

/** Delivers what hub and vault of the hub's own chain say to each other. Whoever delivers, it is done once. */
export const deliverLoopback: RelayerJob<DeliverLoopbackData> = {
  name: "deliverLoopback",
  schema,
  id: ({ nonce }) => nonce,
  maxBatch: 50,
  concurrency: 2,
  run: runDeliver,
  subscriptions: (context) =>
    (["latest", "final"] as const).map((when) => ({
      eid: hubOf(context).eid,
      when,
      address: hubOf(context).loopback,
      abi: loopbackAbi,
      events: ["MessageQueued"],
      on: (log) => onQueued(context, log),
    })),
  periodic: {
    everyMs: ({ settings }) => settings.clearing.sweepMs,
    due: async ({ clearing }) => [...clearing.loopback].map(([nonce, block]) => toData(nonce, block)),
  },
};

function onQueued(context: RelayerContext, { args, blockNumber }: ChainLog) {
  context.clearing.loopback.set(args.nonce, blockNumber);
  context.enqueue(deliverLoopback, toData(args.nonce, blockNumber));
}

function toData(nonce: bigint, block: bigint): DeliverLoopbackData {
  return { nonce: String(nonce), block: String(block) };
}

async function runDeliver(
  context: RelayerContext,
  items: readonly DeliverLoopbackData[],
): Promise<readonly JobOutcome[]> {
  const hub = hubOf(context);
  const hashes = await readMany(
    hub.chain,
    loopbackAbi,
    hub.loopback,
    "queued",
    items.map(({ nonce }) => [BigInt(nonce)]),
  );
  const queued = items.filter((_, at) => BigInt(hashes[at]!) !== 0n);
  const messages = await readMessages(hub, queued);
  return Promise.all(
    items.map(async (item) => {
      const nonce = BigInt(item.nonce);
      const isQueued = queued.includes(item);
      const message = messages.get(nonce);
      if (!isQueued) context.clearing.loopback.delete(nonce);
      // Queued, but not in that block: it was reorganised, and its new block makes this job anew.
      if (!isQueued || !message) return undefined;
      try {
        await deliver(hub, message);
        context.clearing.loopback.delete(nonce);
        return undefined;
      } catch (cause) {
        // Somebody else delivered it meanwhile.
        return revertedWith(cause, "Loopback_UnknownMessage") ? undefined : toRelayerError(cause);
      }
    }),
  );
}

type QueuedMessage = Awaited<ReturnType<typeof readQueued>>[number];

/** Only a hash is stored; the messages are in the logs. */
async function readMessages(hub: HubPlace, items: readonly DeliverLoopbackData[]) {
  const blocks = [...new Set(items.map(({ block }) => BigInt(block)))];
  const found = (await Promise.all(blocks.map((block) => readQueued(hub, block)))).flat();
  return new Map(found.map((message) => [message.nonce, message]));
}

async function readQueued({ chain, loopback }: HubPlace, block: bigint) {
  const logs = await chain.client.getContractEvents({
    address: loopback,
    abi: loopbackAbi,
    eventName: "MessageQueued",
    fromBlock: block,
    toBlock: block,
    strict: true,
  });
  return logs.map(({ args }) => args);
}

function deliver({ chain, loopback }: HubPlace, { nonce, from, to, gas, message }: QueuedMessage) {
  const label = `deliver loopback ${nonce}`;
  return chain.submitter.submit({
    label,
    dedupeId: label,
    to: loopback,
    data: encodeFunctionData({
      abi: loopbackAbi,
      functionName: "deliver",
      args: [nonce, from, to, gas, message],
    }),
    // What the receiver insists on having, which may be more than it ends up using.
    minGas: executionGas(gas + RECEIVE_OVERHEAD, message),
  });
}
