import { spokeVaultAbi } from "../../chains/abi/index.ts";
import { underlyingId } from "../../clearing/codec/instrumentId.ts";
import { instrumentName } from "../../clearing/codec/instrumentName.ts";
import { fairPrice } from "../../clearing/tradeCharge.ts";
import { fillData, signOrder } from "../trader/order.ts";
import type { Actor } from "./actors.ts";
import { type DemoNetwork, untilHolds, venuePlace } from "./network.ts";
import type { DemoPlan } from "./plan.ts";
import type { PlannedOptionTrade } from "./planOptions.ts";

/** How long a reference may take to arrive after the surface and the risk arrays that it is made of. */
const READY_SECONDS = 60;
const DAY_SECONDS = 86_400n;
/** Beyond those of the tape. */
const FIRST_NONCE = 1_000_000;
const CENT_WAD = 10n ** 16n;

/** Trades the plan's options, each at what its chain's vault knows it to be worth, to the cent. */
export async function tradeOptions(
  network: DemoNetwork,
  { options }: DemoPlan,
  actors: readonly Actor[],
): Promise<void> {
  await Promise.all(options.trades.map((trade, at) => tradeOption(network, trade, actors, FIRST_NONCE + at)));
}

async function tradeOption(
  network: DemoNetwork,
  trade: PlannedOptionTrade,
  actors: readonly Actor[],
  nonce: number,
): Promise<void> {
  const { instrument, chain, base } = trade;
  const { deployment, relayed } = network.chain(chain);
  const priceWad = await readFairPrice(network, trade);
  const expiry = Number(relayed.heads.latest.timestamp + DAY_SECONDS);
  const side = (name: string, isBuy: boolean) => {
    const { id, owner } = actors.find(({ plan }) => plan.name === name)!;
    const order = { account: id, instrument, isBuy, base, priceWad, nonce: BigInt(nonce), expiry };
    return signOrder(venuePlace(network, chain), owner, order);
  };
  const [buy, sell] = await Promise.all([side(trade.buyer, true), side(trade.seller, false)]);
  await network.courier(chain).submit({
    label: `trade of ${instrumentName(instrument)}`,
    to: deployment.causeway.orderVenue,
    data: fillData(buy, sell, base),
  });
}

/** Waits for the first reference, which needs a surface and risk arrays. */
async function readFairPrice(
  network: DemoNetwork,
  { instrument, underlying, chain }: PlannedOptionTrade,
): Promise<bigint> {
  const place = network.chain(chain);
  const vault = { address: place.deployment.causeway.vault, abi: spokeVaultAbi } as const;
  const read = () =>
    place.client.readContract({ ...vault, functionName: "optionReferenceOf", args: [instrument] });
  await untilHolds(
    place,
    "an option's reference to arrive",
    READY_SECONDS,
    async () => (await read()).time > 0,
  );
  const [{ markWad, deltaPpb, spotWad, ratePpm }, [referencePriceWad]] = await Promise.all([
    read(),
    place.client.readContract({
      ...vault,
      functionName: "referencePriceOf",
      args: [underlyingId(underlying)],
    }),
  ]);
  const option = { markWad, deltaPpb: BigInt(deltaPpb), spotWad, ratePpm: BigInt(ratePpm) };
  return (fairPrice(referencePriceWad, option).ceilWad / CENT_WAD + 1n) * CENT_WAD;
}
