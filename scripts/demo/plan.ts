import { basename } from "node:path";
import type { MarketParameters } from "../../chains/markets.ts";
import { random } from "../../clearing/random.ts";
import { assignChains, type PlacedTrade } from "../../clearing/tape/assignChains.ts";
import type { TapeTrade } from "../../clearing/tape/parseTape.ts";
import { selectTraders } from "../../clearing/tape/selectTraders.ts";
import { lastPrices } from "../../clearing/tape/tapePositions.ts";
import { tradeCharge } from "../../clearing/tradeCharge.ts";
import { localMarket } from "../devnet/localMarket.ts";
import {
  demoOptions,
  OPTION_UNDERLYINGS,
  optionNeedCents,
  type PlannedOptions,
  type PlannedOptionTrade,
  planOptions,
} from "./planOptions.ts";

/** Signed room above the charges that the tape would cause at its own prices: for moves between reference and trade. */
const CREDIT_MARGIN_PERCENT = 130n;
/** Equity above the credit: for the margin of what was traded, for losses, and so that there is something to withdraw. */
const EQUITY_PERCENT = 150n;
const MIN_CREDIT_CENTS = 50_00n;
/** Some options expire so long after the start: beyond what the demo takes to trade them, even on a slow machine. */
const EXPIRES_AFTER_SECONDS = 900;
/** At a full minute, for its name. */
const MINUTE_SECONDS = 60;

/** One account of the demo. Its name is the tape's. */
export interface PlannedAccount {
  name: string;
  role: "trader" | "maker";
  /** Chain index of its home: where it deposits, where its owner's address is believed. 0 is the hub's chain. */
  home: number;
  /** Credit that its trades need, by chain index, cents. */
  creditCents: readonly bigint[];
  /** What it deposits: the dollar value, by chain index and asset. */
  deposits: readonly { chain: number; symbol: string; cents: bigint }[];
}

export interface DemoPlan {
  /** File name of the tape. */
  tape: string;
  rows: number;
  chains: number;
  accounts: readonly PlannedAccount[];
  /** By time; `buyer` and `seller` are names of `accounts`. */
  trades: readonly PlacedTrade[];
  markets: readonly MarketParameters[];
  /** First and last price by underlying, 1e18. */
  firstPrices: ReadonlyMap<string, bigint>;
  marks: ReadonlyMap<string, bigint>;
  options: PlannedOptions;
  skipped: { otherUnderlying: number; noTrader: number };
}

export interface PlanDemoParameters {
  file: string;
  /** Its trades. */
  tape: readonly TapeTrade[];
  chains: number;
  traders: number;
  seed: number;
  /** When the demo starts, unix seconds. */
  now: number;
}

/** Who trades what where, and what they must deposit for it: all that the demo decides before it starts. */
export function planDemo({ file, tape, chains, traders, seed, now }: PlanDemoParameters): DemoPlan {
  const selection = selectTraders({ trades: tape, traders, seed });
  const placed = assignChains({
    trades: selection.trades,
    chains,
    seed,
    spread: new Set(selection.traders),
  });
  const marks = byUnderlying(lastPrices(placed.trades));
  const firstPrices = byUnderlying(lastPrices(placed.trades.toReversed()));
  const expiry = Math.ceil((now + EXPIRES_AFTER_SECONDS) / MINUTE_SECONDS) * MINUTE_SECONDS;
  const markets = selection.underlyings.map((underlying, index) => ({
    ...localMarket(underlying, marks.get(underlying)!),
    ...(index < OPTION_UNDERLYINGS && { options: demoOptions(firstPrices.get(underlying)!, expiry) }),
  }));
  const options = planOptions({ traders: selection.traders, chains, markets, firstPrices, expiry });
  const needs = creditNeeds(placed.trades, options.trades, chains, markets, firstPrices);
  const draw = random(seed);
  const accounts = [
    ...selection.traders.map((name, i) => planTrader(name, i, chains, needs.get(name)!, draw, marks)),
    ...selection.makers
      .filter((name) => needs.has(name))
      .map((name, i) => planMaker(name, i, chains, needs.get(name)!)),
  ];
  return {
    tape: basename(file),
    rows: tape.length,
    chains,
    accounts,
    trades: placed.trades,
    markets,
    firstPrices,
    marks,
    options,
    skipped: selection.skipped,
  };
}

