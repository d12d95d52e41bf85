import type { Environment } from "../../chains/config.ts";
import { instrumentName } from "../../clearing/codec/instrumentName.ts";
import { formatDecimal } from "../../clearing/decimal.ts";
import { DEFAULT_CLEARING_SETTINGS } from "../../relayer/clearing/settings.ts";
import { checkedNetwork, checkRequirements, type RequirementCheck, snapshotLedger } from "../checks/index.ts";
import { type Devnet, type StartDevnetParameters, startDevnet } from "../devnet/startDevnet.ts";
import { untilAborted } from "../interruption.ts";
import type { DemoResult } from "../schema/demo.ts";
import { createActors } from "./actors.ts";
import { depositAll } from "./deposit.ts";
import { type ExpiredOption, expireOptions } from "./expire.ts";
import { revokeMandates, signMandates } from "./mandates.ts";
import { demoNetwork } from "./network.ts";
import { percentile } from "./percentile.ts";
import type { DemoPlan } from "./plan.ts";
import { type Portfolio, type Portfolios, readPortfolios } from "./portfolios.ts";
import { readGas } from "./readGas.ts";
import { createReplayPrices, type ReplayPrices } from "./replayPrices.ts";
import { resendEverything } from "./resend.ts";
import { tradeAll, untilReady } from "./trade.ts";
import { tradeOptions } from "./tradeOptions.ts";
import { type DemoWithdrawal, untilReleased, withdrawAll } from "./withdraw.ts";

export interface RunDemoParameters {
  plan: DemoPlan;
  seed: number;
  logLevel?: string;
  /** Where the relayer finds `REDIS_URL` and `DATABASE_URL`; without it, it uses what it brings along. */
  environment?: Environment;
  /** As the devnet's. */
  relayer?: StartDevnetParameters["relayer"];
  progress(line: string): void;
  /** Aborting it ends the demo; chains and relayer are stopped. */
  signal?: AbortSignal;
}

/** Clocks run ahead when options expire: a price is looked for at once. */
const SAMPLE_EVERY_MS = 250;

/**
 * The main job end to end: traders deposit on different chains, trade on all of them, are netted and margined as one
 * portfolio, and are paid where they never deposited; then what must hold is read from the chains.
 *
 * @throws the signal's reason if it aborts
 */
