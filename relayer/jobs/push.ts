import { encodeFunctionData } from "viem";
import { z } from "zod";
import { clearingHubAbi } from "../../chains/abi/index.ts";
import type { CausewayError } from "../../errors/CausewayError.ts";
import { valueFor } from "../clearing/calls.ts";
import { chunkCommand } from "../clearing/chunkMessages.ts";
import { type CommandKey, commandKeySchema, keyId, toCommandKeys } from "../clearing/keys.ts";
import type { Standing } from "../clearing/outbox.ts";
import { hubOf, vaultsOf } from "../clearing/places.ts";
import { readCommandStandings } from "../clearing/readCommandStandings.ts";
import type { RelayerContext } from "../context.ts";
import type { ChainLog, JobOutcome, RelayerJob } from "../job.ts";
import { toRelayerError } from "../toRelayerError.ts";

const schema = z.object({ eid: z.int(), key: commandKeySchema });

/** Names something of the hub that the vault on `eid` may not know yet. */
export type PushData = z.infer<typeof schema>;

/**
 * Tells a vault what changed at the hub: instrument terms, venue allowances, reference prices. Credit, closing allowances and payouts are sent by the calls that
 * decide them; here they are sent again if they do not arrive.
 */
export const push: RelayerJob<PushData> = {
  name: "push",
  schema,
  id: ({ eid, key }) => `${eid}:${keyId(key)}`,
  lane: ({ eid }) => String(eid),
  maxBatch: 500,
  batchMs: ({ settings }) => settings.clearing.gatherMs,
  run: runPush,
  subscriptions: (context) => {
    const { eid, clearingHub: address } = hubOf(context);
    const common = { eid, address, abi: clearingHubAbi };
    const told = ["InstrumentListed", "MandateSet", "FreezeSet"];
    const sent = ["CreditGranted", "ClosingGranted", "PayoutIssued"];
    return [
      { ...common, when: "latest", events: told, on: (log) => pushKeysOf(context, log) },
      { ...common, when: "latest", events: sent, on: (log) => noteSent(context, log) },
      // All there ever was, so that nothing is forgotten.
      { ...common, when: "final", events: [...told, ...sent], on: (log) => pushKeysOf(context, log) },
    ];
  },
  periodic: {
    everyMs: ({ settings }) => settings.clearing.sweepMs,
    due: async ({ chains, clearing }) =>
      [...chains.keys()].flatMap((eid) => clearing.commands.opened(eid).map((key) => ({ eid, key }))),
  },
};

/** Has `key` sent to the vault on `eid`, if the vault does not know it as it stands. */
export function pushSoon(context: RelayerContext, eid: number, key: CommandKey): void {
  // A chain that this relayer does not serve has another who does.
  if (!context.chains.has(eid)) return;
  context.clearing.commands.open(eid, key);
  context.enqueue(push, { eid, key });
}

function pushKeysOf(context: RelayerContext, log: ChainLog) {
  for (const { eid, key } of keysOf(context, log)) pushSoon(context, eid, key);
}

/** The transaction that said so has sent it already: it is given time to arrive. */
function noteSent(context: RelayerContext, log: ChainLog) {
  const source = sourceOf(log);
  for (const { eid, key } of keysOf(context, log)) {
    if (context.chains.has(eid)) context.clearing.commands.noteSent(eid, key, source);
  }
}

/** As `readCommandStandings` has it. */
function sourceOf({ eventName, args }: ChainLog): bigint {
  if (eventName === "CreditGranted") return BigInt(args.version);
  return eventName === "ClosingGranted" ? BigInt(args.line.version) : 1n;
}

function keysOf(context: RelayerContext, { eventName, args }: ChainLog): PushData[] {
  switch (eventName) {
    case "InstrumentListed":
      return vaultsOf(context).map(({ eid }) => ({
        eid,
        key: { kind: "instrument", instrument: args.instrument },
      }));
    case "FreezeSet":
      return vaultsOf(context).map(({ eid }) => ({ eid, key: { kind: "freeze", account: args.account } }));
    case "MandateSet":
      return [{ eid: args.eid, key: { kind: "venueAllowance", account: args.account, venue: args.venue } }];
    case "CreditGranted":
      return [{ eid: args.eid, key: { kind: "credit", account: args.account } }];
    case "ClosingGranted":
      return [
        {
          eid: args.eid,
          key: { kind: "closingAllowance", account: args.account, instrument: args.instrument },
        },
      ];
    default:
      return [{ eid: args.dstEid, key: { kind: "pay", payoutId: args.payoutId } }];
  }
}

async function runPush(context: RelayerContext, items: readonly PushData[]): Promise<readonly JobOutcome[]> {
  const { eid } = items[0]!;
  const { commands } = context.clearing;
  const keys = items.map(({ key }) => key);
  const standings = await readCommandStandings(context, eid, keys);
  const due = new Map<CommandKey, Standing>();
  keys.forEach((key, at) => {
    if (commands.isDue(eid, key, standings[at]!)) due.set(key, standings[at]!);
  });

  const failures = new Map<CommandKey, CausewayError>();
  await Promise.all(
    chunkCommand([...due.keys()], context.settings.clearing).map(async (chunk) => {
      try {
        await send(context, eid, chunk);
        for (const key of chunk) commands.noteSent(eid, key, due.get(key)!.source);
      } catch (cause) {
        for (const key of chunk) failures.set(key, toRelayerError(cause));
      }
    }),
  );
  return keys.map((key) => failures.get(key));
}

async function send(context: RelayerContext, eid: number, keys: readonly CommandKey[]) {
  const { chain, clearingHub } = hubOf(context);
  const args = [eid, toCommandKeys(keys)] as const;
  const label = `push ${keys.length} to ${context.chains.get(eid)!.definition.name}`;
  const quote = chain.client.readContract({
    address: clearingHub,
    abi: clearingHubAbi,
    functionName: "quotePush",
    args,
  });
  return chain.submitter.submit({
    label,
    to: clearingHub,
    data: encodeFunctionData({ abi: clearingHubAbi, functionName: "push", args }),
    value: await valueFor(context, chain, label, quote),
  });
}
