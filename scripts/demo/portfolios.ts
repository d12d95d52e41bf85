import { clearingHubAbi, signedPriceOracleAbi, spokeVaultAbi } from "../../chains/abi/index.ts";
import { perpetual, underlyingId } from "../../clearing/codec/instrumentId.ts";
import { marginChainByChain } from "../../clearing/margin/compareMargin.ts";
import { type ChainPosition, type Marks, type Netting, netting } from "../../clearing/netting.ts";
import type { Actor } from "./actors.ts";
import type { DemoNetwork } from "./network.ts";
import type { DemoPlan } from "./plan.ts";

/** What one account has at the end, and what margin it needs with and without netting. Dollars 1e18. */
export interface Portfolio {
  actor: Actor;
  equityWad: bigint;
  /** Initial requirement at the hub. */
  nettedWad: bigint;
  /** Σ over chains of what each chain alone would require for the positions that its vault records. */
  chainByChainWad: bigint;
}

export interface Portfolios {
  portfolios: readonly Portfolio[];
  netting: Netting;
}

/** Reads positions from the vaults, marks and margin from the hub: the trader's view of what netting saved. */
export async function readPortfolios(
  network: DemoNetwork,
  plan: DemoPlan,
  actors: readonly Actor[],
): Promise<Portfolios> {
  const hub = network.chain(0).client;
  const marks: Marks = new Map(
    await Promise.all(
      plan.markets.map(async ({ underlying }) => {
        const [priceWad] = await hub.readContract({
          address: network.hub.oracle,
          abi: signedPriceOracleAbi,
          functionName: "latest",
          args: [underlyingId(underlying)],
        });
        return [underlying, priceWad] as const;
      }),
    ),
  );
  const rates = new Map(
    plan.markets.map((market) => [
      market.underlying,
      { scanWad: market.priceScanRangeWad, venueWad: market.venueRateWad },
    ]),
  );
  const positions = (await Promise.all(actors.map((actor) => positionsOf(network, plan, actor)))).flat();
  const portfolios = await Promise.all(
    actors.map(async (actor): Promise<Portfolio> => {
      const margin = await hub.readContract({
        address: network.hub.clearingHub,
        abi: clearingHubAbi,
        functionName: "marginOf",
        args: [actor.id],
      });
      const chainByChain = marginChainByChain({
        positions: positions.filter(({ account }) => account === actor.id),
        marks,
        rates: (underlying) => rates.get(underlying)!,
      });
      return {
        actor,
        equityWad: margin.equityInitialWad,
        nettedWad: margin.initialWad,
        chainByChainWad: chainByChain.initialWad,
      };
    }),
  );
  return { portfolios, netting: netting(positions, marks) };
}

async function positionsOf(network: DemoNetwork, plan: DemoPlan, actor: Actor): Promise<ChainPosition[]> {
  const reads = Array.from({ length: network.size }, (_, chain) =>
    plan.markets.map(async ({ underlying }): Promise<ChainPosition> => {
      const { client, deployment } = network.chain(chain);
      const pair = await client.readContract({
        address: deployment.causeway.vault,
        abi: spokeVaultAbi,
        functionName: "pairOf",
        args: [actor.id, perpetual(underlying)],
      });
      return { account: actor.id, instrument: underlying, chain, base: pair.base };
    }),
  );
  return Promise.all(reads.flat());
}
