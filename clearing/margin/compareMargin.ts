import { minimum } from "../math.ts";
import { type ChainPosition, type NetPosition, netPositions } from "../netting.ts";
import { type AccountParameters, defaultAccountParameters } from "./marginParameters.ts";
import { portfolioMargin, type UnderlyingHoldings } from "./portfolioMargin.ts";

export interface CompareMarginParameters {
  positions: readonly ChainPosition[];
  /** Parameters and market of a perpetual. Each counts as an underlying of its own. */
  marketOf(instrument: string): PerpetualMarket;
  /** Default: the defaults. */
  parameters?: AccountParameters;
}

export type PerpetualMarket = Pick<UnderlyingHoldings, "parameters" | "market">;

/** Initial requirements of an account that holds perpetuals, dollars, 1e18. */
export interface MarginComparison {
  account: string;
  /** Σ of the requirement of each chain alone: what the account would post without a hub. */
  chainByChainWad: bigint;
  /** Requirement of the portfolio netted over chains. */
  nettedWad: bigint;
}

/**
 * What each account would have to post chain by chain, and netted, by the scenario margin. In order of first appearance.
 *
 * @throws as `portfolioMargin`, but for however many instruments
 */
export function compareMargin({
  positions,
  marketOf,
  parameters = defaultAccountParameters,
}: CompareMarginParameters): MarginComparison[] {
  const initialOf = (held: readonly NetPosition[]): bigint => {
    const underlyings = held.map(({ instrument, base, longs, shorts }) => ({
      ...marketOf(instrument),
      holdings: { perpetuals: [{ base, offset: minimum(longs, shorts) }], options: [] },
    }));
    return portfolioMargin({ underlyings, parameters, time: 0n, most: held.length }).initial;
  };
  return [...Map.groupBy(positions, ({ account }) => account)].map(([account, held]) => ({
    account,
    chainByChainWad: [...Map.groupBy(held, ({ chain }) => chain).values()].reduce(
      (total, alone) => total + initialOf(netPositions(alone)),
      0n,
    ),
    nettedWad: initialOf(netPositions(held)),
  }));
}
