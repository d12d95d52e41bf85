import { median } from "./median.ts";
import type { OptionQuote } from "./optionQuote.ts";

/** How many strikes, those nearest to the forward, parity is read from. */
const PARITY_STRIKES = 5;

export interface ExpiryForward {
  /** Dollars. */
  forward: number;
  source: "quoted" | "parity";
  /** How much put-call parity differs from it, 1e-4 of it; `null` where no strike has both options quoted. */
  parityGapBps: number | null;
}

/**
 * The forward of one expiry, or `null` where neither the chain nor put-call parity tells it.
 *
 * The chain's own is preferred: a venue gives it to the cent for the moment of each quote, while parity is no finer than a tick of the options
 * (0.0005 coin, 34 dollars at 68,000) and needs calls and puts of one moment. Parity is for chains without it, and a check of those with it.
 */
export function expiryForward(quotes: readonly OptionQuote[]): ExpiryForward | null {
  const quoted = quotes.flatMap(({ forward }) => (forward === null ? [] : [forward]));
  const parity = parityForward(quotes);
  if (quoted.length === 0)
    return parity === null ? null : { forward: parity, source: "parity", parityGapBps: 0 };
  const forward = median(quoted);
  const parityGapBps = parity === null ? null : (parity / forward - 1) * 10_000;
  return { forward, source: "quoted", parityGapBps };
}

/** Call − put = 1 − K/F where both are paid in coin, so F = K / (1 − (call − put)). */
function parityForward(quotes: readonly OptionQuote[]): number | null {
  const byStrike = Map.groupBy(quotes, ({ strike }) => strike);
  const differences = Array.from(byStrike, ([strike, options]) => {
    const [call, put] = [middle(options, "call"), middle(options, "put")];
    return call === null || put === null ? [] : [{ strike, difference: call - put }];
  }).flat();
  const nearest = differences
    .sort((one, other) => Math.abs(one.difference) - Math.abs(other.difference))
    .slice(0, PARITY_STRIKES);
  if (nearest.length === 0) return null;
  return median(nearest.map(({ strike, difference }) => strike / (1 - difference)));
}

function middle(options: readonly OptionQuote[], right: OptionQuote["right"]): number | null {
  const option = options.find((one) => one.right === right);
  if (option === undefined || option.bid === null || option.ask === null) return null;
  return option.bid < option.ask ? (option.bid + option.ask) / 2 : null;
}
