import { hexToString } from "viem";
import { z } from "zod";
import { clearingHubAbi } from "../../chains/abi/index.ts";
import { reportFormat } from "../../clearing/codec/report.ts";
import { readVault } from "../clearing/calls.ts";
import type { ReportKey } from "../clearing/keys.ts";
import { hubOf, vaultAt } from "../clearing/places.ts";
import type { RelayerContext } from "../context.ts";
import { forEachItem, type RelayerJob } from "../job.ts";
import { toRelayerError } from "../toRelayerError.ts";
import { reportSoon } from "./report.ts";

const schema = z.object({ eid: z.int(), account: z.int(), instrument: z.int().optional() });

/** Names a pair, or without instrument a credit state, by the indices of its vault. */
export type ReportAgainData = z.infer<typeof schema>;

/**
 * Heals what the hub skipped because it does not know an index: the report that carried the name was lost, or comes later. Reporting it again
 * sends the names along.
 */
export const reportAgain: RelayerJob<ReportAgainData> = {
  name: "reportAgain",
  schema,
  id: ({ eid, account, instrument }) => `${eid}:${account}:${instrument ?? ""}`,
  maxBatch: 50,
  run: forEachItem(async (context, { eid, account, instrument }) => {
    const key = await findKey(context, eid, account, instrument);
    if (!key) return;
    context.clearing.reports.noteFailed(eid, key);
    reportSoon(context, eid, key);
  }, toRelayerError),
  subscriptions: (context) => {
    const { eid, clearingHub } = hubOf(context);
    return [
      {
        eid,
        when: "latest",
        address: clearingHub,
        abi: clearingHubAbi,
        events: ["ReportItemSkipped"],
        on: ({ args }) => {
          const reason = hexToString(args.reason, { size: 32 });
          context.log.warn(
            { eid: args.eid, guid: args.guid, kind: args.kind, key: args.key, reason },
            "skipped",
          );
          context.journal.note({
            kind: "item.skipped",
            eid,
            subject: args.guid,
            data: { srcEid: args.eid, kind: args.kind, key: args.key, reason },
          });
          const data = reason === "UnknownName" ? readKey(args) : undefined;
          if (data) context.enqueue(reportAgain, data);
        },
      },
    ];
  },
};

/** The key of the event: `account index ‖ instrument index` of a pair, the account's index of a credit state. */
function readKey({ eid, kind, key }: { eid: number; kind: number; key: `0x${string}` }) {
  const word = BigInt(key);
  if (kind === reportFormat.kinds.creditState.id) return { eid, account: Number(word) };
  if (kind !== reportFormat.kinds.pair.id) return undefined;
  return { eid, account: Number(word >> 16n), instrument: Number(word & 0xffffn) };
}

async function findKey(
  context: RelayerContext,
  eid: number,
  accountIndex: number,
  instrumentIndex: number | undefined,
): Promise<ReportKey | undefined> {
  const place = vaultAt(context, eid);
  const [accounts, instruments] = await Promise.all([
    readVault(place, "accountAt", [[accountIndex]]),
    readVault(place, "instrumentAt", [[instrumentIndex ?? 0]]),
  ]);
  const [account, instrument] = [accounts[0]!, instruments[0]!];
  // A lying vault may report indices that it does not have.
  if (BigInt(account) === 0n) return undefined;
  if (instrumentIndex === undefined) return { kind: "creditState", account };
  return BigInt(instrument) === 0n ? undefined : { kind: "pair", account, instrument };
}
