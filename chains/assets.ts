import { CausewayError } from "../errors/CausewayError.ts";

/** A collateral type known to the hub. Its tokens on the chains may have other decimals than its shared unit. */
export interface AssetDefinition {
  /** Hub-wide id; uint16 in messages. */
  id: number;
  symbol: string;
  /** Decimals of the shared unit, in which amounts cross between chains. */
  sharedDecimals: number;
  /** Underlying whose dollar price values it; `null` for the settlement asset, which is the dollar. */
  underlying: string | null;
  /** Taken off its value for initial margin, in basis points. */
  initialHaircutBps: number;
  /** Taken off its value for maintenance margin, in basis points. */
  maintenanceHaircutBps: number;
}

/** All assets, by id. Ids are never reused. */
export const assets: readonly AssetDefinition[] = [
  {
    id: 1,
    symbol: "USDC",
    sharedDecimals: 6,
    underlying: null,
    initialHaircutBps: 0,
    maintenanceHaircutBps: 0,
  },
  {
    id: 2,
    symbol: "WETH",
    sharedDecimals: 8,
    underlying: "ETH",
    initialHaircutBps: 1_000,
    maintenanceHaircutBps: 700,
  },
  {
    id: 3,
    symbol: "WBTC",
    sharedDecimals: 8,
    underlying: "BTC",
    initialHaircutBps: 1_000,
    maintenanceHaircutBps: 700,
  },
];

/** The dollar stablecoin in which profit and loss is paid. */
export const settlementAsset: AssetDefinition = assets[0]!;

/** @throws CausewayError `UnknownAsset` */
export function getAsset(symbol: string): AssetDefinition {
  const asset = assets.find((candidate) => candidate.symbol === symbol);
  if (asset) return asset;
  throw new CausewayError("UnknownAsset", {
    details: { found: symbol, expected: assets.map((known) => known.symbol) },
  });
}
