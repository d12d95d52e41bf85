import { parseEventLogs, type TransactionReceipt } from "viem";
import { clearingHubAbi } from "../../../chains/abi/index.ts";
import { settlementAsset } from "../../../chains/assets.ts";
import { sizeOf } from "../../../clearing/codec/layout.ts";
import { reportFormat } from "../../../clearing/codec/report.ts";
import { untilAborted } from "../../interruption.ts";
import type { Measurement } from "../snapshot.ts";
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
import type { ProfiledCall } from "./profileFrame.ts";
import { requireApplied } from "./requireApplied.ts";

export interface MeasureGasParameters {
  progress(line: string): void;
  signal?: AbortSignal;
  /** Is given the calls on which most depends, while the chains run, with the number of items that share each. */
  onCall?(what: string, call: ProfiledCall, items: number): Promise<void>;
}

type Watch = NonNullable<MeasureGasParameters["onCall"]>;

/**
 * Five bytes of calldata, 12 gas each, that become zero or no longer are. Signatures name the contract that they are for: if its address
 * moves, because something else is deployed before it, all of their bytes change. What a call's frame takes does not depend on them.
 */
const SIGNATURE_SLACK = 60;
const SETTLE_TIMES = [60, 120, 180] as const;
const RENEWED = 20;

/**
 * Measures what everything costs on real chains with the real LayerZero. Keys, clocks, prices and the order of all transactions are fixed,
 * so the same contracts at the same addresses take the same gas to the unit in every run, on every machine.
 *
 * @throws the signal's reason if it aborts
 */
export async function measureGas(parameters: MeasureGasParameters): Promise<Measurement[]> {
  const { progress, signal, onCall = async () => {} } = parameters;
  progress("starting two local chains with LayerZero V2 and our contracts, opening 100 accounts");
  const market = await untilAborted(startBenchMarket(), signal);
  try {
    return await untilAborted(measureAll(market, progress, onCall), signal);
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
    transaction("deposit, first of an account", first),
    transaction("deposit, again", again),
    frame("hub receives a deposit, first of an account", firstSeen),
    frame("hub receives a deposit, again", againSeen),
  ];
}

/** The pairs are reported once, traded again, and reported again: that one is measured. */
async function reports(market: BenchMarket, watch: Watch): Promise<Measurement[]> {
  const { act } = market;
  const deepFirst = await tradeAndReport(market, deepTrades(market, 1_000_003n));
  const deep = await tradeAndReport(market, deepTrades(market, 1_500_007n));
  // With a hundred names they need more gas than one report may.
  const introduced = wideTrades(market, 10_000_019n);
  const half = Math.ceil(introduced.length / 2);
  await tradeAndReport(market, introduced.slice(0, half));
  await tradeAndReport(market, introduced.slice(half));
  const wide = await tradeAndReport(market, wideTrades(market, 15_000_017n));
  const { hubChain, hub, spoke } = market.network;
  for (const [what, { arrival }] of [
    [DEEP, deep],
    [SPREAD, wide],
  ] as const) {
    const transaction = arrival.receipt.transactionHash;
    await watch(what, { chain: hubChain, transaction, to: hub.clearingHub }, HUNDRED_PAIRS.items);
  }
  const atVault = { chain: spoke, to: spoke.deployment.causeway.vault };
  await watch(REPORT, { ...atVault, transaction: deep.sent.transactionHash }, HUNDRED_PAIRS.items);
  await watch(TRADE, { ...atVault, transaction: deep.trade.transactionHash }, 1);

  const once = deepTrades(market, 1_700_021n);
  for (const trade of once) await act.recordTrade(trade);
  const known = pairsOf(once);
  const one = await act.report({ pairs: known.slice(0, 1) });
  const ten = await act.report({ pairs: known.slice(1, 11) });
  await requireApplied(market, known.slice(0, 11));
  return [
    transaction("recordTrade by a venue, first of both accounts in the instrument", deepFirst.trade),
    transaction(TRADE, deep.trade),
    transaction("report 1 pair (transaction)", one.sent),
    transaction("report 10 pairs (transaction)", ten.sent),
    transaction(REPORT, deep.sent),
    transaction("report 100 pairs of 100 accounts (transaction)", wide.sent),
    frame("hub receives 1 pair", one),
    frame("hub receives 10 pairs", ten),
    frame("hub receives 100 pairs of 20 accounts", deep),
    frame("hub receives 100 pairs of 100 accounts", wide),
    frame(DEEP, deep, { ...HUNDRED_PAIRS, target: 20_000 }),
    frame(SPREAD, wide, { ...HUNDRED_PAIRS, target: 25_000 }),
    frame("hub receives 100 pairs of 20 accounts for the first time, each", deepFirst, HUNDRED_PAIRS),
  ];
}

const TRADE = "recordTrade by a venue, again";
const REPORT = "report 100 pairs of 20 accounts (transaction)";
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
  return [transaction("trade by two signed orders, again", again)];
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
    transaction("settle 2 accounts", two),
    transaction("settle 100 accounts, each", all, { items: ACCOUNTS, unit: "gas an account" }),
  ];
}

/** Of accounts that hold six instruments each. */
async function renewals({ act, accounts }: BenchMarket): Promise<Measurement[]> {
  const one = await act.renewCredit(accounts.slice(0, 1), await latestProof(act));
  const many = await act.renewCredit(accounts.slice(0, RENEWED), await latestProof(act));
  return [
    transaction(`renewCredit of 1 account with ${INSTRUMENTS.length} instruments (transaction)`, one.sent),
    transaction(
      `renewCredit of ${RENEWED} accounts with ${INSTRUMENTS.length} instruments, each`,
      many.sent,
      {
        items: RENEWED,
        unit: "gas an account",
      },
    ),
    frame("vault receives credit of 1 account", one),
    frame(`vault receives credit of ${RENEWED} accounts, each`, many, {
      items: RENEWED,
      unit: "gas an account",
    }),
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
    transaction("request a withdrawal by signature", requested),
    transaction("process a withdrawal (transaction)", paid.sent),
    frame("vault receives pay, and pays", paid),
    frame("hub receives a payout result", result),
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

/** How a figure is shared among items. */
interface Share {
  items: number;
  unit: Measurement["unit"];
  target?: number;
}

const WHOLE: Share = { items: 1, unit: "gas" };
const HUNDRED_PAIRS: Share = { items: 100, unit: "gas a pair" };

/** A whole transaction, its calldata included. */
function transaction(
  what: string,
  { gasUsed }: TransactionReceipt,
  { items, unit }: Share = WHOLE,
): Measurement {
  return { what, value: Number(gasUsed) / items, unit, slack: SIGNATURE_SLACK / items };
}

/** A receiver's `lzReceive` alone. */
function frame(what: string, { arrival }: Message, { items, ...share }: Share = WHOLE): Measurement {
  return { what, value: arrival.frameGas / items, ...share };
}
