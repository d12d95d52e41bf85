import { parseEventLogs, type TransactionReceipt } from "viem";
import { clearingHubAbi } from "../../../chains/abi/index.ts";
import { settlementAsset } from "../../../chains/assets.ts";
import { sizeOf } from "../../../clearing/codec/layout.ts";
import { reportFormat } from "../../../clearing/codec/report.ts";
import { untilAborted } from "../../interruption.ts";
import type { BenchTrade, Message } from "./actions.ts";
import {
  ACCOUNTS,
  type BenchMarket,
  deepTrades,
  FIRST_PRICES,
  INSTRUMENTS,
  openOrderVenue,
  pairsOf,
  START,
  startBenchMarket,
  WIDE,
  wideTrades,
} from "./benchMarket.ts";
import { requireApplied } from "./requireApplied.ts";

/** One figure; less is better. */
export interface Measurement {
  what: string;
  value: number;
  unit: "gas" | "gas a pair" | "gas an account" | "bytes";
  /** At most; what has none is only watched. */
  target?: number;
}

export interface MeasureGasParameters {
  progress(line: string): void;
  signal?: AbortSignal;
  /** Is given every message at the hub that has a target, by the name of its measurement, while the chains run. */
  onMessage?(what: string, market: BenchMarket, message: Message): Promise<void>;
}

type Watch = NonNullable<MeasureGasParameters["onMessage"]>;

const SETTLE_TIMES = [60, 120, 180] as const;
const RENEWED = 20;

/**
 * Measures what everything costs on real chains with the real LayerZero. Keys, clocks, prices and the order of all transactions are fixed,
 * so the same contracts take the same gas to the unit in every run, on every machine.
 *
 * @throws the signal's reason if it aborts
 */
export async function measureGas(parameters: MeasureGasParameters): Promise<Measurement[]> {
  const { progress, signal, onMessage = async () => {} } = parameters;
  progress("starting two local chains with LayerZero V2 and our contracts, opening 100 accounts");
  const market = await startBenchMarket();
  try {
    return await untilAborted(measureAll(market, progress, onMessage), signal);
  } finally {
    await market.network.stop();
  }
}

async function measureAll(market: BenchMarket, progress: (line: string) => void, watch: Watch) {
  const rows: Measurement[] = [];
  for (const [name, part] of Object.entries({
    deposits,
    reports,
    orders,
    settlements,
    renewals,
    withdrawals,
  })) {
    progress(`measuring ${name}`);
    rows.push(...(await part(market, watch)));
  }
  return [...rows, ...sizes()];
}

async function deposits({ act, account }: BenchMarket): Promise<Measurement[]> {
  const newcomer = account(ACCOUNTS);
  const keys = { deposits: [{ account: newcomer.id, asset: settlementAsset.id, purpose: 0 }] };
  await act.fund(newcomer.owner, 10_000n);
  const first = await act.deposit(newcomer.owner, newcomer, 5_000n);
  const firstSeen = await act.report(keys);
  const again = await act.deposit(newcomer.owner, newcomer, 1_234n);
  const againSeen = await act.report(keys);
  return [
    row("deposit, first of an account", used(first)),
    row("deposit, again", used(again)),
    row("hub receives a deposit, first of an account", firstSeen.arrival.frameGas),
    row("hub receives a deposit, again", againSeen.arrival.frameGas),
  ];
}

/** The pairs are reported once, traded again, and reported again: that one is measured. */
async function reports(market: BenchMarket, watch: Watch): Promise<Measurement[]> {
  const { act } = market;
  const deepFirst = await tradeAndReport(market, deepTrades(market, 1_000_003n));
  const deep = await tradeAndReport(market, deepTrades(market, 1_500_007n));
  await tradeAndReport(market, wideTrades(market, 10_000_019n));
  const wide = await tradeAndReport(market, wideTrades(market, 15_000_017n));
  await watch(DEEP, market, deep);
  await watch(SPREAD, market, wide);

  const once = deepTrades(market, 1_700_021n);
  for (const trade of once) await act.recordTrade(trade);
  const known = pairsOf(once);
  const one = await act.report({ pairs: known.slice(0, 1) });
  const ten = await act.report({ pairs: known.slice(1, 11) });
  await requireApplied(market, known.slice(0, 11));
  return [
    row("recordTrade by a venue, first of both accounts in the instrument", used(deepFirst.trade)),
    row("recordTrade by a venue, again", used(deep.trade)),
    row("report 1 pair (transaction)", used(one.sent)),
    row("report 10 pairs (transaction)", used(ten.sent)),
    row("report 100 pairs of 20 accounts (transaction)", used(deep.sent)),
    row("report 100 pairs of 100 accounts (transaction)", used(wide.sent)),
    row("hub receives 1 pair", one.arrival.frameGas),
    row("hub receives 10 pairs", ten.arrival.frameGas),
    row("hub receives 100 pairs of 20 accounts", deep.arrival.frameGas),
    row("hub receives 100 pairs of 100 accounts", wide.arrival.frameGas),
    perItem(DEEP, deep, 100, "gas a pair", 20_000),
    perItem(SPREAD, wide, 100, "gas a pair", 25_000),
    perItem("hub receives 100 pairs of 20 accounts for the first time, each", deepFirst, 100, "gas a pair"),
  ];
}

