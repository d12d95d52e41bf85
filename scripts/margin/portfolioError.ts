import { parseDecimal } from "../../clearing/decimal.ts";
import { CausewayError } from "../../errors/CausewayError.ts";

/** A value of a portfolio file that cannot be. */
export function portfolioError(key: string, found: string, expected: string): CausewayError {
  return new CausewayError("PortfolioInvalid", { details: { key, found, expected } });
}

/**
 * A signed decimal, exact at so many decimals.
 *
 * @throws CausewayError `PortfolioInvalid`
 */
export function exactDecimal(key: string, text: string, decimals: number): bigint {
  const value = parseDecimal(text.replace(/^-/, ""), decimals);
  if (value === null) throw portfolioError(key, text, `a plain decimal with at most ${decimals} decimals`);
  return text.startsWith("-") ? -value : value;
}
