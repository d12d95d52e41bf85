import { encodeFunctionData } from "viem";
import { z } from "zod";
import { spokeVaultAbi } from "../../chains/abi/index.ts";
import type { CausewayError } from "../../errors/CausewayError.ts";
import { valueFor } from "../clearing/calls.ts";
import { chunkReport, type ReportChunk } from "../clearing/chunkMessages.ts";
import { keyId, type ReportKey, reportKeySchema, toReportKeys } from "../clearing/keys.ts";
import { vaultAt, vaultsOf } from "../clearing/places.ts";
import { type ReportStanding, readReportStandings } from "../clearing/readReportStandings.ts";
import type { RelayerContext } from "../context.ts";
import type { ChainLog, JobOutcome, RelayerJob } from "../job.ts";
import { toRelayerError } from "../toRelayerError.ts";

const schema = z.object({ eid: z.int(), key: reportKeySchema });

/** Names something of a vault that the hub may not know yet. */
export type ReportData = z.infer<typeof schema>;

const EVENTS = ["Deposited", "PairChanged", "WithdrawalRequested", "PayoutResolved", "FreezeSet"];

/**
 * Tells the hub what changed at a vault. Keys gather for a while and share messages; a key that the hub knows as it stands, or that is on its
 * way, is left out. Whatever is lost or skipped stays open, and is sent again.
 */
export const report: RelayerJob<ReportData> = {
  name: "report",
  schema,
  id: ({ eid, key }) => `${eid}:${keyId(key)}`,
  lane: ({ eid }) => String(eid),
  maxBatch: 500,
  batchMs: ({ config }) => config.timings.reportIntervalMs,
  run: runReport,
  // `final` tells of all there ever was, so that nothing is forgotten; `latest` tells of it early.
  subscriptions: (context) =>
    vaultsOf(context).flatMap(({ eid, vault }) =>
      (["latest", "final"] as const).map((when) => ({
        eid,
        when,
        address: vault,
        abi: spokeVaultAbi,
        events: EVENTS,
        on: (log) => reportSoon(context, eid, keyOf(log)),
      })),
    ),
  periodic: {
    everyMs: ({ settings }) => settings.clearing.sweepMs,
    due: async ({ chains, clearing }) => {
      // Of a chain that is not heard of the tokens count less and less as margin, everywhere.
      for (const eid of chains.keys()) clearing.reports.open(eid, { kind: "heartbeat" });
      return [...chains.keys()].flatMap((eid) => clearing.reports.opened(eid).map((key) => ({ eid, key })));
    },
  },
};

/** Has `key` of the vault on `eid` reported, if the hub does not know it as it stands. */
export function reportSoon(context: RelayerContext, eid: number, key: ReportKey): void {
  context.clearing.reports.open(eid, key);
  context.enqueue(report, { eid, key });
}

function keyOf({ eventName, args }: ChainLog): ReportKey {
  switch (eventName) {
    case "Deposited":
      return { kind: "deposit", account: args.account, asset: args.asset, purpose: args.purpose };
    case "PairChanged":
      return { kind: "pair", account: args.account, instrument: args.instrument };
    case "FreezeSet":
      return { kind: "creditState", account: args.account };
    case "WithdrawalRequested":
      return { kind: "withdrawal", number: String(args.number) };
    default:
      return { kind: "payoutResult", payoutId: args.payoutId };
  }
}

async function runReport(
  context: RelayerContext,
  items: readonly ReportData[],
): Promise<readonly JobOutcome[]> {
  const { eid } = items[0]!;
  const { reports } = context.clearing;
  const keys = items.map(({ key }) => key);
  const standings = await readReportStandings(context, eid, keys);
  const due = new Map<ReportKey, ReportStanding>();
  keys.forEach((key, at) => {
    if (reports.isDue(eid, key, standings[at]!)) due.set(key, standings[at]!);
  });

  const failures = new Map<ReportKey, CausewayError>();
  const chunks = chunkReport(
    [...due].map(([key, { withNames, isNew, closes }]) => ({
      key,
      isNew,
      closes,
      withNames: withNames || reports.isDemanded(eid, key),
    })),
    context.settings.clearing,
  );
  await Promise.all(
    chunks.map(async (chunk) => {
      try {
        await send(context, eid, chunk);
        for (const key of chunk.keys) reports.noteSent(eid, key, due.get(key)!.source);
      } catch (cause) {
        for (const key of chunk.keys) failures.set(key, toRelayerError(cause));
      }
    }),
  );
  return keys.map((key) => failures.get(key));
}

async function send(context: RelayerContext, eid: number, { keys, withNames }: ReportChunk) {
  const { chain, vault } = vaultAt(context, eid);
  const args = [toReportKeys(keys), withNames] as const;
  const label = `report ${keys.length} of ${chain.definition.name}`;
  const quote = chain.client.readContract({
    address: vault,
    abi: spokeVaultAbi,
    functionName: "quoteReport",
    args,
  });
  return chain.submitter.submit({
    label,
    to: vault,
    data: encodeFunctionData({ abi: spokeVaultAbi, functionName: "report", args }),
    value: await valueFor(context, chain, label, quote),
  });
}
