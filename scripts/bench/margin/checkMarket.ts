import { encodeFunctionData, type Hex } from "viem";
import { priceRouterAbi, scenarioMarginEngineAbi } from "../../../chains/abi/index.ts";
import type { MarketParameters } from "../../../chains/markets.ts";
import { option, underlyingId } from "../../../clearing/codec/instrumentId.ts";
import { encodeParameters, type Surface, surfaceYearsWad } from "../../../clearing/oracle/surface.ts";
import { signersOf } from "../../../relayer/price/signAscending.ts";
import { signSurface } from "../../../relayer/price/signSurface.ts";
import { localMarket } from "../../devnet/localMarket.ts";
import { benchActions } from "../gas/actions.ts";
import { FIRST_PRICES, START } from "../gas/benchMarket.ts";
import { type BenchNetwork, startBenchNetwork } from "../gas/benchNetwork.ts";

/** A hub with perpetuals on six underlyings and 128 options on one of them, their risk arrays live. */
export interface CheckMarket {
  network: BenchNetwork;
  /** By expiry, then by strike. */
  options: readonly Hex[];
  /** Gas of all transactions that computed the risk arrays. */
  refreshGas: bigint;
  /** Lets a minute pass, and the price move by half a percent. */
  moveOn(): Promise<void>;
}

const WAD = 10n ** 18n;
const UNIT = 10n ** 8n;
const DAY = 86_400;
const WITH_OPTIONS = "BTC";
const EXPIRIES = [2, 7, 14, 30, 60, 90, 180, 365].map((days) => START + days * DAY);
/** Dollars, about a spot of 100,000. */
const STRIKES = [70_000n, 80_000n, 90_000n, 95_000n, 100_000n, 110_000n, 120_000n, 140_000n].map(
  (dollars) => dollars * UNIT,
);
/** Two transactions: one has room for no more at this price. */
const A_REFRESH = 64n;

/**
 * Starts it as `deploy` and `wire` set it up, posts a surface of SVI slices, and refreshes. The caller stops `network`.
 */
export async function startCheckMarket(): Promise<CheckMarket> {
  const network = await startBenchNetwork(
    [...FIRST_PRICES].map(([underlying, price]) => market(underlying, price)),
  );
  try {
    await network.hubChain.setTime(START);
    await bringPrices(network, FIRST_PRICES, START);
    await postSurface(network);
    const refreshGas = await refresh(network);
    const options = EXPIRIES.flatMap((expiry) =>
      STRIKES.flatMap((strike) =>
        (["call", "put"] as const).map((right) =>
          option({ underlying: WITH_OPTIONS, expiry, strike, right }),
        ),
      ),
    );
    async function moveOn() {
      const time = START + 60;
      await network.hubChain.setTime(time);
      const prices = [...FIRST_PRICES].map(([symbol, price]) => [symbol, (price * 1_005n) / 1_000n] as const);
      await bringPrices(network, new Map(prices), time);
    }
    return { network, options, refreshGas, moveOn };
  } catch (cause) {
    await network.stop();
    throw cause;
  }
}

function market(underlying: string, priceWad: bigint): MarketParameters {
  const plain = localMarket(underlying, priceWad);
  if (underlying !== WITH_OPTIONS) return plain;
  const options = EXPIRIES.map((expiry) => ({ expiry, strikes: STRIKES, ratePpm: 10_000n }));
  return { ...plain, options };
}

async function bringPrices(
  network: BenchNetwork,
  prices: ReadonlyMap<string, bigint>,
  time: number,
): Promise<void> {
  const proof = await benchActions(network, START).priceProof(prices, time);
  const data = encodeFunctionData({ abi: priceRouterAbi, functionName: "update", args: [proof] });
  await network.hubChain.send({ from: network.courier, to: network.hub.oracle, data });
}

/** The same smile at each expiry, 60 % at the money. */
async function postSurface({ hubChain, hub, courier, config }: BenchNetwork): Promise<void> {
  const surface: Surface = {
    underlying: underlyingId(WITH_OPTIONS),
    model: hub.models.svi,
    time: START,
    slices: EXPIRIES.map((expiry) => {
      const yearsWad = surfaceYearsWad(START, expiry);
      const slice = {
        a: (yearsWad * 30n) / 100n,
        b: (yearsWad * 20n) / 100n,
        rho: -WAD / 5n,
        m: 0n,
        sigma: (3n * WAD) / 10n,
        yearsWad,
      };
      const parameters = encodeParameters({ model: "svi", slice }, yearsWad);
      return { expiry, forwardRatioWad: (1_001n * WAD) / 1_000n, discountWad: WAD, parameters };
    }),
  };
  const place = { chainId: hubChain.definition.chainId, surfaceBook: hub.surfaceBook };
  const data = await signSurface(place, surface, signersOf(config));
  await hubChain.send({ from: courier, to: hub.surfaceBook, data });
}

async function refresh({ hubChain, hub, courier }: BenchNetwork): Promise<bigint> {
  const underlying = underlyingId(WITH_OPTIONS);
  const call = {
    abi: scenarioMarginEngineAbi,
    functionName: "refresh",
    args: [underlying, A_REFRESH],
  } as const;
  let gas = 0n;
  for (;;) {
    const { gasUsed } = await hubChain.send({
      from: courier,
      to: hub.marginEngine,
      data: encodeFunctionData(call),
    });
    gas += gasUsed;
    const [epoch] = await hubChain.client.readContract({
      address: hub.marginEngine,
      abi: scenarioMarginEngineAbi,
      functionName: "epochOf",
      args: [underlying],
    });
    if (epoch.priceWad !== 0n) return gas;
  }
}
