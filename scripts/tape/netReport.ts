import { formatDecimal } from "../../clearing/decimal.ts";
import { compareMargin } from "../../clearing/margin/compareMargin.ts";
import { defaultUnderlyingParameters } from "../../clearing/margin/marginParameters.ts";
import { type ChainPosition, type Marks, netting } from "../../clearing/netting.ts";
import type { PlacedTrade } from "../../clearing/tape/assignChains.ts";
import { lastPrices, tapePositions } from "../../clearing/tape/tapePositions.ts";
import type { NetResult } from "../schema/net.ts";

const WAD_PER_MICRO = 10n ** 12n;

/** What netting over chains saves on placed trades, with the default margin parameters. */
export function netReport(trades: readonly PlacedTrade[], chains: number): Omit<NetResult, "skipped"> {
  const positions = tapePositions(trades);
  const marks = lastPrices(trades);
  return {
    trades: trades.length,
    accounts: new Set(positions.map(({ account }) => account)).size,
    instruments: marks.size,
    chains,
    netting: nettingJson(positions, marks),
    margin: marginJson(trades, positions, marks),
    perInstrument: perInstrument(trades, positions, marks),
  };
}

/** Netting as in the JSON of `net` and `demo`. */
export function nettingJson(positions: readonly ChainPosition[], marks: Marks): NetResult["netting"] {
  const { grossWad, netWad, efficiencyWad } = netting(positions, marks);
  return {
    grossUsd: usd(grossWad),
    netUsd: usd(netWad),
    efficiency: Number(formatDecimal(efficiencyWad, 18, 6)),
  };
}

function marginJson(
  trades: readonly PlacedTrade[],
  positions: readonly ChainPosition[],
  marks: Marks,
): NetResult["margin"] {
  const underlyings = new Map(trades.map(({ instrument, underlying }) => [instrument, underlying]));
  const accounts = compareMargin({
    positions,
    marketOf: (instrument) => ({
      parameters: defaultUnderlyingParameters(underlyings.get(instrument)!),
      market: { priceWad: marks.get(instrument)!, confidenceWad: 0n, ageSeconds: 0n, rampPpm: 0n },
    }),
  });
  const gross = accounts.reduce((total, { chainByChainWad }) => total + chainByChainWad, 0n);
  const net = accounts.reduce((total, { nettedWad }) => total + nettedWad, 0n);
  // The difference of what is printed, so that the three always add up.
  const saved = (gross / WAD_PER_MICRO - net / WAD_PER_MICRO) * WAD_PER_MICRO;
  return { grossUsd: usd(gross), netUsd: usd(net), savedUsd: usd(saved) };
}

/** Most traded first. */
function perInstrument(
  trades: readonly PlacedTrade[],
  positions: readonly ChainPosition[],
  marks: Marks,
): NetResult["perInstrument"] {
  const held = Map.groupBy(positions, ({ instrument }) => instrument);
  const rows = Array.from(
    Map.groupBy(trades, ({ instrument }) => instrument),
    ([instrument, of]) => {
      const volume = of.reduce((total, { base, priceWad }) => total + base * priceWad, 0n);
      const row = {
        instrument,
        trades: of.length,
        volumeUsd: formatDecimal(volume, 26, 6),
        mark: formatDecimal(marks.get(instrument)!, 18),
        ...nettingJson(held.get(instrument)!, marks),
      };
      return { volume, row };
    },
  );
  return rows.sort((a, b) => (a.volume < b.volume ? 1 : -1)).map(({ row }) => row);
}

/** Dollars to the millionth. */
function usd(wad: bigint): string {
  return formatDecimal(wad, 18, 6);
}
