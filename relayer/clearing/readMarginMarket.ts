import type { Hex } from "viem";
import { priceRouterAbi } from "../../chains/abi/index.ts";
import { assets, settlementAsset } from "../../chains/assets.ts";
import { equity } from "../../clearing/equity.ts";
import type { RelayerContext } from "../context.ts";
import { readHub, readMany } from "./calls.ts";
import { batchMarketOf, type MarginMarket } from "./marginMarket.ts";
import { type HubPlace, hubOf } from "./places.ts";
import { createEngineMarketReader } from "./readEngineMarket.ts";

/** Reads what accounts are margined by that hold these instruments, from hub, margin engine and oracle. */
export type ReadMarginMarket = (
  context: RelayerContext,
  instruments: readonly Hex[],
) => Promise<MarginMarket>;

export function createMarginMarketReader(): ReadMarginMarket {
  const readEngineMarket = createEngineMarketReader();
  return async (context, instruments) => {
    const hub = hubOf(context);
    const [{ market, numbers }, collateralWad] = await Promise.all([
      readEngineMarket(hub, instruments),
      readCollateral(hub),
    ]);
    return { ...batchMarketOf(market, numbers), collateralWad };
  };
}

/** Mirror of `Portfolio`: an asset without a price counts as nothing. */
async function readCollateral(hub: HubPlace): Promise<MarginMarket["collateralWad"]> {
  const others = assets.filter((asset) => asset !== settlementAsset);
  const ids = others.map(({ id }) => [id] as const);
  const terms = await readHub(hub, "assetOf", ids);
  const underlyings = terms.map(({ underlying }) => [underlying] as const);
  const prices = await readMany(hub.chain, priceRouterAbi, hub.oracle, "read", underlyings);
  return (balances) =>
    equity({
      cash: balances[assets.indexOf(settlementAsset)]!,
      collateral: others.flatMap((asset, i) => {
        const { listed, sharedDecimals, haircutMaintenanceBps } = terms[i]!;
        const [priceWad] = prices[i]!;
        const amount = balances[assets.indexOf(asset)]!;
        return listed
          ? [{ amount, sharedDecimals, priceWad, haircutBps: BigInt(haircutMaintenanceBps) }]
          : [];
      }),
      positions: [],
    });
}
