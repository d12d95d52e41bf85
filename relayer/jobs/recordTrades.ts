import { encodeFunctionData, type Hex, parseEventLogs } from "viem";
import { z } from "zod";
import { spokeVaultAbi, tradeSourceAbi } from "../../chains/abi/index.ts";
import type { TradeTerms } from "../../chains/oracleTerms.ts";
import { readLogs } from "../../chains/readLogs.ts";
import type { SourceRecord } from "../../chains/types.ts";
import { perpetual } from "../../clearing/codec/instrumentId.ts";
import { maximum } from "../../clearing/math.ts";
import { revertedWith } from "../clearing/calls.ts";
import { pickTrades } from "../clearing/pickTrades.ts";
import { hubOf, vaultAt, vaultsOf } from "../clearing/places.ts";
import type { RelayerContext } from "../context.ts";
import { forEachItem, type RelayerJob } from "../job.ts";
import { relayerSigners } from "../price/signAscending.ts";
import { signTrades, type TradeBatch } from "../price/signTrades.ts";
import { toRelayerError } from "../toRelayerError.ts";
import type { BlockRef } from "../watch/trackHeads.ts";

const schema = z.object({ underlying: z.string(), eid: z.int() });

/** Names an underlying, by its symbol, and a chain on which its perpetual is traded. */
export type RecordTradesData = z.infer<typeof schema>;

/** As `TradeSource.PERIODS`. */
const PERIODS = 5n;

const idOf = ({ underlying, eid }: RecordTradesData) => `${underlying}:${eid}`;

/** Signs the trades of our own perpetuals in final blocks and brings them to their `TradeSource`, for markets that have one. */
export function createRecordTrades(): RelayerJob<RecordTradesData> {
  /** Up to where this relayer has looked: trades of before its start are not worth recording. */
  const seen = new Map<string, BlockRef>();
  return {
    name: "recordTrades",
    schema,
    id: idOf,
    lane: idOf,
    run: forEachItem(async (context, data) => {
      const { final } = vaultAt(context, data.eid).chain.heads;
      if (!final) return;
      const before = seen.get(idOf(data));
      if (before) await record(context, data, before, final);
      seen.set(idOf(data), final);
    }, toRelayerError),
    periodic: {
      everyMs: ({ config }) => config.timings.priceIntervalMs,
      due: async (context) =>
        context.config.markets
          .filter(({ underlying }) => sourceOf(context, underlying) !== undefined)
          .flatMap(({ underlying }) => vaultsOf(context).map(({ eid }) => ({ underlying, eid }))),
    },
  };
}

function sourceOf(
  context: RelayerContext,
  underlying: string,
): { record: SourceRecord; terms: TradeTerms } | undefined {
  const terms = context.config.markets.find((one) => one.underlying === underlying)?.oracle.trades;
  const record = hubOf(context).sources[underlying]?.find(({ kind }) => kind === "trades");
  return terms && record && { record, terms };
}

/** Brings what was traded after block `before`, up to `final`. */
async function record(
  context: RelayerContext,
  { underlying, eid }: RecordTradesData,
  before: BlockRef,
  final: BlockRef,
): Promise<void> {
  const found = sourceOf(context, underlying);
  if (!found) return;
  const { chain } = hubOf(context);
  const { source } = found.record;
  // After a long silence the trades are too old to tell of now; so they are where finality takes longer than the window.
  const oldest = chain.heads.latest.timestamp - PERIODS * BigInt(found.terms.periodSeconds);
  if (before.timestamp < oldest) return;
  const last = await chain.client.readContract({
    address: source,
    abi: tradeSourceAbi,
    functionName: "lastBlock",
    args: [eid],
  });
  const fromBlock = maximum(last, before.number) + 1n;
  if (fromBlock > final.number) return;
  const all = await readTrades(context, eid, { instrument: perpetual(underlying), fromBlock, to: final });
  const trades = pickTrades(all, found.terms.allowanceBase);
  if (trades.length === 0) return;

  const batch: TradeBatch = {
    eid,
    fromBlock,
    toBlock: final.number,
    time: Number(final.timestamp),
    trades,
  };
  const place = { chainId: chain.definition.chainId, source };
  const data = await signTrades(place, batch, relayerSigners(context));
  await chain.submitter
    .submit({
      label: `record ${trades.length} trades of ${underlying}`,
      to: source,
      data: encodeFunctionData({ abi: tradeSourceAbi, functionName: "push", args: [data] }),
    })
    .catch((cause) => {
      // Another relayer brought them first.
      if (!revertedWith(cause, "Trades_BadBlocks")) throw cause;
    });
}

interface Wanted {
  instrument: Hex;
  fromBlock: bigint;
  to: BlockRef;
}

async function readTrades(context: RelayerContext, eid: number, { instrument, fromBlock, to }: Wanted) {
  const { chain, vault } = vaultAt(context, eid);
  const logs = await readLogs(chain.client, [vault], fromBlock, to.number);
  return parseEventLogs({ abi: spokeVaultAbi, eventName: "TradeRecorded", logs, args: { instrument } }).map(
    ({ args: { buyer, seller, base, priceWad } }) => ({ buyer, seller, base, priceWad }),
  );
}
