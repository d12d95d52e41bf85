import { type Hex, maxUint256 } from "viem";
import {
  clearingHubAbi,
  instrumentRegistryAbi,
  marginEngineAbi,
  priceRouterAbi,
  spokeVaultAbi,
} from "../../chains/abi/index.ts";
import { perpetual, underlyingId } from "../../clearing/codec/instrumentId.ts";
import { withClosings } from "../../clearing/margin/withClosings.ts";
import { minimum } from "../../clearing/math.ts";
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
  /** Σ over chains of what the hub's engine would require for the positions of each chain's vault alone. */
  chainByChainWad: bigint;
}

export interface Portfolios {
  portfolios: readonly Portfolio[];
  netting: Netting;
  /** What everything traded is worth, dollars per unit, 1e18, by instrument. */
  marks: ReadonlyMap<Hex, bigint>;
}

/** What the engine is asked about. */
type Held = Pick<ChainPosition, "base" | "instrument"> & { offset: bigint; closing: bigint };

/**
 * Reads positions from the vaults, marks and margin from the hub and its engine at one block: the trader's view of what netting saved.
 * Waits until the hub has netted all that the vaults recorded, as a trade that only a vault knows would pass for savings,
 * and has the tape's last prices.
 *
 * @throws CausewayError `DemoStalled`, or `InternalInvariant` if the hub's requirement is not that of the vaults' positions
 */
export async function readPortfolios(
  network: DemoNetwork,
  plan: DemoPlan,
  actors: readonly Actor[],
): Promise<Portfolios> {
  const instruments = [
    ...plan.markets.map(({ underlying }) => perpetual(underlying)),
    ...new Set(plan.options.trades.map(({ instrument }) => instrument)),
  ];
  const read = actors.map((actor) => positionsOf(network, instruments, actor));
  const positions = (await Promise.all(read)).flat();
  const hub = network.chain(0);
  await untilHolds(hub, "all trades and the last prices to be at the hub", HUB_SECONDS, async () =>
    (await Promise.all([hasLastPrices(network, plan), isNetted(network, positions)])).every(Boolean),
  );
  const blockNumber = await hub.client.getBlockNumber();
  // A node calls on its newest block at the time of the next one: until there is one, margin would be that of two ages of a price.
  await untilHolds(
    hub,
    "the hub's next block",
    HUB_SECONDS,
    async () => (await hub.client.getBlockNumber()) > blockNumber,
  );
  const marks = await readMarks(network, instruments, blockNumber);
  const numbers = await readNumbers(network, instruments);
  const initialOf = async (held: readonly Held[]): Promise<bigint> => {
    const open = held.filter(({ base, offset, closing }) => base !== 0n || offset !== 0n || closing !== 0n);
    const exposures = open.map(({ instrument, base, offset, closing }) => ({
      number: numbers.get(instrument)!,
      base,
      quote: 0n,
      offset,
      closing,
    }));
    const { initialWad } = await hub.client.readContract({
      address: network.hub.marginEngine,
      abi: marginEngineAbi,
      functionName: "assess",
      args: [exposures, maxUint256],
      blockNumber,
    });
    return initialWad;
  };
  const portfolios = actors.map(async (actor): Promise<Portfolio> => {
    const own = positions.filter(({ account }) => account === actor.id);
    const alone = [...Map.groupBy(own, ({ chain }) => chain).values()].map((held) =>
      initialOf(held.map((position) => ({ ...position, offset: 0n, closing: 0n }))),
    );
    const closings = await hub.client.readContract({
      address: network.hub.clearingHub,
      abi: clearingHubAbi,
      functionName: "openClosingsOf",
      args: [actor.id],
      blockNumber,
    });
    const together = netPositions(own).map(({ longs, shorts, ...net }) => {
      const held = { ...net, offset: minimum(longs, shorts) };
      return withClosings(held, closings);
    });
    const [margin, netted, ...chains] = await Promise.all([
      hub.client.readContract({
        address: network.hub.clearingHub,
        abi: clearingHubAbi,
        functionName: "marginOf",
        args: [actor.id],
        blockNumber,
      }),
      initialOf(together),
      ...alone,
    ]);
    if (margin.initialWad !== netted) {
      const what = `the hub requires ${margin.initialWad} of ${actor.id}, its positions on the chains ${netted}`;
      throw new CausewayError("InternalInvariant", { details: { what } });
    }
    return {
      actor,
      equityWad: margin.equityInitialWad,
      nettedWad: margin.initialWad,
      chainByChainWad: chains.reduce((sum, initialWad) => sum + initialWad, 0n),
    };
  });
  return { portfolios: await Promise.all(portfolios), netting: netting(positions, marks), marks };
}

async function isNetted(network: DemoNetwork, positions: readonly ChainPosition[]): Promise<boolean> {
  const same = await Promise.all(
    netPositions(positions).map(async ({ account, instrument, base, longs, shorts }) => {
      const found = await network.chain(0).client.readContract({
        address: network.hub.clearingHub,
        abi: clearingHubAbi,
        functionName: "positionOf",
        args: [account as Hex, instrument as Hex],
      });
      return found.base === base && found.longs === longs && found.shorts === shorts;
    }),
  );
  return same.every(Boolean);
}

async function hasLastPrices(network: DemoNetwork, { marks }: DemoPlan): Promise<boolean> {
  const same = await Promise.all(
    [...marks].map(async ([underlying, mark]) => {
      const [priceWad] = await network.chain(0).client.readContract({
        address: network.hub.oracle,
        abi: priceRouterAbi,
        functionName: "latest",
        args: [underlyingId(underlying)],
      });
      return priceWad === mark;
    }),
  );
  return same.every(Boolean);
}

async function readMarks(
  network: DemoNetwork,
  instruments: readonly Hex[],
  blockNumber: bigint,
): Promise<Map<Hex, bigint> & Marks> {
  const marks = instruments.map(async (instrument) => {
    const markWad = await network.chain(0).client.readContract({
      address: network.hub.marginEngine,
      abi: marginEngineAbi,
      functionName: "markOf",
      args: [instrument, maxUint256],
      blockNumber,
    });
    return [instrument, markWad] as const;
  });
  return new Map(await Promise.all(marks));
}

async function readNumbers(
  network: DemoNetwork,
  instruments: readonly Hex[],
): Promise<ReadonlyMap<string, number>> {
  const numbers = instruments.map(async (instrument) => {
    const number = await network.chain(0).client.readContract({
      address: network.hub.instrumentRegistry,
      abi: instrumentRegistryAbi,
      functionName: "numberOf",
      args: [instrument],
    });
    return [instrument, number] as const;
  });
  return new Map(await Promise.all(numbers));
}

async function positionsOf(
  network: DemoNetwork,
  instruments: readonly Hex[],
  actor: Actor,
): Promise<ChainPosition[]> {
  const reads = Array.from({ length: network.size }, (_, chain) =>
    instruments.map(async (instrument): Promise<ChainPosition> => {
      const { client, deployment } = network.chain(chain);
      const pair = await client.readContract({
        address: deployment.causeway.vault,
        abi: spokeVaultAbi,
        functionName: "pairOf",
        args: [actor.id, instrument],
      });
      return { account: actor.id, instrument, chain, base: pair.base };
    }),
  );
  return Promise.all(reads.flat());
}
