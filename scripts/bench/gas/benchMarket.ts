import type { Hex } from "viem";
import { settlementAsset } from "../../../chains/assets.ts";
import { DEFAULT_FUNDING } from "../../../chains/markets.ts";
import { accountId } from "../../../clearing/codec/accountId.ts";
import { perpetual, underlyingId } from "../../../clearing/codec/instrumentId.ts";
import { demoKey } from "../../demo/actors.ts";
import { localMarket } from "../../devnet/localMarket.ts";
import { type BenchAccount, type BenchActions, type BenchTrade, benchActions } from "./actions.ts";
import { type BenchNetwork, startBenchNetwork } from "./benchNetwork.ts";

const WAD = 10n ** 18n;
const SEED = 1;
const HOUR = 3_600;
/** Unix seconds: later than any clock of today, as no chain goes back; without zero bytes, which cost less than others. */
export const START = 4_000_000_001;
export const ACCOUNTS = 100;
/** The first so many accounts also hold the first so many instruments: as many pairs as all accounts have in the last one. */
const DEEP_ACCOUNTS = 20;
const DEEP_INSTRUMENTS = 5;
const DEPOSIT_DOLLARS = 1_000_000n;
/** Credit of each account, and its allowance for each venue. */
const CREDIT_CENTS = 50_000_000n;

export const FIRST_PRICES: ReadonlyMap<string, bigint> = new Map(
  Object.entries({ ETH: 4_000n, BTC: 100_000n, SOL: 200n, XRP: 2n, LINK: 20n, AVAX: 40n }).map(
    ([underlying, dollars]) => [underlying, dollars * WAD],
  ),
);
export const INSTRUMENTS: readonly Hex[] = [...FIRST_PRICES.keys()].map(perpetual);
/** The one that all accounts hold. */
export const WIDE = INSTRUMENTS[DEEP_INSTRUMENTS]!;

/** A network on which a hundred accounts can trade; nothing was traded yet. */
export interface BenchMarket {
  network: BenchNetwork;
  act: BenchActions;
  accounts: readonly BenchAccount[];
  account(index: number): BenchAccount;
}

/** Starts it: deposits, mandates, credit, terms and prices have arrived. The caller stops `network`. */
export async function startBenchMarket(): Promise<BenchMarket> {
  const network = await startBenchNetwork(
    // One sample makes a rate, so that there is funding without an hour of them.
    [...FIRST_PRICES].map(([underlying, priceWad]) => ({
      ...localMarket(underlying, priceWad),
      funding: { ...DEFAULT_FUNDING, minSamples: 1 },
    })),
  );
  try {
    const act = benchActions(network, START);
    await network.hubChain.setTime(START - HOUR);
    await act.postBooks(FIRST_PRICES, START - HOUR);
    await Promise.all([network.hubChain, network.spoke].map((chain) => chain.setTime(START)));
    await beFunded(act);
    const account = (index: number): BenchAccount => {
      const owner = demoKey(SEED, `bench ${index}`);
      return { owner, id: accountId(owner.address, network.spoke.definition.eid) };
    };
    const accounts = Array.from({ length: ACCOUNTS }, (_, index) => account(index));
    await openAccounts(network, act, accounts);
    return { network, act, accounts, account };
  } catch (cause) {
    await network.stop();
    throw cause;
  }
}

/** Indices of funding that are zero would cost less. */
async function beFunded(act: BenchActions): Promise<void> {
  const proof = await act.priceProof(FIRST_PRICES, START);
  for (const instrument of INSTRUMENTS) await act.accrueFunding(instrument, proof);
}

async function openAccounts(
  network: BenchNetwork,
  act: BenchActions,
  accounts: readonly BenchAccount[],
): Promise<void> {
  const { courier, venue } = network;
  await act.fund(courier, BigInt(ACCOUNTS) * DEPOSIT_DOLLARS);
  for (const account of accounts) {
    await act.deposit(courier, account, DEPOSIT_DOLLARS);
    await act.setMandate(account, venue.address, CREDIT_CENTS, 1n);
  }
  await act.report({
    deposits: accounts.map(({ id }) => ({ account: id, asset: settlementAsset.id, purpose: 0 })),
  });
  await act.renewCredit(accounts, await act.priceProof(FIRST_PRICES, START));
  await act.push({ instruments: INSTRUMENTS, prices: [...FIRST_PRICES.keys()].map(underlyingId) });
  await act.push({ venues: accounts.map(({ id }) => ({ account: id, venue: venue.address })) });
}

/** Lets two accounts also trade through the venue of signed orders. */
export async function openOrderVenue({ network, act }: BenchMarket, accounts: readonly BenchAccount[]) {
  const venue = network.spoke.deployment.causeway.orderVenue;
  for (const account of accounts) await act.setMandate(account, venue, CREDIT_CENTS, 2n);
  await act.push({ venues: accounts.map(({ id }) => ({ account: id, venue })) });
}

/** A hundred pairs over twenty accounts: neighbours trade each of five instruments. `base` 1e-8. */
export function deepTrades({ accounts }: BenchMarket, base: bigint): BenchTrade[] {
  const few = accounts.slice(0, DEEP_ACCOUNTS);
  return INSTRUMENTS.slice(0, DEEP_INSTRUMENTS).flatMap((instrument) => trades(few, instrument, base));
}

/** A hundred pairs over a hundred accounts: neighbours trade one instrument. */
export function wideTrades({ accounts }: BenchMarket, base: bigint): BenchTrade[] {
  return trades(accounts, WIDE, base);
}

/** What a report of these trades has to carry. */
export function pairsOf(done: readonly BenchTrade[]): { account: Hex; instrument: Hex }[] {
  return done.flatMap(({ buyer, seller, instrument }) =>
    [buyer, seller].map(({ id }) => ({ account: id, instrument })),
  );
}

function trades(accounts: readonly BenchAccount[], instrument: Hex, base: bigint): BenchTrade[] {
  const priceWad = [...FIRST_PRICES.values()][INSTRUMENTS.indexOf(instrument)]!;
  return Array.from({ length: accounts.length / 2 }, (_, i) => ({
    buyer: accounts[2 * i]!,
    seller: accounts[2 * i + 1]!,
    instrument,
    // All different, as trades are.
    base: base + BigInt(i * 1_001),
    priceWad,
  }));
}
