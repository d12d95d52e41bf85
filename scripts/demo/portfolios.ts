import { clearingHubAbi, priceRouterAbi, spokeVaultAbi } from "../../chains/abi/index.ts";
import { marginSettings } from "../../chains/marginTerms.ts";
import { perpetual, underlyingId } from "../../clearing/codec/instrumentId.ts";
import { compareMargin, type PerpetualMarket } from "../../clearing/margin/compareMargin.ts";
import { type ChainPosition, type Netting, netPositions, netting } from "../../clearing/netting.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { Actor } from "./actors.ts";
import { type DemoNetwork, untilHolds } from "./network.ts";
import type { DemoPlan } from "./plan.ts";

/** How long the last trades and prices may take to reach the hub. */
const HUB_SECONDS = 60;

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

/**
 * Reads positions from the vaults, marks and margin from the hub at one block: the trader's view of what netting saved.
 * Waits until the hub has netted all that the vaults recorded, as a trade that only a vault knows would pass for savings,
 * and has the tape's last prices as marks.
 *
 * @throws CausewayError `DemoStalled`, or `InternalInvariant` if the hub's requirement is not that of the vaults' positions
 */
export async function readPortfolios(
  network: DemoNetwork,
  plan: DemoPlan,
  actors: readonly Actor[],
): Promise<Portfolios> {
  const positions = (await Promise.all(actors.map((actor) => positionsOf(network, plan, actor)))).flat();
  const { client } = network.chain(0);
  await untilHolds(
    network.chain(0),
    "all trades and the last prices to be at the hub",
    HUB_SECONDS,
    async () => {
      const found = await readMarkets(network, plan, await client.getBlockNumber());
      return (
        [...plan.marks].every(([underlying, mark]) => found.get(underlying)?.market.priceWad === mark) &&
        isNetted(network, positions)
      );
    },
  );
  const blockNumber = await client.getBlockNumber();
  const markets = await readMarkets(network, plan, blockNumber);
  const expected = new Map(
    compareMargin({ positions, marketOf: (underlying) => markets.get(underlying)! }).map((one) => [
      one.account,
      one,
    ]),
  );
  const portfolios = await Promise.all(
    actors.map(async (actor): Promise<Portfolio> => {
      const margin = await client.readContract({
        address: network.hub.clearingHub,
        abi: clearingHubAbi,
        functionName: "marginOf",
        args: [actor.id],
        blockNumber,
      });
      const { chainByChainWad, nettedWad } = expected.get(actor.id)!;
      if (margin.initialWad !== nettedWad) {
        throw new CausewayError("InternalInvariant", {
          details: {
            what: `the hub requires ${margin.initialWad} of ${actor.id}, its positions on the chains ${nettedWad}`,
          },
        });
      }
      return { actor, equityWad: margin.equityInitialWad, nettedWad, chainByChainWad };
    }),
  );
  const marks = new Map([...markets].map(([underlying, { market }]) => [underlying, market.priceWad]));
  return { portfolios, netting: netting(positions, marks) };
}

async function isNetted(network: DemoNetwork, positions: readonly ChainPosition[]): Promise<boolean> {
  const same = await Promise.all(
    netPositions(positions).map(async ({ account, instrument, base, longs, shorts }) => {
      const found = await network.chain(0).client.readContract({
        address: network.hub.clearingHub,
        abi: clearingHubAbi,
        functionName: "positionOf",
        args: [account as Actor["id"], perpetual(instrument)],
      });
      return found.base === base && found.longs === longs && found.shorts === shorts;
    }),
  );
  return same.every(Boolean);
}

/** What the margin engine goes by. */
async function readMarkets(
  network: DemoNetwork,
  plan: DemoPlan,
  blockNumber: bigint,
): Promise<Map<string, PerpetualMarket>> {
  const markets = plan.markets.map(async (market) => {
    const { underlying } = market;
    const [priceWad, confidenceWad, ageSeconds] = await network.chain(0).client.readContract({
      address: network.hub.oracle,
      abi: priceRouterAbi,
      functionName: "read",
      args: [underlyingId(underlying)],
      blockNumber,
    });
    const { parameters } = marginSettings(market);
    return [
      underlying,
      { parameters, market: { priceWad, confidenceWad, ageSeconds, openInterestWad: 0n } },
    ] as const;
  });
  return new Map(await Promise.all(markets));
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