const DEEP = "hub receives 100 known pairs of 20 accounts, each";
const SPREAD = "hub receives 100 known pairs of 100 accounts, each";

async function tradeAndReport(market: BenchMarket, trades: readonly BenchTrade[]) {
  let trade: TransactionReceipt | undefined;
  for (const one of trades) trade = await market.act.recordTrade(one);
  const pairs = pairsOf(trades);
  const message = await market.act.report({ pairs });
  await requireApplied(market, pairs);
  return { ...message, trade: trade! };
}

async function orders(market: BenchMarket): Promise<Measurement[]> {
  const { act, accounts } = market;
  await openOrderVenue(market, accounts.slice(0, 2));
  const [trade] = wideTrades(market, 2_000_003n);
  await act.fill(trade!, 1n);
  const again = await act.fill(trade!, 2n);
  await act.report({ pairs: pairsOf([trade!]) });
  return [row("trade by two signed orders, again", used(again))];
}

/** The first settlement writes what was zero; those at the later prices are measured. */
async function settlements({ network, act, accounts }: BenchMarket): Promise<Measurement[]> {
  const settleAt = async (seconds: number, percent: bigint, from: number, to: number) => {
    await network.hubChain.setTime(START + seconds);
    const proof = await act.priceProof(pricesAt(percent), START + seconds);
    return act.settle(WIDE, accounts.slice(from, to), proof);
  };
  await settleAt(SETTLE_TIMES[0], 103n, 0, ACCOUNTS);
  const two = await settleAt(SETTLE_TIMES[1], 101n, 0, 2);
  const all = await settleAt(SETTLE_TIMES[2], 104n, 0, ACCOUNTS);
  return [
    row("settle 2 accounts", used(two)),
    { what: "settle 100 accounts, each", value: used(all) / ACCOUNTS, unit: "gas an account" },
  ];
}

/** Of accounts that hold six instruments each. */
async function renewals({ act, accounts }: BenchMarket): Promise<Measurement[]> {
  const one = await act.renewCredit(accounts.slice(0, 1), await latestProof(act));
  const many = await act.renewCredit(accounts.slice(0, RENEWED), await latestProof(act));
  return [
    row(`renewCredit of 1 account with ${INSTRUMENTS.length} instruments (transaction)`, used(one.sent)),
    {
      what: `renewCredit of ${RENEWED} accounts with ${INSTRUMENTS.length} instruments, each`,
      value: used(many.sent) / RENEWED,
      unit: "gas an account",
    },
    row("vault receives credit of 1 account", one.arrival.frameGas),
    perItem(`vault receives credit of ${RENEWED} accounts, each`, many, RENEWED, "gas an account"),
  ];
}

async function withdrawals({ act, accounts }: BenchMarket): Promise<Measurement[]> {
  const requested = await act.requestWithdrawal(accounts[0]!, 1_234_567_891n, 1n);
  const [queued] = parseEventLogs({
    abi: clearingHubAbi,
    eventName: "WithdrawalQueued",
    logs: requested.logs,
  });
  const paid = await act.process(queued!.args.requestId, await latestProof(act));
  const [issued] = parseEventLogs({ abi: clearingHubAbi, eventName: "PayoutIssued", logs: paid.sent.logs });
  const result = await act.report({ payouts: [issued!.args.payoutId] });
  return [
    row("request a withdrawal by signature", used(requested)),
    row("process a withdrawal (transaction)", used(paid.sent)),
    row("vault receives pay, and pays", paid.arrival.frameGas),
    row("hub receives a payout result", result.arrival.frameGas),
  ];
}

function sizes(): Measurement[] {
  const { pair, deposit } = reportFormat.kinds;
  return [
    { what: "pair in a report", value: sizeOf(pair.layout), unit: "bytes", target: 40 },
    { what: "deposit in a report", value: sizeOf(deposit.layout), unit: "bytes", target: 50 },
  ];
}

function pricesAt(percent: bigint): ReadonlyMap<string, bigint> {
  return new Map([...FIRST_PRICES].map(([underlying, price]) => [underlying, (price * percent) / 100n]));
}

/** As others bring it again in the same moment: signatures are checked, no price is written. */
function latestProof(act: BenchMarket["act"]) {
  return act.priceProof(pricesAt(104n), START + SETTLE_TIMES[2]);
}

const used = ({ gasUsed }: TransactionReceipt): number => Number(gasUsed);

const row = (what: string, value: number): Measurement => ({ what, value, unit: "gas" });

function perItem(
  what: string,
  { arrival }: Message,
  items: number,
  unit: Measurement["unit"],
  target?: number,
): Measurement {
  return { what, value: arrival.frameGas / items, unit, ...(target !== undefined && { target }) };
}