function byUnderlying(prices: ReadonlyMap<string, bigint>): Map<string, bigint> {
  return new Map([...prices].map(([instrument, price]) => [instrument.replace(/-PERP$/, ""), price]));
}

function creditNeeds(
  trades: readonly PlacedTrade[],
  options: readonly PlannedOptionTrade[],
  chains: number,
  markets: readonly MarketParameters[],
  firstPrices: ReadonlyMap<string, bigint>,
): Map<string, bigint[]> {
  const byName = new Map(markets.map((market) => [market.underlying, market]));
  const needs = new Map<string, bigint[]>();
  const add = (account: string, chain: number, cents: bigint): void => {
    const found = needs.get(account) ?? Array.from({ length: chains }, () => 0n);
    found[chain]! += cents;
    needs.set(account, found);
  };
  for (const trade of trades) {
    const { buyerCents, sellerCents } = chargeOf(trade, byName.get(trade.underlying)!);
    add(trade.buyer, trade.chain, buyerCents);
    add(trade.seller, trade.chain, sellerCents);
  }
  for (const trade of options) {
    const { buyer, seller, chain, underlying } = trade;
    const cents = optionNeedCents(trade, firstPrices.get(underlying)!, byName.get(underlying)!.ratePpm);
    add(buyer, chain, cents);
    add(seller, chain, cents);
  }
  for (const credit of needs.values()) {
    for (const [chain, cents] of credit.entries()) {
      const signed = (cents * CREDIT_MARGIN_PERCENT) / 100n;
      credit[chain] = cents === 0n ? 0n : signed < MIN_CREDIT_CENTS ? MIN_CREDIT_CENTS : signed;
    }
  }
  return needs;
}

function chargeOf(trade: TapeTrade, market: MarketParameters) {
  return tradeCharge({
    base: trade.base,
    priceWad: trade.priceWad,
    referencePriceWad: trade.priceWad,
    ratePpm: market.ratePpm,
    feePpm: market.feePpm,
  });
}

/** Traders deposit at home: some in dollars alone, some half in ether or bitcoin where the tape prices them. */
function planTrader(
  name: string,
  index: number,
  chains: number,
  creditCents: readonly bigint[],
  draw: ReturnType<typeof random>,
  marks: ReadonlyMap<string, bigint>,
): PlannedAccount {
  const home = index % chains;
  const cents = equityCents(creditCents);
  const [symbol, underlying] =
    draw.integer(2) === 0 ? (["WETH", "ETH"] as const) : (["WBTC", "BTC"] as const);
  const half = cents / 2n;
  const deposits =
    index % 3 === 0 || !marks.has(underlying)
      ? [{ chain: home, symbol: "USDC", cents }]
      : [
          { chain: home, symbol: "USDC", cents: half },
          // Valued at 90 % as initial margin: a quarter more than half makes up for it and for a falling price.
          { chain: home, symbol, cents: (half * 5n) / 4n },
        ];
  return { name, role: "trader", home, creditCents, deposits };
}

/** Makers stand ready everywhere: a part of their dollars on each chain, so that payouts find liquidity. */
function planMaker(
  name: string,
  index: number,
  chains: number,
  creditCents: readonly bigint[],
): PlannedAccount {
  const each = equityCents(creditCents) / BigInt(chains) + 1n;
  const deposits = Array.from({ length: chains }, (_, chain) => ({ chain, symbol: "USDC", cents: each }));
  return { name, role: "maker", home: index % chains, creditCents, deposits };
}

function equityCents(creditCents: readonly bigint[]): bigint {
  const credit = creditCents.reduce((total, cents) => total + cents, 0n);
  return (credit * EQUITY_PERCENT) / 100n + MIN_CREDIT_CENTS;
}
