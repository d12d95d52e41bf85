/** One option of a chain as it was quoted. Prices are in units of the underlying coin, as those of options settled in coin are. */
export interface OptionQuote {
  /** For example `BTC-27MAR26-90000-C`. */
  instrument: string;
  underlying: string;
  right: "call" | "put";
  /** Dollars. */
  strike: number;
  /** Unix time, seconds. */
  expirySeconds: number;
  /** When it was quoted: unix time, seconds. */
  timeSeconds: number;
  /** Dollars, at the moment of the quote; `null` where the chain does not tell it. */
  forward: number | null;
  /** Dollars, at the same moment; `null` likewise. */
  spot: number | null;
  bid: number | null;
  ask: number | null;
  /** The venue's own price and volatility (1 = 100 %), for comparison only. */
  mark: number | null;
  markVolatility: number | null;
}

/** A quote that a slice is fitted to. Volatilities are per √year, 1 = 100 %. */
export interface SmilePoint {
  instrument: string;
  strike: number;
  /** ln(strike / forward), with the forward of the quote's moment. */
  k: number;
  /** Of the middle of bid and ask. */
  volatility: number;
  bidVolatility: number;
  askVolatility: number;
  /** Of the venue's price less the venue's volatility, where it tells both. */
  markGap: number | null;
}
