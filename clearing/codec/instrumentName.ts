import type { Hex } from "viem";
import { formatDecimal, parseDecimal } from "../decimal.ts";
import {
  isUnderlying,
  type OptionTerms,
  option,
  optionTerms,
  perpetual,
  underlyingOf,
  underlyingSymbol,
} from "./instrumentId.ts";

const STRIKE_DECIMALS = 8;
const MAX_STRIKE = 2n ** 72n - 1n;
/** Hour of the day, UTC, at which options expire whose name says no time. */
const EXPIRY_HOUR = 8;
const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/** What the name of an option says. */
export interface OptionName {
  underlying: string;
  /** As in the name: 26DEC25, or 26DEC25T1930 if it is not at 8:00 UTC. */
  date: string;
  /** Unix seconds. */
  expiry: number;
  /** Dollars, a plain decimal. */
  strike: string;
  right: "call" | "put";
}

/** How people call an instrument: a perpetual by its underlying, an option as in `BTC-26DEC25-60000-C`. */
export function instrumentName(instrument: Hex): string {
  const terms = optionTerms(instrument);
  if (terms === null) return underlyingSymbol(underlyingOf(instrument));
  const { underlying, expiry, strike, right } = terms;
  const side = right === "call" ? "C" : "P";
  return [underlying, dateOf(expiry), formatDecimal(strike, STRIKE_DECIMALS), side].join("-");
}

/** The instrument of a name: `BTC`, `BTC-PERP`, or an option's; undefined if it is none. */
export function parseInstrumentName(name: string): Hex | undefined {
  const named = parseOptionName(name);
  if (named !== undefined) {
    const { underlying, expiry, right } = named;
    const strike = parseDecimal(named.strike, STRIKE_DECIMALS);
    const fits = strike !== null && strike > 0n && strike <= MAX_STRIKE && isUnderlying(underlying);
    return fits ? option({ underlying, expiry, strike, right } satisfies OptionTerms) : undefined;
  }
  const symbol = name.replace(/-PERP$/, "");
  return isUnderlying(symbol) ? perpetual(symbol) : undefined;
}

/** Takes the name of an option apart; undefined if it is not like one. */
export function parseOptionName(name: string): OptionName | undefined {
  const [, underlying = "", date = "", strike = "", side] =
    /^(.+)-(\d{1,2}[A-Z]{3}\d{2}(?:T\d{4}(?:\d{2})?)?)-(\d+(?:\.\d+)?)-([CP])$/.exec(name) ?? [];
  const expiry = expiryOf(date);
  if (expiry === undefined) return undefined;
  return { underlying, date, expiry, strike, right: side === "C" ? "call" : "put" };
}

/** Unix seconds of a date as names have it; undefined for what is none, such as 31FEB26. */
export function expiryOf(date: string): number | undefined {
  const [, day = "", month = "", year = "", time] =
    /^(\d{1,2})([A-Z]{3})(\d{2})(?:T(\d{4}(?:\d{2})?))?$/.exec(date) ?? [];
  const [hour, minute, second] =
    time === undefined ? [EXPIRY_HOUR, 0, 0] : [0, 2, 4].map((at) => Number(time.slice(at, at + 2)));
  const at = new Date(
    Date.UTC(2000 + Number(year), MONTHS.indexOf(month), Number(day), hour, minute, second),
  );
  const isOne =
    date !== "" &&
    at.getUTCDate() === Number(day) &&
    MONTHS[at.getUTCMonth()] === month &&
    at.getUTCHours() === hour &&
    at.getUTCMinutes() === minute;
  return isOne ? at.getTime() / 1_000 : undefined;
}

function dateOf(expiry: number): string {
  const at = new Date(expiry * 1_000);
  const two = (value: number) => String(value).padStart(2, "0");
  const date = `${at.getUTCDate()}${MONTHS[at.getUTCMonth()]}${two(at.getUTCFullYear() % 100)}`;
  const [hour, minute, second] = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()];
  if (hour === EXPIRY_HOUR && minute === 0 && second === 0) return date;
  return `${date}T${two(hour)}${two(minute)}${second === 0 ? "" : two(second)}`;
}
