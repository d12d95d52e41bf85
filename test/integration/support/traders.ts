import { type Address, erc20Abi, type Hex, parseEventLogs } from "viem";
import { clearingHubAbi } from "../../../chains/abi/index.ts";
import { settlementAsset } from "../../../chains/assets.ts";
import type { Pay } from "../../../clearing/codec/command.ts";
import type { Actor } from "../../../scripts/demo/actors.ts";
import { hubPlace, venuePlace } from "../../../scripts/demo/network.ts";
import { fillData, signOrder } from "../../../scripts/trader/order.ts";
import { withdrawalData } from "../../../scripts/trader/withdrawalData.ts";
import { type ClearingNetwork, ETH, ETH_PRICE, HUB } from "./clearingNetwork.ts";

const DAY_SECONDS = 86_400;
let lastNonce = 10_000n;

export interface TradeTerms {
  instrument: Hex;
  priceWad: bigint;
  /** Alice sells. */
  sells?: boolean;
}

/** Alice buys `base` (1e-8) of bob; ether's perpetual at the price that stays, if nothing else is said. */
export async function trade(
  { network, alice, bob }: ClearingNetwork,
  chain: number,
  base: bigint,
  { instrument, priceWad, sells = false }: TradeTerms = { instrument: ETH, priceWad: ETH_PRICE },
) {
  const { deployment, client } = network.chain(chain);
  const expiry = Number((await client.getBlock()).timestamp) + DAY_SECONDS;
  const sign = (actor: Actor, isBuy: boolean) => {
    lastNonce += 1n;
    const order = {
      account: actor.id,
      instrument,
      isBuy,
      base,
      priceWad,
      nonce: lastNonce,
      expiry,
    };
    return signOrder(venuePlace(network, chain), actor.owner, order);
  };
  const [buyer, seller] = sells ? [bob, alice] : [alice, bob];
  const data = fillData(await sign(buyer, true), await sign(seller, false), base);
  await network.courier(chain).submit({ label: "trade", to: deployment.causeway.orderVenue, data });
}

export interface IssuedPayout {
  payoutId: Hex;
  pay: Pay;
}

export interface Withdrawal {
  /** Shared units of the settlement asset. */
  amount: bigint;
  chain: number;
  recipient: Address;
}

/** Has dollars of an account paid on a chain, by its owner's signature. Resolves when the hub has issued the payout. */
export async function withdraw(
  clearing: ClearingNetwork,
  actor: Actor,
  withdrawal: Withdrawal,
): Promise<IssuedPayout> {
  return untilIssued(clearing, await requestWithdrawal(clearing, actor, withdrawal));
}

/** The owner signs; resolves with the id of the request when it is queued at the hub. */
export async function requestWithdrawal(
  { network }: ClearingNetwork,
  { owner, id }: Actor,
  { amount, chain, recipient }: Withdrawal,
): Promise<Hex> {
  lastNonce += 1n;
  const order = {
    account: id,
    asset: settlementAsset.id,
    amount,
    dstEid: network.chain(chain).definition.eid,
    recipient,
    minimum: amount,
    deadline: Number(await network.hubTime()) + DAY_SECONDS,
    nonce: lastNonce,
  };
  const { logs } = await network.courier(HUB).submit({
    label: "withdrawal",
    to: network.hub.clearingHub,
    data: await withdrawalData(hubPlace(network), owner, order),
  });
  const [queued] = parseEventLogs({ abi: clearingHubAbi, eventName: "WithdrawalQueued", logs });
  return queued!.args.requestId;
}

/** Resolves when the hub has issued the payout of a request. */
export async function untilIssued({ network }: ClearingNetwork, requestId: Hex): Promise<IssuedPayout> {
  const hub = network.chain(HUB);
  for (;;) {
    const [issued] = await hub.client.getContractEvents({
      address: network.hub.clearingHub,
      abi: clearingHubAbi,
      eventName: "PayoutIssued",
      args: { requestId },
      fromBlock: 0n,
      strict: true,
    });
    if (issued) return issued.args;
    await hub.relayed.heads.next();
  }
}

/** Cash of an account at the hub, 1e-6 dollar. */
export function cashOf({ network }: ClearingNetwork, { id }: Actor): Promise<bigint> {
  return network.chain(HUB).client.readContract({
    address: network.hub.clearingHub,
    abi: clearingHubAbi,
    functionName: "balanceOf",
    args: [id, settlementAsset.id],
  });
}

/** Dollar tokens in a pocket on a chain, in shared units. */
export async function pocketOf({ network }: ClearingNetwork, chain: number, owner: Address): Promise<bigint> {
  const { client, deployment, definition } = network.chain(chain);
  const { symbol, sharedDecimals } = settlementAsset;
  const { decimals } = definition.tokens.find((token) => token.symbol === symbol)!;
  const balance = await client.readContract({
    address: deployment.causeway.tokens[symbol]!,
    abi: erc20Abi,
    functionName: "balanceOf",
    args: [owner],
  });
  return balance / 10n ** BigInt(decimals - sharedDecimals);
}
