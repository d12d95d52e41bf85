import { encodeFunctionData, hexToString } from "viem";
import { z } from "zod";
import { clearingHubAbi } from "../../chains/abi/index.ts";
import { readHub, readVault, revertedWith } from "../clearing/calls.ts";
import { isDivergenceProven } from "../clearing/isDivergenceProven.ts";
import { hubOf, vaultAt } from "../clearing/places.ts";
import { readPathways } from "../clearing/readPathways.ts";
import type { RelayerContext } from "../context.ts";
import { type ChainLog, forEachItem, type RelayerJob } from "../job.ts";
import { toRelayerError } from "../toRelayerError.ts";
import { pushSoon } from "./push.ts";
import { reportSoon } from "./report.ts";

const schema = z.object({ eid: z.int() });

/** Names the lane between the hub and the vault on `eid`. */
export type ReconcileData = z.infer<typeof schema>;

/**
 * Heals what was lost between the hub and a vault (CLR-04). Sends nothing itself: it opens keys for `report` and `push`, which compare both ends
 * and send what differs.
 *
 * - Nothing is on its way in a direction: what was sent there and did not take effect is lost, and due at once.
 * - The vault's digest is not the hub's although nothing is on its way: every key is compared, again and again ever more slowly; the second
 *   time all totals are reported with names, whatever they seem to be; once the hub can prove that they differ for too long, the lane is
 *   paused until they agree.
 * - Now and then (`compareEveryMs`) every key is compared, for what digests do not cover.
 */
export const reconcile: RelayerJob<ReconcileData> = {
  name: "reconcile",
  schema,
  id: ({ eid }) => String(eid),
  concurrency: 2,
  run: forEachItem(reconcileLane, toRelayerError),
  subscriptions: (context) => {
    const { eid, clearingHub: address } = hubOf(context);
    const events = ["LaneAlarm", "LaneDiverged", "LanePaused", "LaneUnpaused"];
    return [
      { eid, when: "latest", address, abi: clearingHubAbi, events, on: (log) => onLaneLog(context, log) },
    ];
  },
  periodic: {
    everyMs: ({ settings }) => settings.clearing.reconcileEveryMs,
    due: async ({ chains }) => [...chains.keys()].map((eid) => ({ eid })),
  },
};

function onLaneLog(context: RelayerContext, { eventName, args }: ChainLog) {
  const { eid } = args;
  if (eventName === "LaneAlarm") {
    const { guid, account } = args;
    const reason = hexToString(args.reason, { size: 32 });
    context.log.error({ eid, guid, account, reason }, "ALARM: a report says what no honest vault does");
    context.journal.note({ kind: "alarm", eid, subject: guid, data: { what: eventName, account, reason } });
  } else if (eventName === "LaneDiverged") {
    context.log.warn({ eid, sequence: String(args.sequence) }, "lane diverged");
    if (context.chains.has(eid)) context.enqueue(reconcile, { eid });
  } else if (eventName === "LanePaused") {
    context.log.error({ eid, diverged: args.diverged }, "ALARM: lane paused");
    context.journal.note({ kind: "alarm", eid, data: { what: eventName, diverged: args.diverged } });
  } else {
    context.log.warn({ eid, diverged: args.diverged }, "lane open again");
  }
}

async function reconcileLane(context: RelayerContext, { eid }: ReconcileData): Promise<void> {
  const { reports, commands, compared, differing } = context.clearing;
  const startedAtMs = performance.now();
  const id = String(eid);
  // In this order: whatever the vault's digest covers was sent before the nonces are read, and applied before the hub's.
  const [beat] = await readVault(vaultAt(context, eid), "heartbeat", [[]]);
  const { toHub, toVault } = await readPathways(context, eid);
  const [lane] = await readHub(hubOf(context), "laneOf", [[eid]]);

  if (toHub.isQuiet) for (const key of reports.noteArrived(eid, startedAtMs)) reportSoon(context, eid, key);
  if (toVault.isQuiet) for (const key of commands.noteArrived(eid, startedAtMs)) pushSoon(context, eid, key);

  const differs = toHub.isQuiet && beat!.digest !== lane!.digest;
  if (!differs) differing.release(id);
  if (!compared.isHeld(id) || (differs && !differing.isHeld(id))) {
    if (toHub.isQuiet) reports.forgetSent(eid, startedAtMs);
    if (toVault.isQuiet) commands.forgetSent(eid, startedAtMs);
    compareKeys(context, eid, differs && lane!.divergedSince !== 0 && differing.failures(id) === 1);
    compared.noteFailure(id);
    if (differs) differing.noteFailure(id);
  }
  if (isDivergenceProven(lane!)) await pause(context, eid);
}

/** @param again has totals reported, with names, even if both ends seem to agree on them */
function compareKeys(context: RelayerContext, eid: number, again: boolean) {
  const { reports, commands } = context.clearing;
  if (again) context.log.warn({ eid }, "lane still diverged: reporting everything again, with names");
  for (const key of reports.known(eid)) {
    if (key.kind === "heartbeat") continue;
    if (again && (key.kind === "deposit" || key.kind === "pair")) reports.demand(eid, key);
    reportSoon(context, eid, key);
  }
  for (const key of commands.known(eid)) pushSoon(context, eid, key);
}

async function pause(context: RelayerContext, eid: number): Promise<void> {
  const { chain, clearingHub } = hubOf(context);
  context.log.error({ eid }, "ALARM: lane diverged for too long: pausing it");
  try {
    await chain.submitter.submit({
      label: `pause diverged ${eid}`,
      to: clearingHub,
      data: encodeFunctionData({ abi: clearingHubAbi, functionName: "pauseDiverged", args: [eid] }),
    });
  } catch (cause) {
    // It healed meanwhile.
    if (!revertedWith(cause, "Hub_NotDiverged")) throw cause;
  }
}