export async function runDemo(parameters: RunDemoParameters): Promise<DemoResult> {
  const { plan, logLevel, environment = {}, relayer, progress, signal } = parameters;
  const startedAt = performance.now();
  const say = (line: string): void =>
    progress(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)} s  ${line}`);
  const prices = createReplayPrices(plan.firstPrices);
  const settings = relayer?.settings;
  const clearing = {
    ...(settings?.clearing ?? DEFAULT_CLEARING_SETTINGS),
    sampleEveryMs: SAMPLE_EVERY_MS,
  };
  const devnet = await startDevnet({
    chains: plan.chains,
    markets: plan.markets,
    prices,
    progress: say,
    local: { environment },
    relayer: { ...relayer, settings: { ...settings, clearing } },
    ...(logLevel !== undefined && { logLevel }),
    ...(signal && { signal }),
  });
  try {
    const result = await untilAborted(runOn(devnet, { ...parameters, prices, progress: say }), signal);
    return { ...result, durationMs: Math.round(performance.now() - startedAt) };
  } finally {
    await devnet.stop();
  }
}

/** The demo on a network that runs. */
async function runOn(
  devnet: Devnet,
  { plan, seed, prices, progress: say }: RunDemoParameters & { prices: ReplayPrices },
): Promise<Omit<DemoResult, "durationMs">> {
  const network = demoNetwork(devnet, seed);
  const eids = devnet.deployments.map(({ eid }) => eid);
  const actors = createActors(plan.accounts, seed, eids);
  const traders = actors.filter((actor) => actor.plan.role === "trader");
  const { relayer } = devnet;

  await depositAll(network, plan, actors);
  say(`${actors.length} accounts deposited on ${plan.chains} chains`);
  await relayer.drain();
  say("deposits credited at the hub");
  await signMandates(network, actors);
  await untilReady(network, plan, actors);
  say("mandates signed, credit lent, prices pushed");

  await tradeOptions(network, plan, actors);
  if (plan.options.trades.length > 0) say(`${plan.options.trades.length} options traded`);
  await tradeAll({ network, plan, actors, prices, progress: say });
  for (const [underlying, mark] of plan.marks) prices.set(underlying, mark);
  say(`${plan.trades.length} trades recorded; reporting and netting`);
  await relayer.drain();
  const { portfolios, netting, marks } = await readPortfolios(network, plan, traders);

  say("netted and margined as one portfolio each");

  await revokeMandates(network, actors);
  const expired = await expireOptions(devnet, network, plan, traders);
  if (expired.length > 0) say("clocks ran ahead: options expired and settled");
  await untilReleased(network, actors);
  say("leases lapsed, credit released");
  const withdrawals = await withdrawAll(network, traders);
  say(`${withdrawals.length} withdrawals paid on chains without a deposit`);

  await relayer.drain();
  const checked = checkedNetwork(devnet.deployments, clientsOf(relayer));
  const before = await snapshotLedger(checked);
  const resent = await resendEverything(network, checked);
  await relayer.drain();
  say(`everything sent again in ${resent} messages; checking the requirements on chain`);
  const invariants = await checkRequirements(checked, { before, isAtRest: true });

  const { sent, delivered, latencyMs } = relayer.stats();
  const gross = sum(portfolios.map(({ chainByChainWad }) => chainByChainWad));
  const net = sum(portfolios.map(({ nettedWad }) => nettedWad));
  return {
    chains: plan.chains,
    traders: traders.length,
    tape: plan.tape,
    trades: plan.trades.length,
    skipped: plan.skipped.noTrader + plan.skipped.otherUnderlying,
    messages: {
      sent,
      delivered,
      latencyMs: {
        p50: Math.round(percentile(latencyMs, 50)),
        p99: Math.round(percentile(latencyMs, 99)),
      },
    },
    margin: { grossUsd: usd(gross), netUsd: usd(net), savedUsd: usd(gross - net) },
    netting: {
      grossUsd: usd(netting.grossWad),
      netUsd: usd(netting.netWad),
      efficiency: Number(netting.efficiencyWad) / 1e18,
    },
    options: describeOptions(plan, marks, expired),
    value: { tradedUsd: usd(tradedWad(plan)), movedUsd: usd(movedWad(withdrawals)) },
    withdrawals: {
      requested: withdrawals.length,
      paid: withdrawals.filter(({ paid }) => paid).length,
    },
    perTrader: portfolios.map((portfolio, i) => perTrader(portfolio, withdrawals[i]!, devnet.deployments)),
    gas: await readGas(checked),
    invariants: invariants.map(({ id, holds, detail }: RequirementCheck) => ({ id, holds, detail })),
    ...relayer.stores,
  };
}

function clientsOf(relayer: Awaited<ReturnType<typeof startDevnet>>["relayer"]) {
  return new Map([...relayer.context.chains].map(([eid, { client }]) => [eid, client]));
}

function perTrader(
  { actor, equityWad, chainByChainWad, nettedWad }: Portfolio,
  { destination }: DemoWithdrawal,
  deployments: readonly { chain: string }[],
): DemoResult["perTrader"][number] {
  const savedWad = chainByChainWad - nettedWad;
  return {
    account: actor.plan.name,
    home: deployments[actor.plan.home]!.chain,
    paidOn: deployments[destination]!.chain,
    equityUsd: usd(equityWad),
    chainByChainUsd: usd(chainByChainWad),
    nettedUsd: usd(nettedWad),
    savedUsd: usd(savedWad),
    saved: chainByChainWad === 0n ? 0 : Number((savedWad * 10_000n) / chainByChainWad) / 10_000,
  };
}

function describeOptions(
  { options: { trades } }: DemoPlan,
  marks: Portfolios["marks"],
  expired: readonly ExpiredOption[],
): DemoResult["options"] {
  return [...Map.groupBy(trades, ({ instrument }) => instrument)].map(([instrument, its]) => {
    const over = expired.find((one) => one.instrument === instrument);
    return {
      instrument: instrumentName(instrument),
      trades: its.length,
      chains: new Set(its.map(({ chain }) => chain)).size,
      markUsd: usd(marks.get(instrument)!),
      settledAtUsd: over === undefined ? null : usd(over.settlementWad),
    };
  });
}

function tradedWad(plan: DemoPlan): bigint {
  return sum(plan.trades.map(({ base, priceWad }) => (base * priceWad) / 10n ** 8n));
}

function movedWad(withdrawals: readonly DemoWithdrawal[]): bigint {
  return sum(withdrawals.filter(({ paid }) => paid).map(({ amount }) => amount * 10n ** 12n));
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

function usd(wad: bigint): string {
  return formatDecimal(wad, 18, 6);
}
