import type { MarketParameters, OptionSeries } from "../../chains/markets.ts";
import { option } from "../../clearing/codec/instrumentId.ts";
import { ceilDiv } from "../../clearing/math.ts";
import { localOptions } from "../devnet/localMarket.ts";

/** An option trade of the demo; names are `accounts`' of the plan. */
export interface PlannedOptionTrade {
  /** Id of the option. */
  instrument: `0x${string}`;
  underlying: string;
  buyer: string;
  seller: string;
  /** Chain index. */
  chain: number;
  /** 1e-8 of the underlying. */
  base: bigint;
}

export interface PlannedOptions {
  trades: readonly PlannedOptionTrade[];
  /** Unix seconds at which some of the options expire, within the demo; `undefined` without options. */
  expiry: number | undefined;
}

export interface PlanOptionsParameters {
  traders: readonly string[];
  chains: number;
  markets: readonly MarketParameters[];
  firstPrices: ReadonlyMap<string, bigint>;
  expiry: number;
}

/** Underlyings whose options the demo lists and trades. */
export const OPTION_UNDERLYINGS = 2;
/** Notional of the underlying in each trade, dollars. */
const NOTIONAL_USD = 5_000n;
const TRADERS_EACH = 3;
/** Of the scan range; a bound of what one option alone can need: a reference's rate is known only once it is priced. */
const NEED_PERCENT = 250n;

/** The options that the demo's markets list: some that expire while it runs, some that do not. */
export function demoOptions(priceWad: bigint, expiry: number): readonly OptionSeries[] {
  const [later, ...none] = localOptions(priceWad, expiry);
  return later === undefined ? none : [{ ...later, expiry }, later];
}

/**
 * Three traders of each underlying: a call is bought on one chain and sold on another, a put is bought, and what expires is bought on one chain and
 * half of it sold on another.
 */
export function planOptions(parameters: PlanOptionsParameters): PlannedOptions {
  const { traders, chains, markets, firstPrices, expiry } = parameters;
  if (traders.length < TRADERS_EACH) return { trades: [], expiry: undefined };
  const trades = markets.flatMap(({ underlying, options = [] }, index) => {
    const [soon, later] = options;
    if (soon === undefined || later === undefined) return [];
    const who = (at: number) => traders[(TRADERS_EACH * index + at) % traders.length]!;
    const base = (NOTIONAL_USD * 10n ** 26n) / firstPrices.get(underlying)!;
    const [low, middle] = [soon.strikes[0]!, later.strikes[1]!];
    const call = option({ underlying, expiry: later.expiry, strike: middle, right: "call" });
    const put = option({ underlying, expiry: later.expiry, strike: middle, right: "put" });
    const expiring = option({ underlying, expiry: soon.expiry, strike: low, right: "call" });
    const [here, there] = [index % chains, (index + 1) % chains];
    return [
      { instrument: call, buyer: who(0), seller: who(1), chain: here, base },
      { instrument: call, buyer: who(2), seller: who(0), chain: there, base },
      { instrument: put, buyer: who(1), seller: who(2), chain: there, base },
      { instrument: expiring, buyer: who(2), seller: who(0), chain: here, base },
      { instrument: expiring, buyer: who(1), seller: who(2), chain: there, base: base / 2n },
    ].map((trade) => ({ ...trade, underlying }));
  });
  return { trades, expiry: trades.length > 0 ? expiry : undefined };
}

/** Most that a side of a trade may be charged, cents: an option costs what it is worth. */
export function optionNeedCents({ base }: PlannedOptionTrade, priceWad: bigint, ratePpm: bigint): bigint {
  return ceilDiv(base * priceWad * ratePpm * NEED_PERCENT, 10n ** 24n * 1_000_000n * 100n);
}
