import {
  type OptionName as NamedOption,
  parseInstrumentName,
  parseOptionName,
} from "../../clearing/codec/instrumentName.ts";
import { exactDecimal, portfolioError } from "./portfolioError.ts";

export interface OptionName extends Pick<NamedOption, "underlying" | "date" | "right"> {
  /** Unix seconds. */
  expiry: bigint;
  strikeWad: bigint;
}

export type InstrumentName = (
  | ({ kind: "option" } & OptionName)
  | { kind: "perpetual"; underlying: string }
) & {
  /** The same however the name is written: 1DEC25 is 01DEC25. */
  id: string;
};

/**
 * The instrument of a name such as `BTC-PERP` or `BTC-26DEC25-60000-C`.
 *
 * @throws CausewayError `PortfolioInvalid`
 */
export function parseInstrument(key: string, name: string): InstrumentName {
  const perpetual = /^(.+)-PERP$/.exec(name)?.[1];
  const named = parseOptionName(name);
  const id = parseInstrumentName(name);
  if (id === undefined || (perpetual === undefined && named === undefined))
    throw portfolioError(key, name, "BTC-PERP, or an option such as BTC-26DEC25-60000-C");
  if (named === undefined) return { kind: "perpetual", id, underlying: perpetual! };
  const { underlying, date, expiry, strike, right } = named;
  return {
    kind: "option",
    id,
    underlying,
    date,
    expiry: BigInt(expiry),
    strikeWad: exactDecimal(key, strike, 18),
    right,
  };
}
