import { clearingHubAbi, priceRouterAbi, spokeVaultAbi } from "../../chains/abi/index.ts";
import { perpetual, underlyingId } from "../../clearing/codec/instrumentId.ts";
import { compareMargin } from "../../clearing/margin/compareMargin.ts";
import {
  type ChainPosition,
  type Marks,
  type Netting,
  netPositions,
  netting,
} from "../../clearing/netting.ts";
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
      const found = await readMarks(network, plan, await client.getBlockNumber());
      return (
        [...plan.marks].every(([underlying, mark]) => found.get(underlying) === mark) &&
        isNetted(network, positions)
      );
    },
  );
  const blockNumber = await client.getBlockNumber();
  const marks = await readMarks(network, plan, blockNumber);
  const rates = new Map(
    plan.markets.map((market) => [
      market.underlying,
      { scanWad: market.priceScanRangeWad, venueWad: market.venueRateWad },
    ]),
  );
  const expected = new Map(
    compareMargin({ positions, marks, rates: (underlying) => rates.get(underlying)! }).map((one) => [
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
      const { chainByChain, netted } = expected.get(actor.id)!;
      if (margin.initialWad !== netted.initialWad) {
        throw new CausewayError("InternalInvariant", {
          details: {
            what: `the hub requires ${margin.initialWad} of ${actor.id}, its positions on the chains ${netted.initialWad}`,
          },
        });
      }
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

async function readMarks(network: DemoNetwork, plan: DemoPlan, blockNumber: bigint): Promise<Marks> {
  const marks = plan.markets.map(async ({ underlying }) => {
    const [priceWad] = await network.chain(0).client.readContract({
      address: network.hub.oracle,
      abi: priceRouterAbi,
      functionName: "latest",
      args: [underlyingId(underlying)],
      blockNumber,
    });
    return [underlying, priceWad] as const;
  });
  return new Map(await Promise.all(marks));
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
