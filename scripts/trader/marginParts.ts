import type { Hex } from "viem";
import { assessInParts } from "../../clearing/margin/assess.ts";
import { ANY_AGE } from "../../clearing/margin/engineReading.ts";
import { withClosings } from "../../clearing/margin/withClosings.ts";
import { minimum } from "../../clearing/math.ts";
import { createEngineMarketReader } from "../../relayer/clearing/readEngineMarket.ts";
import { underlyingRow, usd } from "../margin/underlyingRow.ts";
import type { PositionsResult } from "../schema/trader.ts";
import type { TraderNetwork } from "./network.ts";

/**
 * What an account's requirement is made of: computed here, from what the margin engine knows, to the bit as it does. The hub's own figure is of its next block, whose
 * price is a little older.
 *
 * @throws CausewayError as `assess`
 */
export async function readMarginParts(
  { hub }: TraderNetwork,
  account: Hex,
): Promise<Pick<PositionsResult["margin"], "underlyings" | "crossCreditUsd">> {
  const { client, contracts } = hub.chain;
  const instruments = await hub.contract.read.instrumentsOf([account]);
  const [latest, closings, ...positions] = await Promise.all([
    client.getBlock(),
    hub.contract.read.openClosingsOf([account]),
    ...instruments.map((instrument) => hub.contract.read.positionOf([account, instrument])),
  ]);
  const place = { ...contracts.hub!, chain: { client, heads: { latest } } };
  const { market, numbers } = await createEngineMarketReader()(place, instruments);
  const exposures = positions.map(({ base, quote, longs, shorts }, i) => {
    const instrument = instruments[i]!;
    const held = {
      instrument,
      number: numbers.get(instrument)!,
      base,
      quote,
      offset: minimum(longs, shorts),
    };
    return withClosings(held, closings);
  });
  const { margin, underlyings } = assessInParts({ market, exposures, maxPriceAge: ANY_AGE });
  return {
    underlyings: margin.underlyings.map((requirement, i) => {
      const { index, scanRange } = underlyings[i]!;
      return underlyingRow(market.underlyings.get(index)!.underlying, requirement, scanRange);
    }),
    crossCreditUsd: usd(margin.crossCreditInitial),
  };
}
