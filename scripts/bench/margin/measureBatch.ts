import { setImmediate as nextTurn } from "node:timers/promises";
import { type BatchMargin, batchMargin, newBatchMargin } from "../../../clearing/margin/batch/batchMargin.ts";
import { batchMarket } from "../../../clearing/margin/batch/batchMarket.ts";
import { type PortfolioMargin, portfolioMargin } from "../../../clearing/margin/portfolioMargin.ts";
import { CausewayError } from "../../../errors/CausewayError.ts";
import type { BenchRow } from "../../schema/bench.ts";
import { benchRow } from "../result.ts";
import { benchMarket, drawBooks, exactAccount, INSTRUMENTS_HELD } from "./benchBooks.ts";
import { type PlainMargin, plainAccounts, plainMargin } from "./plainLoop.ts";

export interface MeasureBatchParameters {
  accounts: number;
  /** Of these, so many by the exact model. */
  sample: number;
  seed: number;
  progress(line: string): void;
  signal?: AbortSignal;
}

const ROUNDS = 5;
const TARGET_MS = 1_000;
const PEER = "plain loop";

/**
 * Margins the same accounts in typed arrays, by a plain loop over objects, and some of them by the exact model, in one process: the median
 * of five rounds each, after one to warm up.
 *
 * @throws CausewayError `InternalInvariant` if they do not come to the same; the signal's reason if it aborts
 */
export async function measureBatch(parameters: MeasureBatchParameters): Promise<BenchRow[]> {
  const { accounts, seed, progress, signal } = parameters;
  const sample = Math.min(parameters.sample, accounts);
  const many = `${accounts.toLocaleString("en-US")} accounts of ${INSTRUMENTS_HELD} instruments`;
  progress(`drawing ${many}`);
  const terms = benchMarket();
  const market = batchMarket(terms);
  const books = drawBooks(terms, accounts, seed);

  progress("margining them in typed arrays");
  const fast = newBatchMargin(accounts);
  const fastMs = await median(() => batchMargin(market, books, fast), signal);
  progress(`by a ${PEER}`);
  const objects = plainAccounts(terms, market.places, books);
  let plain: PlainMargin[] = [];
  const plainMs = await median(() => {
    plain = objects.map((account) => plainMargin(account, market));
  }, signal);
  requireAgreed(fast, plain);
  progress(`${sample} of them by the exact model`);
  const asked = Array.from({ length: sample }, (_, account) =>
    exactAccount(terms, market.places, books, account),
  );
  let exact: PortfolioMargin[] = [];
  const exactMs = await median(() => {
    exact = asked.map(portfolioMargin);
  }, signal);
  requireExact(fast, exact);

  const perSecond = (count: number, ms: number): number => (1_000 * count) / ms;
  const peer = { name: PEER, value: perSecond(accounts, plainMs) };
  return [
    benchRow({
      what: `${many}, 30 scenarios, in typed arrays`,
      value: fastMs,
      unit: "ms",
      direction: "min",
      target: TARGET_MS,
      peer: { name: PEER, value: plainMs },
    }),
    benchRow({
      what: "in typed arrays",
      value: perSecond(accounts, fastMs),
      unit: "accounts/s",
      direction: "max",
      peer,
    }),
    benchRow({
      what: `exact, ${sample.toLocaleString("en-US")} of them`,
      value: perSecond(sample, exactMs),
      unit: "accounts/s",
      direction: "max",
      peer,
    }),
  ];
}

/** Milliseconds. Between rounds signals are heard. */
async function median(work: () => void, signal: AbortSignal | undefined): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    await nextTurn();
    signal?.throwIfAborted();
    const began = performance.now();
    work();
    if (round > 0) times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[ROUNDS >> 1]!;
}

/** Two computations in doubles: twice the error of one. */
function requireAgreed(fast: BatchMargin, plain: readonly PlainMargin[]): void {
  plain.forEach(({ initial, maintenance, equity }, account) => {
    const error = 2 * fast.error[account]!;
    const isSame =
      Math.abs(fast.initial[account]! - initial) <= error &&
      Math.abs(fast.maintenance[account]! - maintenance) <= error &&
      Math.abs(fast.equity[account]! - equity) <= 2 * fast.equityError[account]!;
    if (!isSame) throw disagreed(PEER, account);
  });
}

function requireExact(fast: BatchMargin, exact: readonly PortfolioMargin[]): void {
  exact.forEach((margin, account) => {
    // The amounts themselves become doubles here.
    const error = fast.error[account]! * (1 + 2 ** -20) + Number(margin.initial) / 2 ** 110;
    const isNear =
      Math.abs(fast.initial[account]! - Number(margin.initial) / 1e18) <= error &&
      Math.abs(fast.maintenance[account]! - Number(margin.maintenance) / 1e18) <= error;
    if (!isNear) throw disagreed("exact model", account);
  });
}

function disagreed(who: string, account: number): CausewayError {
  const what = `the batch and the ${who} differ about account ${account}`;
  return new CausewayError("InternalInvariant", { details: { what } });
}
