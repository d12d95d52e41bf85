import { isUnderlying } from "../../clearing/codec/instrumentId.ts";
import { exactDecimal, portfolioError } from "./portfolioError.ts";

/** Hour of the day, UTC, at which options expire. */
const EXPIRY_HOUR = 8;
const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

export interface OptionName {
  underlying: string;
  /** As in the name: 26DEC25. */
  date: string;
  /** Unix seconds. */
  expiry: bigint;
  strikeWad: bigint;
  right: "call" | "put";
}

export type InstrumentName = ({ kind: "option" } & OptionName) | { kind: "perpetual"; underlying: string };

/**
 * The instrument of a name such as `BTC-PERP` or `BTC-26DEC25-60000-C`.
 *
 * @throws CausewayError `PortfolioInvalid`
 */
export function parseInstrument(key: string, name: string): InstrumentName {
  const perpetual = /^(.+)-PERP$/.exec(name)?.[1];
  if (perpetual !== undefined && isUnderlying(perpetual)) return { kind: "perpetual", underlying: perpetual };
  const [, underlying = "", date = "", strike = "", right] =
    /^(.+)-(\d{1,2}[A-Z]{3}\d{2})-(\d+(?:\.\d+)?)-([CP])$/.exec(name) ?? [];
  const expiry = expiryOf(date);
  const strikeWad = right === undefined ? 0n : exactDecimal(key, strike, 18);
  if (!isUnderlying(underlying) || expiry === null || strikeWad === 0n)
    throw portfolioError(key, name, "BTC-PERP, or an option such as BTC-26DEC25-60000-C");
  return { kind: "option", underlying, date, expiry, strikeWad, right: right === "C" ? "call" : "put" };
}

/** Null for what is not a date, such as 31FEB26. */
function expiryOf(date: string): bigint | null {
  const [, day = "", month = "", year = ""] = /^(\d{1,2})([A-Z]{3})(\d{2})$/.exec(date) ?? [];
  const at = new Date(Date.UTC(2000 + Number(year), MONTHS.indexOf(month), Number(day), EXPIRY_HOUR));
  return date !== "" && at.getUTCDate() === Number(day) && MONTHS[at.getUTCMonth()] === month
    ? BigInt(at.getTime() / 1000)
    : null;
}
