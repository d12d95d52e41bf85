import type { Hex } from "viem";
import type { BatchMarketParameters } from "../../clearing/margin/batch/batchMarket.ts";
import type { RelayerContext } from "../context.ts";

/** What the hub margins accounts by. */
export interface MarginMarket extends BatchMarketParameters {
  /** Places in `instruments`, by id. What is not among them has no price or no risk array. */
  places: ReadonlyMap<Hex, number>;
  /** Ids of all assets. */
  assets: readonly number[];
  /** What balances of these count for maintenance, cash and collateral after its haircut, dollars, 1e18. */
  collateralWad(balances: readonly bigint[]): bigint;
}

/** Reads it from hub, margin engine and oracle. */
export type ReadMarginMarket = (context: RelayerContext) => Promise<MarginMarket>;
