import type { DemoResult } from "../schema/demo.ts";
import { dollars, percent, table } from "../table.ts";

/** The report that a trader understands. */
export function renderDemo(result: DemoResult): string {
  const { messages, margin, netting, value, withdrawals } = result;
  return [
    "",
    `${result.trades} trades of ${result.tape} (${result.skipped} rows skipped) by ${result.traders} traders on ${result.chains} chains`,
    "",
    "Initial margin, USD",
    table([
      ["trader", "home", "paid on", "equity", "chain by chain", "netted", "saved", ""],
      ...result.perTrader.map((row) => [
        short(row.account),
        row.home,
        row.paidOn,
        dollars(row.equityUsd),
        dollars(row.chainByChainUsd),
        dollars(row.nettedUsd),
        dollars(row.savedUsd),
        percent(row.saved),
      ]),
      [
        "all",
        "",
        "",
        "",
        dollars(margin.grossUsd),
        dollars(margin.netUsd),
        dollars(margin.savedUsd),
        percent(Number(margin.grossUsd) === 0 ? 0 : Number(margin.savedUsd) / Number(margin.grossUsd)),
      ],
    ]),
    ...renderOptions(result.options),
    "",
    `Open positions: ${dollars(netting.grossUsd)} USD chain by chain, ${dollars(netting.netUsd)} netted (${percent(netting.efficiency)} less)`,
    `Value moved between chains: ${dollars(value.movedUsd)} USD, against ${dollars(value.tradedUsd)} traded`,
    `Withdrawals: ${withdrawals.paid} of ${withdrawals.requested} paid, each on a chain where its trader never deposited`,
    `Messages: ${messages.delivered} of ${messages.sent} delivered; latency p50 ${messages.latencyMs.p50} ms, p99 ${messages.latencyMs.p99} ms after finality`,
    "",
    table([
      ["gas", "count", "median"],
      ...Object.entries(result.gas).map(([operation, { count, median }]) => [
        operation,
        String(count),
        median.toLocaleString("en-US"),
      ]),
    ]),
    "",
    "Read from the chains at the end",
    ...result.invariants.map(({ id, holds, detail }) => `${holds ? "holds " : "BROKEN"}  ${id}  ${detail}`),
    "",
    `${(result.durationMs / 1000).toFixed(1)} s`,
  ].join("\n");
}

function short(account: string): string {
  return account.length > 14 ? `${account.slice(0, 8)}…${account.slice(-4)}` : account;
}

function renderOptions(options: DemoResult["options"]): string[] {
  if (options.length === 0) return [];
  return [
    "",
    "Options",
    table([
      ["option", "trades", "on chains", "mark", "settled at"],
      ...options.map(({ instrument, trades, chains, markUsd, settledAtUsd }) => [
        instrument,
        String(trades),
        String(chains),
        dollars(markUsd),
        settledAtUsd === null ? "" : dollars(settledAtUsd),
      ]),
    ]),
  ];
}
