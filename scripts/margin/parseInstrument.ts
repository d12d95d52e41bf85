import { isUnderlying } from "../../clearing/codec/instrumentId.ts";
import { type OptionName as NamedOption, parseOptionName } from "../../clearing/codec/instrumentName.ts";
import { exactDecimal, portfolioError } from "./portfolioError.ts";

export interface OptionName extends Pick<NamedOption, "underlying" | "date" | "right"> {
  /** Unix seconds. */
  expiry: bigint;
  strikeWad: bigint;
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
  const named = parseOptionName(name);
  const strikeWad = named === undefined ? 0n : exactDecimal(key, named.strike, 18);
  if (named === undefined || !isUnderlying(named.underlying) || strikeWad === 0n)
    throw portfolioError(key, name, "BTC-PERP, or an option such as BTC-26DEC25-60000-C");
  const { underlying, date, expiry, right } = named;
  return { kind: "option", underlying, date, expiry: BigInt(expiry), strikeWad, right };
}
